"""Generic and own identifiers, and what an incremental run loads: behaviour 3.3 and 3.7."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_frames import frames, identifier, record
from made_worlds import worlds

from hub.matching.guards import VALUE, bearers, blocked_values, frontier
from hub.matching.partition import partition
from hub.matching.policy import Policy

NAMES = ["Nguyễn Thị Lan", "Trần Văn Hùng", "Lê Thu Hoa", "Phạm Minh Đức", "Vũ Quốc Tuấn"]
P = "phone:+84900000001"
POLICY = Policy(max_names=2, max_nameless=2)


def _blocked(people, policy=POLICY):
    records, identifiers, *_ = frames(people)
    return [
        (row["reason"], row["names"], row["nameless"])
        for row in blocked_values(bearers(records, identifiers), policy).to_dicts()
    ]


def test_more_given_names_than_allowed_block():
    assert _blocked([(record(n, name), [P]) for n, name in enumerate(NAMES[:3])]) == [("names", 3, 0)]


def test_as_many_given_names_as_allowed_do_not_block():
    assert _blocked([(record(n, name), [P]) for n, name in enumerate(NAMES[:2])]) == []


def test_one_given_name_in_many_spellings_counts_once():
    spellings = ["Nguyễn Thị Lan", "NGUYEN THI LAN", "Trần Ngọc Lan", "Lê Lân"]
    assert _blocked([(record(n, name), [P]) for n, name in enumerate(spellings)]) == []


def test_more_nameless_records_than_allowed_block():
    assert _blocked([(record(n), [P]) for n in range(3)]) == [("nameless", 0, 3)]


def test_staff_and_test_records_do_not_count():
    assert _blocked([(record(n, kind="staff"), [P]) for n in range(9)]) == []


def test_values_that_are_no_keys_do_not_count():
    assert _blocked([(record(n), [identifier(n, P, key=False)]) for n in range(9)]) == []


def test_persons_who_bear_a_tax_code_do_not_block_it():
    people = [(record(n, name), ["tax_code:0101234567"]) for n, name in enumerate(NAMES)]
    assert _blocked(people) == []


@pytest.mark.parametrize(
    "policy",
    [Policy(own=frozenset({"a@shop.example"})), Policy(own=frozenset({"@shop.example"}))],
    ids=["address", "domain"],
)
def test_the_shops_own_address_is_blocked_by_policy(policy):
    assert _blocked([(record(1, NAMES[0]), ["email:a@shop.example"])], policy) == [("own", 1, 0)]


def test_a_domain_of_the_shop_blocks_no_phone():
    assert _blocked([(record(1, NAMES[0]), [P])], Policy(own=frozenset({"@+84900000001"}))) == []


def test_guards_count_uses_and_values():
    people = [(record(n, name), [P]) for n, name in enumerate(NAMES)] + [
        (record(9, NAMES[0]), [identifier(9, "phone:+84900000002", flags="own")])
    ]
    guards = partition(*frames(people), Policy()).guards
    assert (guards["generic_identifier"], guards["own"], guards["blocked_value"]) == (1, 1, 6)


def _loaded(start, records, identifiers, words, receipts, was_blocked):
    """What the module's docstring tells a caller to load: rids, and the blocked values."""
    taken = set(start)
    borne = bearers(records, identifiers)
    pairs = [row[:2] for row in words.filter(pl.col("verdict") == "same").rows()] + receipts.rows()
    while True:
        values = identifiers.filter(pl.col("rid").is_in(sorted(taken)) & pl.col("key")).select(VALUE).unique()
        step = frontier(borne.join(values, on=VALUE, how="semi"), was_blocked, POLICY)
        more = set(identifiers.filter("key").join(step.expand, on=VALUE, how="semi")["rid"])
        more |= {rid for pair in pairs if taken & set(pair) for rid in pair}
        if more <= taken:
            return taken, step.blocked
        taken |= more


@given(worlds(), st.data())
@settings(max_examples=60, deadline=None)
def test_incremental_equals_rebuild(world, data):
    people, judgements, receipts = world
    changed = data.draw(st.integers(0, len(people) - 1))
    old_ids = data.draw(
        st.lists(st.sampled_from(["phone:+84900000001", "email:a@example.com", "passport:C1"]), unique=True)
    )
    old = [(row, old_ids if n == changed else ids) for n, (row, ids) in enumerate(people)]
    before = partition(*frames(old, judgements, receipts), POLICY)
    after = partition(*frames(people, judgements, receipts), POLICY)
    records, identifiers, words, sent = frames(people, judgements, receipts)
    left = pl.DataFrame([identifier(0, one) for one in old_ids], schema=identifiers.schema).select(VALUE)
    start = {people[changed][0]["rid"], *identifiers.join(left, on=VALUE, how="semi")["rid"]}
    taken, blocked = _loaded(start, records, identifiers, words, sent, before.blocked)
    some = pl.col("rid").is_in(sorted(taken))
    pairs = pl.col("rid_a").is_in(sorted(taken)) & pl.col("rid_b").is_in(sorted(taken))
    part = partition(records.filter(some), identifiers.filter(some), words.filter(pairs), sent, POLICY, blocked=blocked)
    assert part.assignment.equals(after.assignment.filter(some))
    assert part.refusals.equals(after.refusals.filter(pl.col("rid_a").is_in(sorted(taken))))
    assert part.edges.equals(after.edges.filter(pairs))
    assert before.assignment.filter(~some).equals(after.assignment.filter(~some))
