"""Push: apply one stored plan exactly; one result per record; what was acknowledged moves only on ack.

Belongs here: approval, whether a plan still fits. Does not: what to send (decide.py), sending (send.py), results (receipts.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from hub.errors import ConfigError, GuardError
from hub.flow.decide import decide
from hub.flow.item import WRITES, Item, basis_of
from hub.flow.outlet import Outlet
from hub.flow.plan import expired
from hub.flow.run import PushReport
from hub.flow.send import send_all
from hub.store import audit
from hub.store import plans as table
from hub.store.engine import StoreConnection

SHOWN = 10
"""So many differences of a stale plan are told one by one."""


def push(
    outlet: Outlet, report: PushReport, *, yes: bool = False, deadline: Callable[[], bool] = lambda: False
) -> PushReport:
    """Apply the plan of `report` when it may be: approved by its owner's `approve = "auto"`, or `yes` by a person now.

    Otherwise the plan goes on waiting (or held) and nothing is sent. A plan that no longer fits is refused (GuardError).
    """
    if report.plan_id is None:
        return report
    with outlet.store.read() as conn:
        head = table.plan(conn, report.plan_id)
    if head is None or head["destination"] != outlet.name:
        raise ConfigError(f"no plan {report.plan_id} for {outlet.name}", hint="see `hub plan`")
    if head["state"] != "approved" and not yes:
        return report
    _still_fits(outlet, head)
    with outlet.store.begin() as conn:
        by = "person" if yes else head["approved_by"] or "auto"
        at = outlet.run.now()
        table.set_plan(conn, report.plan_id, state="approved", approved_by=by, approved_at=at)
        if yes:
            where = {"destination": outlet.name}
            audit.write(
                conn, at=at, actor=outlet.run.actor, action="plan.approve", subjects=[report.plan_id], details=where
            )
    if send_all(outlet, report, deadline):
        _close(outlet, report.plan_id)
        report.state = "applied"
    return report


def _still_fits(outlet: Outlet, head: Mapping[str, Any]) -> None:
    """Raise GuardError when the plan is not open, too old, or no longer what is wanted; it says what has changed."""
    with outlet.turn, outlet.store.read() as conn:
        items = decide(conn, outlet).items
        old = expired(outlet, head)
        moved = "" if basis_of(outlet.name, items) == head["basis"] else _moved(conn, outlet, head, items)
    if head["state"] in table.OPEN and not moved and not old:
        return
    if head["state"] in table.OPEN:
        with outlet.store.begin() as conn:
            table.set_plan(conn, head["plan_id"], state="stale")
    counts = orjson.loads(head["counts"])
    wanted, stood = sum(item.action in WRITES for item in items), sum(counts.get(action, 0) for action in WRITES)
    why = f"older than {outlet.destination.plan_expires // 3600} hours" if old else head["state"]
    raise GuardError(
        f"plan {head['plan_id']} of {outlet.name} is stale ({why}): it holds {stood} writes, {wanted} are wanted now{moved}",
        hint="look at the new plan with `hub plan`",
    )


def _moved(conn: StoreConnection, outlet: Outlet, head: Mapping[str, Any], items: Sequence[Item]) -> str:
    """Which writes differ, by customer and record there, with the names of their fields: never a value."""
    stood = {_named(row): row["idempotency_key"] for row in table.all_items(conn, head["plan_id"]) if _writes(row)}
    wanted = {_named(row): row["idempotency_key"] for row in (_row(item, outlet) for item in items) if _writes(row)}
    parts = {
        "new": wanted.keys() - stood.keys(),
        "gone": stood.keys() - wanted.keys(),
        "changed": {name for name in stood.keys() & wanted.keys() if stood[name] != wanted[name]},
    }
    return "".join(f"; {what}: {_listed(sorted(names))}" for what, names in parts.items() if names)


def _row(item: Item, outlet: Outlet) -> dict[str, Any]:
    told = {name: getattr(item, name) for name in ("action", "golden_id", "target")}
    return {**told, "changes": orjson.dumps(dict(item.changes)), "idempotency_key": item.key(outlet.name)}


def _writes(row: Mapping[str, Any]) -> bool:
    return row["action"] in WRITES


def _named(row: Mapping[str, Any]) -> str:
    fields = ", ".join(sorted(orjson.loads(row["changes"])))
    return f"{row['action']} {row['golden_id']}/{row['target'] or '-'} ({fields})"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _close(outlet: Outlet, plan_id: str) -> None:
    with outlet.store.begin() as conn:
        table.set_plan(conn, plan_id, state="applied", applied_at=outlet.run.now())
