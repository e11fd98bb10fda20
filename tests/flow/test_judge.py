"""What admins decide: merge, split, take back; promises 3.5 and 4.6 of the design."""

from __future__ import annotations

import pytest
from fakes import make_run
from once import once
from steps import LAN, SETTINGS, SHOP, bring, decide, partition, person, rows, settle, whose

from hub.errors import ConfigError
from hub.flow import judge
from hub.flow.effect import preview
from hub.store.tables import changes, customers, decisions, judgements, pins, xref

HOA, OTHER = ("Phạm Thu Hoa", "0905551234"), ("Nguyễn Thị Lan", "0933333333")
HUNG = ("Trần Văn Hùng", "0912000333")


@pytest.fixture
@once
def two(store):
    """One person in two records that nothing joins, and another person."""
    bring(store, person("1", *LAN), person("2", *OTHER), person("3", *HUNG))
    settle(store)
    return store


def test_a_merge_by_hand_makes_one_customer_and_one_event(two):
    ids = whose(two)
    decide(two, judge.merge(SETTINGS, ["pos:1", "0933333333"]))
    assert partition(two) == {frozenset({"pos:1", "pos:2"}), frozenset({"pos:3"})}
    assert whose(two)["pos:2"] == min(ids["pos:1"], ids["pos:2"])
    assert [row["kind"] for row in rows(two, changes, changes.c.seq)].count("merged") == 1
    assert [row["kind"] for row in rows(two, decisions)] == ["merge"]


def test_undo_of_a_merge_restores_what_was(two):
    before, ids = rows(two, xref, xref.c.rid), whose(two)
    docs = {row["golden_id"]: row["doc"] for row in rows(two, customers)}
    decision = decide(two, judge.merge(SETTINGS, ["pos:1", "pos:2"]))
    decide(two, judge.undo(decision), 51)
    assert whose(two) == ids
    assert [(row["rid"], row["golden_id"], row["rule"]) for row in rows(two, xref, xref.c.rid)] == [
        (row["rid"], row["golden_id"], row["rule"]) for row in before
    ]
    assert {row["golden_id"]: row["doc"] for row in rows(two, customers)} == docs


def test_undo_of_an_undo_merges_again(two):
    decision = decide(two, judge.merge(SETTINGS, ["pos:1", "pos:2"]))
    merged = partition(two)
    back = decide(two, judge.undo(decision), 51)
    decide(two, judge.undo(back), 52)
    assert partition(two) == merged


def test_a_decision_is_taken_back_once(two):
    decision = decide(two, judge.merge(SETTINGS, ["pos:1", "pos:2"]))
    decide(two, judge.undo(decision), 51)
    with pytest.raises(ConfigError, match="taken back already"):
        decide(two, judge.undo(decision), 52)


def test_a_judgement_survives_new_versions_and_a_rebuild(two):
    decide(two, judge.merge(SETTINGS, ["pos:1", "pos:2"]))
    bring(two, person("2", "Nguyễn Thị Lan", "0988888888"), number=60)
    settle(two, 60)
    settle(two, 61, rebuild=True)
    assert frozenset({"pos:1", "pos:2"}) in partition(two)


def test_a_split_parts_what_a_phone_joined_and_holds_against_it(store):
    bring(store, person("1", *LAN), person("2", *LAN))
    bring(store, person("9", *LAN), source=SHOP)
    settle(store)
    assert partition(store) == {frozenset({"pos:1", "pos:2", "shop:9"})}
    decide(store, judge.split(SETTINGS, "pos:1", ["pos:2", "shop:9"]))
    assert partition(store) == {frozenset({"pos:1"}), frozenset({"pos:2", "shop:9"})}
    bring(store, person("2", *LAN, gender="nữ"), number=60)
    settle(store, 60)
    settle(store, 61, rebuild=True)
    assert partition(store) == {frozenset({"pos:1"}), frozenset({"pos:2", "shop:9"})}


def test_each_parts_every_named_record_from_every_other(store):
    bring(store, person("1", *LAN), person("2", *LAN), person("3", *LAN))
    settle(store)
    decide(store, judge.split(SETTINGS, "pos:1", ["pos:2", "pos:3"], each=True))
    assert partition(store) == {frozenset({"pos:1"}), frozenset({"pos:2"}), frozenset({"pos:3"})}


def test_of_contradicting_judgements_the_later_stands(store):
    bring(store, person("1", *LAN), person("2", *LAN))
    settle(store)
    decide(store, judge.split(SETTINGS, "pos:1", ["pos:2"]))
    decide(store, judge.merge(SETTINGS, ["pos:1", "pos:2"]), 51)
    assert partition(store) == {frozenset({"pos:1", "pos:2"})}


def test_undo_of_a_split_joins_again(store):
    bring(store, person("1", *LAN), person("2", *LAN))
    settle(store)
    ids = whose(store)
    decision = decide(store, judge.split(SETTINGS, "pos:1", ["pos:2"]))
    decide(store, judge.undo(decision), 51)
    assert whose(store) == ids


def test_an_automatic_merge_is_undone_by_its_number_in_the_feed(two):
    ids = whose(two)
    bring(two, person("2", "Nguyễn Thị Lan", "0933333333", "0912345678"), number=40)
    settle(two, 40)
    (event,) = [row for row in rows(two, changes) if row["kind"] == "merged"]
    decide(two, judge.undo(str(event["seq"])))
    assert whose(two) == ids
    settle(two, 61, rebuild=True)
    assert whose(two) == ids


def test_undo_of_a_run_parts_all_that_it_merged(two):
    bring(two, person("4", *HOA), number=39)
    settle(two, 39)
    ids = whose(two)
    bring(two, person("2", "Nguyễn Thị Lan", "0933333333", "0912345678"), person("4", *HUNG), number=40)
    settle(two, 40)
    assert partition(two) == {frozenset({"pos:1", "pos:2"}), frozenset({"pos:3", "pos:4"})}
    decide(two, judge.undo_run("run-40"))
    assert whose(two) == ids


def test_undo_of_the_run_of_a_decision_takes_the_decision_back(two):
    ids = whose(two)
    decide(two, judge.merge(SETTINGS, ["pos:1", "pos:2"]), 50)
    decide(two, judge.undo_run("run-50"), 51)
    assert whose(two) == ids
    assert not any(row["active"] for row in rows(two, judgements))


def test_undo_of_a_rule_parts_what_it_alone_holds_together(store):
    bring(store, person("1", *LAN), person("2", *LAN), person("3", *HUNG), person("4", *HUNG))
    settle(store)
    decide(store, judge.undo_rule("phone"))
    assert len(partition(store)) == 4
    assert {row["verdict"] for row in rows(store, judgements)} == {"different"}


def test_an_undone_bulk_undo_joins_again(store):
    bring(store, person("1", *LAN), person("2", *LAN), person("3", *HUNG), person("4", *HUNG))
    settle(store)
    joined = partition(store)
    decision = decide(store, judge.undo_rule("phone"))
    decide(store, judge.undo(decision), 51)
    assert partition(store) == joined


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (judge.merge(SETTINGS, ["pos:1", "pos:1"]), "merge.one"),
        (judge.merge(SETTINGS, ["pos:1", "pos:99"]), "key.none"),
        (judge.split(SETTINGS, "pos:1", ["pos:2"]), "split.strange"),
        (judge.split(SETTINGS, "pos:1", ["pos:1"]), "split.nothing"),
        (judge.undo("nobody"), "undo.none"),
        (judge.undo("999"), "undo.none"),
        (judge.undo_run("run-none"), "undo.none"),
        (judge.undo_rule("loyalty"), "undo.none"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(two, plan, code):
    with pytest.raises(ConfigError) as told, two.begin() as conn:
        judge.write(conn, plan(conn), make_run(50), "an", None)
    assert told.value.code == code
    assert rows(two, decisions) == rows(two, judgements) == rows(two, pins) == []


def test_a_preview_tells_what_will_change_and_changes_nothing(two):
    tables = (customers, xref, judgements, decisions, changes)
    before = [rows(two, table) for table in tables]
    told = preview(two, SETTINGS, make_run(50), judge.merge(SETTINGS, ["pos:1", "pos:2"]))
    assert (told["merged"], told["split"], told["created"], told["changed"]) == (1, 0, 0, 1)
    (case,) = told["cases"]
    assert case["after"] == ["pos:1", "pos:2"]
    assert [rows(two, table) for table in tables] == before


def test_a_preview_of_a_split_names_the_new_customer(store):
    bring(store, person("1", *LAN), person("2", *LAN))
    settle(store)
    told = preview(store, SETTINGS, make_run(50), judge.split(SETTINGS, "pos:1", ["pos:2"]))
    assert (told["merged"], told["split"], told["created"], told["changed"]) == (0, 1, 1, 2)
