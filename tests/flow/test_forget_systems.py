"""Forgetting a person: what other systems are told, and what stays told of what was sent to them (behaviour 6)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import FakeConnection, make_run
from leaving import LAN, MAIL, SECRET, bring, everything, forgotten, place
from sqlalchemy import insert
from steps import person, rows, whose

from hub.errors import TransientError
from hub.flow import forget_tell
from hub.model import Receipt
from hub.settings import Destination
from hub.store import erasures, tables

__all__ = ["place"]


class Vendor(FakeConnection):
    """Answers `forget` as told."""

    def __init__(self, *answers) -> None:
        super().__init__()
        self.answers = list(answers)

    def forget(self, source_id):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Receipt("", answer, source_id, reason=None if answer == "acked" else "why")


def states(place):
    return [
        (row["system"], row["state"], row["target"])
        for row in rows(place.store, tables.erase_tasks, tables.erase_tasks.c.system)
    ]


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        (["acked"], ("done", None)),
        (["rejected"], ("manual", None)),
        (["unknown"], ("open", "1")),
        ([TransientError("x")], ("open", "1")),
    ],
)
def test_a_system_is_asked_until_it_has_said_that_it_did(place, answers, state):
    bring(place, LAN)
    forgotten(place)
    forget_tell.work(place.store, "pos", Vendor(*answers), make_run(30))
    assert states(place) == [("pos", *state)]
    if state[0] == "open":
        forget_tell.work(place.store, "pos", Vendor("acked"), make_run(31))
        assert states(place) == [("pos", "done", None)]


def test_a_source_that_the_hub_does_not_write_to_is_a_persons_to_do(place):
    bring(place, LAN)
    bring(place, person("m", "Nguyễn Thị Lan", "0912345678"), source=MAIL, number=2)
    _, erasure_id = forgotten(place)
    assert states(place)[0] == ("mail", "manual", None)
    assert forget_tell.acknowledge(place.store, make_run(30), erasure_id, "mail", "an") == 1
    with place.store.read() as conn:
        assert [one["system"] for one in erasures.waiting(conn, "2026-12-31T00:00:00.000Z")] == ["pos"]


@pytest.mark.parametrize("state", ["sent", "unknown"])
def test_a_create_that_nobody_knows_the_outcome_of_is_looked_after(place, state):
    own = Destination("list", None, "sheet", "sheet", {})
    place = replace(place, settings=replace(place.settings, destinations={**place.settings.destinations, "list": own}))
    bring(place, LAN)
    golden_id = whose(place.store)["pos:1"]
    with place.store.begin() as conn:
        for name in ("pos", "list"):
            told = {"plan_id": name, "destination": name, "state": "approved", "created_at": "", "run_id": "run-1"}
            conn.execute(insert(tables.plans).values({**told, "counts": "{}", "feed_seq": 0, "basis": ""}))
            item = {"plan_id": name, "n": 1, "action": "create", "golden_id": golden_id, "changes": "{}"}
            conn.execute(insert(tables.plan_items).values({**item, "idempotency_key": "k", "state": state}))
    forgotten(place)
    assert states(place) == [("list", "open", golden_id), ("pos", "open", "1"), ("pos", "manual", None)]


def test_ids_made_of_her_address_and_digests_of_her_values_leave_plans_and_ledger(place):
    named = "lan@example.com"
    lan = person(named, "Nguyễn Thị Lan", "0912345678")
    bring(place, lan, person("2", "Trần Văn Hùng", "0987654321"))
    hers, his = whose(place.store)[f"pos:{named}"], whose(place.store)["pos:2"]
    with place.store.begin() as conn:
        told = {"plan_id": "p", "destination": "pos", "state": "applied", "created_at": "", "run_id": "run-1"}
        conn.execute(insert(tables.plans).values({**told, "counts": "{}", "feed_seq": 0, "basis": "both"}))
        for n, (golden_id, target) in enumerate(((hers, named), (his, "2"))):
            line = {"plan_id": "p", "n": n, "action": "update", "golden_id": golden_id, "target": target}
            line |= {"idempotency_key": f"key-{n}", "state": "acked"}
            conn.execute(insert(tables.plan_items).values({**line, "changes": "{}"}))
            more = {"destination": "pos", "digest": f"digest-{n}", "at": "", "run_id": "run-1"}
            conn.execute(insert(tables.deliveries).values({**line, **more}))
    forgotten(place, name=f"pos:{named}")
    for table in (tables.plan_items, tables.deliveries):
        told = [
            (row["golden_id"], row["target"], row["idempotency_key"]) for row in rows(place.store, table, table.c.n)
        ]
        assert told == [(hers, None, "erased"), (his, "2", "key-1")]
    assert [row["digest"] for row in rows(place.store, tables.deliveries, tables.deliveries.c.n)] == [None, "digest-1"]
    assert [row["basis"] for row in rows(place.store, tables.plans)] == [""]
    open_tasks = everything(place.store).count(named)
    forget_tell.work(place.store, "pos", Vendor("acked"), make_run(30))
    assert open_tasks == 1
    assert [word for word in SECRET if word in everything(place.store)] == []
