"""Plan: what a destination should hold against what it holds, stored, to be approved and applied exactly.

Belongs here: the stored plan, its guards, its waiting. Does not: the decision per record (decide.py), sending (push.py).
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from hub.flow import chosen
from hub.flow.decide import Decision, decide, remember
from hub.flow.item import REMOVALS, WRITES, Item, basis_of, story_of
from hub.flow.outlet import Outlet
from hub.flow.run import PushReport
from hub.flow.settle import settle
from hub.model import from_utc_text
from hub.store import plans as table
from hub.store.engine import StoreConnection

LEFT = ("sent", "acked", "rejected", "retry", "unknown")
"""States of an item that is not open any more."""
DOUBLES = 1_000
"""So many customers with several records there are told one by one."""


def plan(outlet: Outlet) -> PushReport:
    """Make (or find unchanged) the plan of a destination. Outcomes left open by an earlier push are settled first.

    Returns a report with `planned` counts, `plan_id` and `state`: waiting, held, or applied when nothing is to be sent.
    """
    settle(outlet)
    with outlet.turn:
        return _planned(outlet)


def _planned(outlet: Outlet) -> PushReport:
    chosen.refresh(outlet)
    with outlet.store.read() as conn:
        told = decide(conn, outlet)
    there = told.there
    report = _report(outlet, told, there)
    with outlet.store.begin() as conn:
        remember(conn, outlet, told)
        if any(report.planned[action] for action in WRITES):
            table.drop_told(conn, outlet.name)
            report.plan_id, report.state = _keep(conn, outlet, told.items, report.planned, there)
        else:
            table.close_open(conn, outlet.name)
            _tell(conn, outlet, told.items, report)
    return report


def _report(outlet: Outlet, told: Decision, there: int) -> PushReport:
    report = PushReport(there=there)
    report.planned |= Counter(item.action for item in told.items)
    report.planned["noop"] = told.noops
    for item in told.items:
        if item.reason:
            report.because(item.action, item.reason)
        elif item.notes.get("base"):
            report.because(item.action, "edited_there_too")
    report.doubles = [asdict(one) for one in told.doubles[:DOUBLES]]
    report.doubled = len(told.doubles)
    _foretell(report, outlet)
    return report


def _foretell(report: PushReport, outlet: Outlet) -> None:
    """What the planned writes set off at the vendor (only new records do), and how long they take at the hub's share."""
    able, source = outlet.capabilities, outlet.settings.sources.get(outlet.source)
    writes = sum(report.planned[action] for action in WRITES)
    report.effects = list(able.effects) if report.planned["create"] else []
    if able.rate and writes:
        report.takes = round(writes * able.requests / (able.rate * (source.budget if source else 1.0)), 1)


def _tell(conn: StoreConnection, outlet: Outlet, items: Sequence[Item], report: PushReport) -> None:
    """Keep what is blocked or in conflict, so that people can look at it; nothing when there is nothing to tell."""
    basis, known = story_of(items), table.nothing_to_send(conn, outlet.name)
    if known is not None and known["basis"] == basis:
        return
    table.drop_told(conn, outlet.name)
    if items:
        _save(conn, outlet, items, report.planned, (table.TOLD, None), basis)


def _keep(
    conn: StoreConnection, outlet: Outlet, items: Sequence[Item], counts: Mapping[str, int], there: int
) -> tuple[str, str]:
    basis = basis_of(outlet.name, items)
    known = table.open_plan(conn, outlet.name)
    if known is not None and known["basis"] == basis and not expired(outlet, known) and not _begun(conn, known):
        return str(known["plan_id"]), _told(known["state"])
    if known is not None and known["state"] == "approved" and _rest_of(conn, known, items, outlet.name):
        state: tuple[str, str | None] = ("approved", None)
    else:
        state = _gate(conn, outlet, counts, there)
    return _save(conn, outlet, items, counts, state, basis), _told(state[0])


def expired(outlet: Outlet, head: Mapping[str, Any]) -> bool:
    """Whether a plan is older than its destination's `plan_expires`; the rest of one that is being sent is not."""
    age = (from_utc_text(outlet.run.now()) - from_utc_text(head["created_at"])).total_seconds()
    return head["state"] != "approved" and age > outlet.destination.plan_expires


def _save(
    conn: StoreConnection,
    outlet: Outlet,
    items: Sequence[Item],
    counts: Mapping[str, int],
    state: tuple[str, str | None],
    basis: str,
) -> str:
    head = {
        "plan_id": str(uuid.uuid4()),
        "destination": outlet.name,
        "state": state[0],
        "created_at": outlet.run.now(),
        "run_id": outlet.run.run_id,
        "counts": table.text(dict(counts)),
        "reason": state[1],
        "feed_seq": table.feed_position(conn),
        "basis": basis,
    }
    table.save_plan(conn, head, [_row(n, item, outlet.name) for n, item in enumerate(items, 1)])
    return str(head["plan_id"])


def _told(state: str) -> str:
    return "held" if state == "held" else "waiting"


def _begun(conn: StoreConnection, head: Mapping[str, Any]) -> bool:
    """Whether a write of an approved plan has left: if it did not arrive, it is no longer open there and is planned anew."""
    return head["state"] == "approved" and bool(table.items(conn, head["plan_id"], LEFT, WRITES, 1))


def _rest_of(conn: StoreConnection, known: Mapping[str, Any], items: Sequence[Item], destination: str) -> bool:
    """Whether these wishes are what is left of an approved plan (a slice was over, the vendor was away)."""
    approved = table.item_keys(conn, known["plan_id"])
    return all(item.key(destination) in approved for item in items if item.action in WRITES)


def _gate(conn: StoreConnection, outlet: Outlet, counts: Mapping[str, int], there: int) -> tuple[str, str | None]:
    """Held above `max_deletes` or `max_changes`; else waiting for a person, unless its owner trusts it and one was sent."""
    removed, touched = (sum(counts[action] for action in actions) for actions in (REMOVALS, WRITES))
    if removed > outlet.destination.max_deletes * there:
        return "held", f"max_deletes:{removed}/{there}"
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
        "notes": table.text(dict(item.notes)) if item.notes else None,
    }
