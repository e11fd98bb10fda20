"""Telling systems that somebody said no, until each has said that it knows; and what people say they did there by hand.

Belongs here: sending the open tasks of one destination, what became of each, letting held ones go. Does not: which there are
(withdrawing.py), vendors' own ways (connectors). It waits for no plan: a no only ever stops something. Nobody is subscribed
again by it: only `withdrawn` is ever written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hub.errors import ConfigError, HubError
from hub.flow import send, values
from hub.flow.canonical import canonical_docs
from hub.flow.outlet import Outlet
from hub.flow.run import Run
from hub.flow.withdrawing import carries
from hub.model import RawRecord, Receipt, Standing, Write
from hub.store import audit, holds, plans
from hub.store import withdrawals as table
from hub.store.engine import Store, StoreConnection

AT_ONCE = 100
"""Tasks told between two looks at the clock."""
NOT_THERE = ("not_found", "gone")
STANDS = "stood_already"
Row = Mapping[str, Any]


def work(outlet: Outlet, deadline: Callable[[], bool] = lambda: False) -> dict[str, int]:
    """Tell a system what is open; state → how many ended so (none: {}). Never raises for what the system does."""
    way = carries(outlet.destination, outlet.capabilities)
    told = dict.fromkeys(("done", "manual", "open"), 0)
    with outlet.store.read() as conn:
        tasks = table.left(conn, outlet.name, ("open",))
        held = holds.held(conn) if tasks else frozenset[str]()
    waits = [task["task_id"] for task in tasks if task["golden_id"] in held and task["reason"] != "hold"]
    if waits:
        with outlet.store.begin() as conn:
            table.change(conn, waits, reason="hold")
    tasks = [task for task in tasks if task["golden_id"] not in held]
    for start in range(0, len(tasks) if way else 0, AT_ONCE):
        if deadline() or not _send(outlet, str(way), tasks[start : start + AT_ONCE], told):
            break
    return {state: count for state, count in told.items() if count}


def _send(outlet: Outlet, way: str, tasks: Sequence[Row], told: dict[str, int]) -> bool:
    """Announce in the ledger, then send; False when the system cannot be spoken to now."""
    with outlet.store.begin() as conn:
        plans.add_deliveries(conn, [_line(outlet, way, task, "sent") for task in tasks])
    left = {_key(task): task for task in tasks}
    try:
        for receipt in send.receipts(outlet, [_write(outlet, way, task) for task in tasks]):
            state = _keep(outlet, way, left.pop(receipt.key), receipt)
            told[state] += 1
    except HubError as error:
        with outlet.store.begin() as conn:
            for task in left.values():
                table.tried(conn, task["task_id"], "open", error.code, outlet.run.now())
            plans.add_deliveries(conn, [_line(outlet, way, task, "retry", error.code) for task in left.values()])
        told["open"] += len(left)
        return False
    return True


def _key(task: Row) -> str:
    """The idempotency key: fixed with the task, so that every try has the same."""
    return hashlib.sha256(f"withdrawal:{task['task_id']}".encode()).hexdigest()[:32]


def _mark(outlet: Outlet) -> str:
    return values.GRANT + outlet.destination.channel


def _write(outlet: Outlet, way: str, task: Row) -> Write:
    fields = {_mark(outlet): "withdrawn"} if way == "update" else {}
    return Write(
        action="update" if way == "update" else "deactivate",
        golden_id=task["golden_id"], target=task["target"], fields=fields, known={}, key=_key(task), check=_check(outlet, task),
    )  # fmt: skip


def _check(outlet: Outlet, task: Row) -> Callable[[str], Standing]:
    """Read just before the write: a record that says no itself is left as it is, whatever kind of no it is."""

    def check(payload: str) -> Standing:
        docs = canonical_docs(outlet.connection, [RawRecord(str(task["target"]), payload)], outlet.region)
        said = docs[0].get("consents") or () if docs else ()
        meant = [one for one in said if one.get("channel") == outlet.destination.channel]
        return "stands" if meant and all(one.get("status") == "withdrawn" for one in meant) else "go"

    return check


def _keep(outlet: Outlet, way: str, task: Row, receipt: Receipt) -> str:
    """Keep one result in the ledger, with the task and, when the hub itself wrote it, with what was acknowledged."""
    gone = receipt.outcome == "rejected" and receipt.reason in NOT_THERE
    state = "done" if receipt.outcome == "acked" or gone else "manual" if receipt.outcome == "rejected" else "open"
    reason = "gone" if gone else "read_back" if receipt.reason == STANDS else receipt.reason
    if receipt.outcome in ("retry", "unknown"):
        reason = receipt.reason or receipt.outcome
    at = outlet.run.now()
    with outlet.store.begin() as conn:
        plans.add_deliveries(conn, [_line(outlet, way, task, receipt.outcome, receipt.reason)])
        table.tried(conn, task["task_id"], state, reason or ("acked" if state == "done" else None), at)
        if receipt.outcome == "acked" and receipt.reason != STANDS:
            fields = {_mark(outlet): "withdrawn"} if way == "update" else {}
            left = None if way == "update" else "inactive"
            plans.acknowledge(conn, outlet.name, task["target"], task["golden_id"], fields, at, state=left)
    return state


def _line(outlet: Outlet, way: str, task: Row, state: str, reason: str | None = None) -> dict[str, Any]:
    """A row of the delivery ledger, under the task's own id."""
    return {
        "plan_id": task["task_id"], "n": 0, "destination": outlet.name, "golden_id": task["golden_id"],
        "target": task["target"], "action": way, "idempotency_key": _key(task), "state": state, "digest": None,
        "reason": reason, "at": outlet.run.now(), "run_id": outlet.run.run_id,
    }  # fmt: skip


# what people say -----------------------------------------------------------------------------------------------------


def by_hand(store: Store, run: Run, task_ids: Sequence[str], actor: str, reason: str | None = None) -> int:
    """A person says that they did it there; how many tasks that ends. Raises ConfigError when none is left."""
    with store.begin() as conn:
        found = [task for one in task_ids if (task := table.get(conn, one)) and task["state"] in table.LEFT]
        if not found:
            raise ConfigError(
                "nothing of this is left to be done", hint="see `hub withdrawals`", code="withdrawal.done"
            )
        ids = [task["task_id"] for task in found]
        table.change(conn, ids, state="done", reason="by_hand", ended_at=run.now(), actor=actor)
        _note(conn, run, actor, "withdrawal.done", found, reason)
    return len(found)


def release(store: Store, run: Run, destination: str, actor: str, reason: str | None = None) -> int:
    """A person has looked at what is held: it may be told. Raises ConfigError when nothing is held."""
    with store.begin() as conn:
        found = table.left(conn, destination, ("held",))
        if not found:
            raise ConfigError(
                f"nothing is held back at {destination!r}", hint="see `hub withdrawals`", code="withdrawal.none"
            )
        table.change(conn, [task["task_id"] for task in found], state="open", reason=None, actor=actor)
        _note(conn, run, actor, "withdrawal.release", found, reason)
    return len(found)


def _note(conn: StoreConnection, run: Run, actor: str, action: str, tasks: Sequence[Row], reason: str | None) -> None:
    systems = sorted({task["destination"] for task in tasks})
    subjects = list(dict.fromkeys(task["golden_id"] for task in tasks))[:1_000]
    details = {"destinations": systems, "count": len(tasks), "tasks": [task["task_id"] for task in tasks[:1_000]]}
    audit.write(conn, at=run.now(), actor=actor, action=action, subjects=subjects, reason=reason, details=details)
