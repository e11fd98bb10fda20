"""Plan: what a destination should hold against what it holds, stored, to be approved and applied exactly.

Belongs here: the stored plan, its guards, its waiting. Does not: the decision per record (decide.py), sending (push.py).
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from hub.flow.decide import WRITES, Item, basis_of, decide
from hub.flow.outlet import Outlet
from hub.flow.run import PushReport
from hub.flow.settle import settle
from hub.store import plans as table
from hub.store.engine import StoreConnection


def plan(outlet: Outlet) -> PushReport:
    """Make (or find unchanged) the plan of a destination. Outcomes left open by an earlier push are settled first.

    Returns a report with `planned` counts, `plan_id` and `state`: waiting, held, or applied when nothing is to be sent.
    """
    settle(outlet)
    with outlet.store.read() as conn:
        items, noops = decide(conn, outlet)
        there = table.record_count(conn, outlet.source)
    report = PushReport()
    report.planned |= Counter(item.action for item in items)
    report.planned["noop"] = noops
    for item in items:
        if item.reason:
            report.because(item.action, item.reason)
    _foretell(report, outlet)
    with outlet.store.begin() as conn:
        if any(report.planned[action] for action in WRITES):
            report.plan_id, report.state = _keep(conn, outlet, items, report.planned, there)
        else:
            table.close_open(conn, outlet.name)
    return report


def _foretell(report: PushReport, outlet: Outlet) -> None:
    """What the planned writes set off at the vendor (only new records do), and how long they take at the hub's share."""
    able, source = outlet.capabilities, outlet.settings.sources.get(outlet.source)
    writes = sum(report.planned[action] for action in WRITES)
    report.effects = list(able.effects) if report.planned["create"] else []
    if able.rate and writes:
        report.takes = round(writes * able.requests / (able.rate * (source.budget if source else 1.0)), 1)


def _keep(
    conn: StoreConnection, outlet: Outlet, items: Sequence[Item], counts: Mapping[str, int], there: int
) -> tuple[str, str]:
    basis = basis_of(outlet.name, items)
    known = table.open_plan(conn, outlet.name)
    if known is not None and known["basis"] == basis:
        return str(known["plan_id"]), _told(known["state"])
    if known is not None and known["state"] == "approved" and _rest_of(conn, known, items, outlet.name):
        state, reason = "approved", None
    else:
        state, reason = _gate(conn, outlet, counts, there)
    head = {
        "plan_id": str(uuid.uuid4()),
        "destination": outlet.name,
        "state": state,
        "created_at": outlet.run.now(),
        "run_id": outlet.run.run_id,
        "counts": table.text(dict(counts)),
        "reason": reason,
        "feed_seq": table.feed_position(conn),
        "basis": basis,
    }
    table.save_plan(conn, head, [_row(n, item, outlet.name) for n, item in enumerate(items, 1)])
    return str(head["plan_id"]), _told(state)


def _told(state: str) -> str:
    return "held" if state == "held" else "waiting"


def _rest_of(conn: StoreConnection, known: Mapping[str, Any], items: Sequence[Item], destination: str) -> bool:
    """Whether these wishes are what is left of an approved plan (a slice was over, the vendor was away)."""
    approved = table.item_keys(conn, known["plan_id"])
    return all(item.key(destination) in approved for item in items if item.action in WRITES)


def _gate(conn: StoreConnection, outlet: Outlet, counts: Mapping[str, int], there: int) -> tuple[str, str | None]:
    """Held above `max_changes`; else waiting for a person, unless its owner trusts it and one plan was applied before."""
    touched = sum(counts[action] for action in WRITES)
    if there and touched > outlet.destination.max_changes * there:
        return "held", f"max_changes:{touched}/{there}"
    trusted = outlet.destination.approve == "auto" and table.ever_applied(conn, outlet.name)
    return ("approved", None) if trusted else ("waiting", None)


def _row(n: int, item: Item, destination: str) -> dict[str, Any]:
    return {
        "n": n,
        "action": item.action,
        "golden_id": item.golden_id,
        "target": item.target,
        "changes": table.text(dict(item.changes)),
        "known": table.text(dict(item.send)),
        "reason": item.reason,
        "idempotency_key": item.key(destination),
        "state": "open",
    }
