"""Golden ids, versions and the feed: promises 4.1, 4.2 and 4.5 of the design."""

from __future__ import annotations

import orjson
from steps import HUNG, LAN, LAN2, bring, customer, person, rows, settle, whose

from hub.store.tables import (
    changes,
    customers,
    edges,
    history,
    refusals,
    xref,
)


def test_a_second_run_with_nothing_changed_writes_nothing(store):
    bring(store, person("1", *LAN), person("2", *HUNG))
    settle(store)
    before = [rows(store, table) for table in (customers, xref, edges, changes, history)]
    bring(store, person("1", *LAN), person("2", *HUNG), number=2)
    matched, made = settle(store, 2)
    assert [rows(store, table) for table in (customers, xref, edges, changes, history)] == before
    assert (matched.records, matched.customers) == (2, 2)
    assert (made.created, made.updated, made.unchanged) == (0, 0, 2)


def test_a_rebuild_with_nothing_changed_writes_nothing(store):
    bring(store, person("1", *LAN), person("2", *HUNG), person("3", *LAN2))
    first, _ = settle(store)
    before = [rows(store, table) for table in (customers, xref, edges, refusals, changes, history)]
    again, made = settle(store, 2, rebuild=True)
    assert [rows(store, table) for table in (customers, xref, edges, refusals, changes, history)] == before
    assert (again.records, again.customers, again.links) == (first.records, first.customers, first.links)
    assert (made.created, made.updated, made.unchanged) == (0, 0, 2)


def test_a_changed_value_is_a_new_version_with_history_and_an_event(store):
    bring(store, person("1", *LAN))
    settle(store)
    golden_id = whose(store)["pos:1"]
    bring(store, person("1", *LAN, gender="nữ"), number=2)
    _, made = settle(store, 2)
    now = customer(store, golden_id)
    assert (made.updated, now["version"], now["gender"]) == (1, 2, "female")
    (old,) = rows(store, history)
    assert (old["version"], "gender" in orjson.loads(old["doc"])) == (1, False)
    events = rows(store, changes, changes.c.seq)
    assert [event["kind"] for event in events] == ["created", "updated"]
    assert orjson.loads(events[1]["changed"]) == ["gender"]


def test_a_merge_keeps_the_earliest_id_and_the_other_leads_to_it(store):
    bring(store, person("1", *LAN))
    settle(store, 1)
    bring(store, person("2", "Nguyễn Thị Lan", "0933333333"), number=2)
    settle(store, 2)
    ids = whose(store)
    bring(store, person("2", "Nguyễn Thị Lan", "0933333333", "0912345678"), number=3)
    _, made = settle(store, 3)
    assert made.merged == 1
    assert whose(store) == {"pos:1": ids["pos:1"], "pos:2": ids["pos:1"]}
    gone = customer(store, ids["pos:2"])
    assert (gone["status"], gone["merged_into"]) == ("merged", ids["pos:1"])
    event = rows(store, changes, changes.c.seq)[-1]
    assert (event["kind"], event["golden_id"]) == ("merged", ids["pos:1"])
    assert orjson.loads(event["moved"]) == [
        {"source": "pos", "source_id": "2", "from": ids["pos:2"], "to": ids["pos:1"]}
    ]


def test_a_part_that_leaves_takes_its_own_id_back(store):
    bring(store, person("1", *LAN))
    settle(store, 1)
    bring(store, person("2", "Nguyễn Thị Lan", "0933333333"), number=2)
    settle(store, 2)
    ids = whose(store)
    bring(store, person("2", "Nguyễn Thị Lan", "0933333333", "0912345678"), number=3)
    settle(store, 3)
    bring(store, person("2", "Nguyễn Thị Lan", "0933333333"), number=4)
    _, made = settle(store, 4)
    assert whose(store) == ids
    assert made.split == 1
    assert customer(store, ids["pos:2"])["status"] == "active"
    assert customer(store, ids["pos:2"])["merged_into"] is None


def test_a_customer_whose_last_record_is_gone_rests_and_comes_back_with_its_id(store):
    bring(store, person("1", *LAN), person("2", *HUNG))
    settle(store, 1)
    golden_id = whose(store)["pos:1"]
    bring(store, gone=["1"], number=2)
    matched, _ = settle(store, 2)
    resting = customer(store, golden_id)
    assert (resting["status"], resting["full_name"], matched.customers) == ("inactive", "Nguyễn Thị Lan", 1)
    bring(store, person("1", *LAN), number=3)
    settle(store, 3)
    assert whose(store)["pos:1"] == golden_id
    assert customer(store, golden_id)["status"] == "active"


def test_a_resting_customer_whose_record_comes_back_to_another_is_told_as_merged(store):
    bring(store, person("1", *LAN))
    settle(store, 1)
    bring(store, person("2", "Nguyễn Thị Lan", "0933333333"), number=2)
    settle(store, 2)
    ids = whose(store)
    bring(store, gone=["2"], number=3)
    settle(store, 3)
    bring(store, person("2", *LAN), number=4)
    _, made = settle(store, 4)
    assert (made.merged, customer(store, ids["pos:2"])["merged_into"]) == (1, ids["pos:1"])
    event = rows(store, changes, changes.c.seq)[-1]
    assert (event["kind"], event["golden_id"]) == ("merged", ids["pos:1"])
    assert orjson.loads(event["moved"]) == [
        {"source": "pos", "source_id": "2", "from": ids["pos:2"], "to": ids["pos:1"]}
    ]
