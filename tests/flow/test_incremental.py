"""Incremental equals rebuild (promise 3.7), case by case; histories at random are in test_hunt.py."""

from __future__ import annotations

import hunted
import hunting
import orjson
import pytest
from fakes import record
from sqlalchemy import func, insert, select
from steps import MAIL, bring, customer, person, rows, settle, whose

from hub.store import plans
from hub.store.scope import share
from hub.store.tables import blocked_values, created_records, dirty_records, judgements, refusals

LAN, HUNG = ("Nguyễn Thị Lan", "0912345678"), ("Trần Văn Hùng", "0987654321")


@pytest.fixture(autouse=True)
def _always_incremental(monkeypatch):
    """The small sets of these tests are far above the share at which everything is matched anew."""
    monkeypatch.setattr("hub.flow.match.FULL_SHARE", 2.0)


def rebuilt(store):
    """What a rebuild changes: nothing, where the run before it did its work."""
    before = hunted.state(store)
    settle(store, 90, rebuild=True)
    return hunted.differing(before, hunted.state(store))


def test_few_changes_are_matched_without_reading_everything(store, monkeypatch):
    monkeypatch.undo()
    people = [person(str(n), f"Người Số {n}", f"09{n:08d}") for n in range(10, 60)]
    bring(store, *people)
    settle(store, 1)
    bring(store, person("10", "Người Số Mười", "0900000010"), number=2)
    with store.read() as conn:
        assert 0 < share(conn, 50) < 0.03
        assert conn.scalar(select(func.count()).select_from(dirty_records)) == 1
    monkeypatch.setattr("hub.store.scope.everything", None)
    _, made = settle(store, 2)
    assert (made.updated, made.unchanged) == (1, 49)


def test_a_record_comes_back_to_its_id_in_the_run_in_which_the_others_leave(store):
    bring(store, person("1", *LAN), person("2", *LAN))
    settle(store, 1)
    golden_id = whose(store)["pos:1"]
    bring(store, gone=["2"], number=2)
    settle(store, 2)
    bring(store, person("2", *LAN), gone=["1"], number=3)
    settle(store, 3)
    assert whose(store) == {"pos:2": golden_id}
    assert rebuilt(store) == {}


def test_a_customer_who_comes_back_alone_leaves_no_former_id_behind(store):
    bring(store, person("1", *LAN))
    settle(store, 1)
    bring(store, gone=["1"], number=2)
    settle(store, 2)
    bring(store, person("1", *LAN), number=3)
    settle(store, 3)
    assert rebuilt(store) == {}


def test_a_phone_of_work_is_shared_with_nobody_whoever_else_bears_it(store):
    work = record("3", full_name="Phạm Thu Hoa", phones=[{"value": LAN[1], "use": "work"}])
    bring(store, person("1", *LAN), person("2", HUNG[0], LAN[1]), work)
    settle(store, 1)
    phones = [orjson.loads(customer(store, whose(store)[name])["doc"])["phones"] for name in ("pos:1", "pos:3")]
    assert [each[0]["shared_with"] for each in phones] == [1, 0]
    bring(store, gone=["2"], number=2)
    settle(store, 2)
    assert rebuilt(store) == {}


def test_the_report_of_an_incremental_run_counts_the_values_that_it_has_just_blocked(store):
    bring(store, person("1", *LAN))
    settle(store, 1)
    names = ("Trần Văn Hùng", "Phạm Thu Hoa", "Lê Minh Tuấn", "Võ Quốc Bảo")
    bring(store, *[person(str(n), name, LAN[1]) for n, name in enumerate(names, 2)], number=2)
    matched, _ = settle(store, 2)
    assert (matched.guards["generic_identifier"], matched.guards["blocked_value"]) == (1, 5)
    again, _ = settle(store, 3, rebuild=True)
    assert again.guards == matched.guards


def test_the_shops_own_values_are_counted_although_they_are_no_keys(store):
    own = hunting.SETTINGS[2]
    hunting.act(
        store, own, 1, ("bring", "pos", ("1",), ({"full_name": HUNG[0], "emails": [{"value": "a@example.com"}]},), True)
    )
    hunting.settle(store, own, 1)
    hunting.act(
        store, own, 2, ("bring", "pos", ("2",), ({"full_name": LAN[0], "emails": [{"value": "b@example.com"}]},), True)
    )
    hunting.settle(store, own, 2)
    assert {row["value"] for row in rows(store, blocked_values)} == {"a@example.com", "b@example.com"}
    hunting.act(store, own, 3, ("leave", "pos", ("1",)))
    hunting.settle(store, own, 3)
    assert {row["value"] for row in rows(store, blocked_values)} == {"b@example.com"}


def judged(store, a, b, verdict):
    with store.begin() as conn:
        row = {"a": a, "b": b, "verdict": verdict, "author": "an", "at": "2026-11-01T00:00:00.000Z", "active": True}
        conn.execute(insert(judgements).values(row))
        hunting.soil(conn, a, b)


def test_what_a_record_that_leaves_was_refused_goes_with_it_and_nothing_else(store):
    firm = {"full_name": "Công ty TNHH An Phát", "kind": "organisation"}
    bring(store, person("1", *LAN), person("2", HUNG[0], LAN[1]), record("9", **firm))
    judged(store, "pos:1", "pos:9", "same")
    settle(store, 1)
    assert sorted(row["rule"] for row in rows(store, refusals)) == ["kind", "name_incompatible"]
    bring(store, gone=["9"], number=2)
    settle(store, 2)
    assert [row["rule"] for row in rows(store, refusals)] == ["name_incompatible"]
    assert rebuilt(store) == {}


def created(store, source_id, golden_id):
    with store.begin() as conn:
        plans.belongs(conn, "mail", source_id, golden_id, "2026-11-01T00:00:00.000Z")


def test_a_receipt_for_a_record_that_is_there_already_is_heard_by_the_next_run(store):
    bring(store, person("1", *LAN))
    bring(store, record("n1", full_name="Nguyễn Thị Lan"), source=MAIL)
    settle(store, 1)
    created(store, "n1", whose(store)["pos:1"])
    settle(store, 2)
    assert len(set(whose(store).values())) == 1
    assert rebuilt(store) == {}


@pytest.mark.parametrize("pulled", [True, False])
def test_when_the_anchor_of_a_created_record_leaves_another_of_its_customer_stands_in(store, pulled):
    new = record("n1", full_name="Nguyễn Thị Lan")
    bring(store, person("1", *LAN), person("2", *LAN))
    settle(store, 1)
    golden_id = whose(store)["pos:1"]
    created(store, "n1", golden_id)
    if pulled:
        bring(store, new, source=MAIL, number=2)
        settle(store, 2)
    bring(store, gone=["1"], number=3)
    settle(store, 3)
    assert rows(store, created_records)[0]["anchor"] == "pos:2"
    bring(store, new, source=MAIL, number=4)
    settle(store, 4)
    assert whose(store) == {"pos:2": golden_id, "mail:n1": golden_id}
    assert rebuilt(store) == {}


def test_a_receipt_of_a_customer_who_was_merged_meanwhile_belongs_to_whom_its_id_leads(store):
    bring(store, person("1", *LAN))
    settle(store, 1)
    bring(store, person("2", "Nguyễn Thị Lan", "0933333333"), number=2)
    settle(store, 2)
    old = whose(store)["pos:2"]
    bring(store, person("2", "Nguyễn Thị Lan", "0933333333", LAN[1]), number=3)
    settle(store, 3)
    created(store, "n1", old)
    assert rows(store, created_records)[0]["anchor"] == "pos:1"
