"""A customer on hold is not pushed until decided (promise 5.11); the hold follows its records and can be taken back."""

from __future__ import annotations

import pytest
from fakes import make_run
from shop import Shop, golden, outlet, put_customer, put_record
from sqlalchemy import insert
from steps import LAN, SETTINGS, bring, decide, person, rows, settle, whose

from hub.errors import ConfigError
from hub.flow import judge
from hub.flow.hold import hold, listed, release
from hub.flow.plan import plan
from hub.store import holds
from hub.store.tables import holds as table


@pytest.fixture
def lan(store):
    bring(store, person("1", *LAN), person("2", *LAN))
    settle(store)
    return store


def held(store):
    with store.read() as conn:
        return holds.held(conn)


def test_a_customer_on_hold_is_blocked_in_the_plan(store, tmp_path):
    put_customer(store, golden("g1", "Nguyễn Thị Lan", "+84912345678"))
    put_record(store, 1, "g1", {"source_id": "7", "full_name": "Lan"})
    assert plan(outlet(store, Shop(), tmp_path)).planned["update"] == 1
    said = {"author": "an", "at": "2026-11-01T00:00:00.000Z", "active": True, "decision_id": "d1"}
    with store.begin() as conn:
        conn.execute(insert(table).values(anchor="shop:7", golden_id="g1", **said))
    told = plan(outlet(store, Shop(), tmp_path, 2))
    assert (told.planned["update"], told.planned["blocked"], told.reasons) == (0, 1, {"blocked": {"hold": 1}})


def test_hold_release_and_undo(lan):
    golden_id = whose(lan)["pos:1"]
    decision = decide(lan, hold(SETTINGS, "pos:1"))
    assert held(lan) == {golden_id}
    decide(lan, judge.undo(decision), 51)
    assert held(lan) == frozenset()
    decide(lan, hold(SETTINGS, "pos:1"), 52)
    back = decide(lan, release(SETTINGS, "0912345678"), 53)
    assert held(lan) == frozenset()
    decide(lan, judge.undo(back), 54)
    assert held(lan) == {golden_id}


def test_a_hold_follows_its_records_through_split_and_merge(lan):
    decide(lan, hold(SETTINGS, "pos:1"))
    decide(lan, judge.split(SETTINGS, "pos:1", ["pos:2"]), 51)
    assert held(lan) == {whose(lan)["pos:1"]} != {whose(lan)["pos:2"]}
    bring(lan, person("3", "Nguyễn Thị Lan", "0933333333"), number=60)
    settle(lan, 60)
    decide(lan, judge.merge(SETTINGS, ["pos:1", "pos:3"]), 61)
    assert held(lan) == {whose(lan)["pos:3"]}


def test_a_hold_stays_when_its_anchor_leaves(lan):
    decide(lan, hold(SETTINGS, "pos:1"))
    bring(lan, number=60, gone=["1"])
    settle(lan, 60)
    assert held(lan) == {whose(lan)["pos:2"]}


def test_the_list_tells_who_and_why(lan):
    decide(lan, hold(SETTINGS, "pos:1"))
    assert [(one["author"], one["reason"]) for one in listed(lan)] == [("an", "asked at the counter")]


@pytest.mark.parametrize(("wish", "code"), [(hold, "hold.already"), (release, "hold.none")])
def test_twice_is_told(lan, wish, code):
    decide(lan, hold(SETTINGS, "pos:1"))
    if wish is release:
        decide(lan, release(SETTINGS, "pos:1"), 51)
    with pytest.raises(ConfigError) as told, lan.begin() as conn:
        judge.write(conn, wish(SETTINGS, "pos:1")(conn), make_run(60), "an", None)
    assert told.value.code == code
    assert len(rows(lan, table)) == 1


def test_of_several_holds_one_is_lifted_by_its_decision_or_its_reason(store):
    bring(store, person("1", *LAN), person("2", "Trần Văn Hùng", "0987654321"))
    settle(store)
    for number, key in enumerate(("pos:1", "pos:2"), 42):
        decide(store, hold(SETTINGS, key), number)
    decide(store, judge.merge(SETTINGS, ["pos:1", "pos:2"]), 44)
    first, second = (row["decision_id"] for row in listed(store))
    with pytest.raises(ConfigError, match="none of its 2 holds"):
        decide(store, release(SETTINGS, "pos:1", "no such words"), 45)
    decide(store, release(SETTINGS, "pos:1", second), 46)
    assert [row["decision_id"] for row in listed(store)] == [first]
    decide(store, release(SETTINGS, "pos:1", "COUNTER"), 47)
    assert listed(store) == []
