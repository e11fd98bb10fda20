"""The golden record as of a past moment, out of what was kept (promise 4.5)."""

from __future__ import annotations

import pytest
from fakes import make_run
from steps import LAN, SETTINGS, bring, decide, person, settle, whose

from hub.flow import judge
from hub.flow.explain import explain
from hub.flow.lock import start_run


def noon(day):
    return f"2026-11-{day:02d}T12:00:00.000Z"


def then(store, key, day):
    return explain(store, SETTINGS, key, noon(day))["customers"]


@pytest.fixture
def grown(store):
    """Day 1: two customers. Day 3: one changes. Day 5: merged by hand. Day 7: undone."""
    bring(store, person("1", *LAN), person("2", "Nguyễn Thị Lan", "0933333333"))
    settle(store, day=1)
    bring(store, person("1", *LAN, gender="nữ"), number=2)
    settle(store, 2, day=3)
    decision = decide(store, judge.merge(SETTINGS, ["pos:1", "pos:2"]), 3, day=5)
    decide(store, judge.undo(decision), 4, day=7)
    return store


def test_before_it_began_there_was_nobody(grown):
    assert explain(grown, SETTINGS, "pos:1", "2026-10-31T00:00:00.000Z")["customers"] == []


def test_a_value_is_what_it_was_then(grown):
    assert ["gender" in then(grown, "pos:1", day)[0] for day in (2, 4)] == [False, True]


def test_while_two_were_one_both_keys_answer_with_the_one(grown):
    ids = whose(grown)
    for key in ("pos:1", "pos:2"):
        (one,) = then(grown, key, 6)
        assert [record["source_id"] for record in one["records"]] == ["1", "2"]
        assert one["golden_id"] == min(ids.values())


def test_after_the_undo_they_are_two_again(grown):
    ids = whose(grown)
    for record in ("pos:1", "pos:2"):
        (one,) = then(grown, record, 8)
        assert one["golden_id"] == ids[record]


def test_a_record_parted_later_answers_with_whom_it_belonged_to(store):
    bring(store, person("1", *LAN), person("2", *LAN))
    settle(store, day=1)
    decide(store, judge.split(SETTINGS, "pos:1", ["pos:2"]), 2, day=5)
    (before,), (after,) = then(store, "pos:2", 2), then(store, "pos:2", 6)
    assert before["golden_id"] == whose(store)["pos:1"]
    assert after["golden_id"] == whose(store)["pos:2"]


def test_an_inactive_customer_answers_with_its_last_values(store):
    bring(store, person("1", *LAN))
    settle(store, day=1)
    golden_id = whose(store)["pos:1"]
    bring(store, number=2, gone=["1"])
    settle(store, 2, day=5)
    (one,) = then(store, golden_id, 6)
    assert (one["status"], one["full_name"]) == ("inactive", LAN[0])


def test_a_version_names_its_cause(store):
    bring(store, person("1", *LAN), person("2", "Nguyễn Thị Lan", "0933333333"))
    settle(store, day=1)
    start_run(store, make_run(3, day=5))
    decision = decide(store, judge.merge(SETTINGS, ["pos:1", "pos:2"]), 3, day=5)
    (one,) = then(store, "pos:1", 6)
    assert (one["cause"]["kind"], one["cause"]["author"], one["cause"]["decision_id"]) == ("merge", "an", decision)
    told = explain(store, SETTINGS, "pos:1")
    assert told["history"][-1]["cause"]["decision_id"] == decision
    assert [(line["verdict"], line["pairs"]) for line in told["decisions"]] == [("same", [["pos:1", "pos:2"]])]
