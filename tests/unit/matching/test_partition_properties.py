"""What must hold of every world: the paths agree, order and rids do not matter (behaviour 3.7), closure meets its plain
definition (3.6)."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_frames import clusters, frames
from made_oracle import oracle
from made_times import facts, spans
from made_worlds import households, mild_worlds, worlds
from polars.testing import assert_frame_equal

from hub.matching.partition import partition
from hub.matching.policy import Policy

ANY = st.one_of(worlds(), mild_worlds(), households())
POLICY = Policy(max_names=3, max_nameless=3)


def _equal(one, other):
    assert_frame_equal(one.assignment, other.assignment)
    assert_frame_equal(one.edges, other.edges)
    assert_frame_equal(one.refusals, other.refusals)
    assert_frame_equal(one.blocked, other.blocked)
    assert_frame_equal(one.reassigned, other.reassigned)
    assert (one.guards, one.related) == (other.guards, other.related)


@given(ANY)
@settings(max_examples=60, deadline=None)
def test_the_columnar_path_and_the_reference_agree_exactly(world):
    given_frames = frames(*world)
    _equal(partition(*given_frames, POLICY), partition(*given_frames, POLICY, bulk=False))


@given(ANY, st.data())
@settings(max_examples=60, deadline=None)
def test_both_paths_agree_and_rids_do_not_matter_when_numbers_change_hands(world, data):
    people, judgements, receipts = world
    times = data.draw(spans(len(people)))
    one = frames(*world)
    first = partition(*one, POLICY, facts=facts(one[1], times))
    _equal(first, partition(*one, POLICY, facts=facts(one[1], times), bulk=False))
    moved = [({**row, "rid": row["rid"] + 100}, ids) for row, ids in people[::-1]]
    words = [(a + 100, b + 100, *rest) for a, b, *rest in judgements]
    other = frames(moved, words, [(a + 100, b + 100) for a, b in receipts])
    again = partition(*other, POLICY, facts=facts(other[1], {rid + 100: span for rid, span in times.items()}))
    assert clusters(again) == {frozenset(rid + 100 for rid in one) for one in clusters(first)}
    assert again.reassigned.rows() == [(rid + 100, *rest) for rid, *rest in first.reassigned.iter_rows()]


@given(worlds())
@settings(max_examples=60, deadline=None)
def test_closure_meets_its_plain_definition(world):
    given_frames = frames(*world)
    assert clusters(partition(*given_frames, POLICY)) == oracle(*given_frames, POLICY)


@given(ANY, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_neither_row_order_nor_rids_matter(world, rng: random.Random):
    people, judgements, receipts = world
    numbers = rng.sample(range(1000, 2000), len(people) + 1)
    new = dict(enumerate(numbers))

    def shuffled(rows):
        return rng.sample(list(rows), len(rows))

    again = frames(
        shuffled([({**row, "rid": new[row["rid"]]}, shuffled(ids)) for row, ids in people]),
        shuffled([(new[b], new[a], verdict, at) for a, b, verdict, at in judgements]),
        shuffled([(new[a], new[b]) for a, b in receipts]),
    )
    first, second = partition(*frames(*world), POLICY), partition(*again, POLICY)
    columns = {"assignment": ("rid", "cluster"), "edges": ("rid_a", "rid_b"), "refusals": ("rid_a", "rid_b")}
    for name, rids in columns.items():
        renamed = getattr(first, name).with_columns(*(_replaced(rid, new) for rid in rids))
        assert_frame_equal(renamed, getattr(second, name))
    assert (first.guards, first.related) == (second.guards, second.related)


def _replaced(column, new):
    import polars as pl

    return pl.col(column).replace_strict(new, return_dtype=pl.Int64)


@given(worlds())
@settings(max_examples=40, deadline=None)
def test_links_span_every_cluster_without_a_circle(world):
    result = partition(*frames(*world), POLICY)
    joined = sum(len(cluster) - 1 for cluster in clusters(result))
    together = dict(result.assignment.select("rid", "cluster").iter_rows())
    assert result.edges.height == joined
    assert all(together[a] == together[b] for a, b in result.edges.select("rid_a", "rid_b").iter_rows())


@pytest.mark.parametrize("order", ["given", "reversed"])
def test_a_component_of_a_thousand_disputed_records_is_decided_the_same(order):
    from made_frames import record

    names = ["Nguyễn Thị Lan", "Trần Văn Hùng", "Lê Thu Hoa"]
    people = [(record(n, names[n % 3]), ["phone:+84900000001", f"email:u{n % 50}@example.com"]) for n in range(1, 1001)]
    people = people[::-1] if order == "reversed" else people
    assert {len(cluster) for cluster in clusters(partition(*frames(people), Policy()))} == {333, 334}
