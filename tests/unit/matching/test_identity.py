"""Stable ids: behaviour 4.2."""

from __future__ import annotations

from itertools import count

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.matching.identity import assign

BORNE = {"rid": pl.Int64, "golden_id": pl.String, "created_at": pl.String}


def _fresh():
    return (f"new{n}" for n in count(1))


def _assign(clusters, previous=(), own=(), confirmed=()):
    """clusters: lists of rids, the smaller rid being the smaller record key; previous and own: (rid, id, created_at)."""
    rows = sorted((rid, min(cluster)) for cluster in clusters for rid in cluster)
    return assign(
        pl.DataFrame(rows, schema={"rid": pl.Int64, "cluster": pl.Int64}, orient="row"),
        pl.DataFrame(list(previous), schema=BORNE, orient="row"),
        _fresh(),
        pl.DataFrame(list(own), schema=BORNE, orient="row"),
        pl.DataFrame({"rid": list(confirmed)}, schema={"rid": pl.Int64}),
    )


def _ids(ids):
    return dict(ids.assigned.iter_rows())


def test_first_load_numbers_clusters_by_their_first_record():
    assert _ids(_assign([[1, 4], [2], [3, 5]])) == {1: "new1", 2: "new2", 3: "new3", 4: "new1", 5: "new3"}


def test_nothing_changed_changes_nothing():
    ids = _assign([[1, 2], [3]], [(1, "a", "t1"), (2, "a", "t1"), (3, "b", "t2")])
    assert _ids(ids) == {1: "a", 2: "a", 3: "b"}
    assert (ids.redirects.height, ids.moved.height, ids.created) == (0, 0, [])


def test_a_merge_keeps_the_id_created_first():
    ids = _assign([[1, 2, 3]], [(1, "b", "t2"), (2, "b", "t2"), (3, "a", "t1")])
    assert set(_ids(ids).values()) == {"a"}
    assert ids.redirects.rows() == [("b", "a")]
    assert ids.moved.rows() == [(1, "b", "a", "merged"), (2, "b", "a", "merged")]


def test_of_ids_created_together_a_merge_keeps_that_of_the_first_record():
    assert set(_ids(_assign([[1, 2]], [(1, "z", "t1"), (2, "a", "t1")])).values()) == {"z"}


def test_a_split_keeps_the_id_on_the_larger_part():
    ids = _assign([[1], [2, 3]], [(1, "a", "t1"), (2, "a", "t1"), (3, "a", "t1")])
    assert _ids(ids) == {1: "new1", 2: "a", 3: "a"}
    assert ids.moved.rows() == [(1, "a", "new1", "split")]


def test_a_split_into_equal_parts_keeps_the_id_on_the_smallest_record_key():
    assert _ids(_assign([[2], [1]], [(1, "a", "t1"), (2, "a", "t1")])) == {1: "a", 2: "new1"}


def test_a_split_keeps_the_id_on_the_confirmed_part():
    ids = _assign([[1], [2, 3]], [(n, "a", "t1") for n in (1, 2, 3)], confirmed=[1])
    assert _ids(ids) == {1: "a", 2: "new1", 3: "new1"}


def test_an_unmerge_gives_every_part_its_own_id_back():
    ids = _assign([[1], [2, 3]], [(n, "a", "t1") for n in (1, 2, 3)], own=[(2, "b", "t2"), (3, "b", "t2")])
    assert _ids(ids) == {1: "a", 2: "b", 3: "b"}
    assert ids.redirects.height == 0


def test_a_part_with_an_own_id_leaves_the_shared_one_to_the_smaller_rest():
    ids = _assign([[5], [1, 2, 3, 4]], [(n, "a", "t1") for n in range(1, 6)], own=[(n, "b", "t2") for n in range(1, 5)])
    assert _ids(ids)[5] == "a"


def test_a_retired_id_stays_a_redirect_while_its_records_are_with_another():
    ids = _assign([[1, 2]], [(1, "a", "t1"), (2, "a", "t1")], own=[(2, "b", "t2")])
    assert ids.redirects.rows() == [("b", "a")]


def test_a_new_record_in_an_old_cluster_takes_its_id():
    ids = _assign([[1, 2]], [(2, "a", "t1")])
    assert _ids(ids) == {1: "a", 2: "a"}
    assert ids.moved.height == 0


def test_records_exchanged_between_customers_leave_both_ids_where_most_records_are():
    previous = [(1, "a", "t1"), (2, "a", "t1"), (3, "b", "t2"), (4, "b", "t2"), (5, "b", "t2")]
    ids = _assign([[1, 2, 3], [4, 5]], previous)
    assert _ids(ids) == {1: "a", 2: "a", 3: "a", 4: "b", 5: "b"}
    assert ids.moved.rows() == [(3, "b", "a", "split")]


clusterings = st.lists(st.integers(0, 4), min_size=1, max_size=9)


@given(clusterings, clusterings, st.lists(st.integers(0, 4), max_size=9))
@settings(max_examples=100, deadline=None)
def test_ids_are_one_per_cluster_and_lead_somewhere_live(now, before, owned):
    groups = {}
    for rid, group in enumerate(now):
        groups.setdefault(group, []).append(rid)
    previous = [(rid, f"live{group}", f"t{group}") for rid, group in enumerate(before[: len(now)])]
    own = [(rid, f"old{group}", f"s{group}") for rid, group in enumerate(owned[: len(now)])]
    ids = _assign(list(groups.values()), previous, own)
    by_cluster = [{_ids(ids)[rid] for rid in cluster} for cluster in groups.values()]
    live = {golden for one in by_cluster for golden in one}
    assert all(len(one) == 1 for one in by_cluster)
    assert len(live) == len(groups)
    assert {old for old, _ in ids.redirects.iter_rows()} == {golden for _, golden, _ in [*previous, *own]} - live
    assert {new for _, new in ids.redirects.iter_rows()} <= live
