"""What happened comes in one order, whatever stands at the same time, from any entry on."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from hub.store import timeline
from hub.store.tables import changes, decisions, deliveries, judgements

AT, LATER = "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"
EVENT = {"kind": "updated", "golden_id": "g", "run_id": "r"}
SENT = {
    "plan_id": "p", "n": 1, "destination": "shop", "action": "update", "state": "acked", "golden_id": "g", "target": "1",
    "idempotency_key": "k", "run_id": "r",
}  # fmt: skip
NAMES = ["pos:1"]


@pytest.fixture
def busy(store):
    """A customer to whom much happened at once."""
    judged = {"a": "pos:1", "b": "pos:2", "verdict": "same", "author": "an", "active": True, "at": AT}
    with store.begin() as conn:
        conn.execute(insert(changes), [EVENT | {"at": at, "version": n} for n, at in enumerate((AT, AT, LATER, AT), 1)])
        conn.execute(insert(deliveries), [SENT | {"at": at} for at in (AT, LATER, LATER)])
        for one in ("d1", "d2"):
            told = {"decision_id": one, "at": AT, "kind": "merge", "author": "an", "subjects": "[]", "run_id": "r"}
            conn.execute(insert(decisions).values(told))
            conn.execute(insert(judgements).values(judged | {"decision_id": one}))
    return store


def walk(store, size):
    seen, key = [], None
    with store.read() as conn:
        while page := timeline.after(conn, "g", [], NAMES, key, size):
            seen += [one[2] for one in page]
            key = seen[-1]
    return seen


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_every_part_goes_on_where_the_one_before_ended(busy, size):
    assert walk(busy, size) == [
        [LATER, "change", 3], [LATER, "push", 3], [LATER, "push", 2],
        [AT, "change", 4], [AT, "change", 2], [AT, "change", 1], [AT, "decision", "d1"], [AT, "decision", "d2"], [AT, "push", 1],
    ]  # fmt: skip
