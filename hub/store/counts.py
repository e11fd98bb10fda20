"""Numbers that stand on the front page: sources' states, what waits, how much there is.

Belongs here: counting, nothing that reads a wide table whole. Does not: judging what is stale (flow.status).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, or_, select, text

from hub.store import tally
from hub.store.plans import OPEN
from hub.store.tables import landed, plan_items, plans, quarantine, records, source_state
from hub.store.tables.landing import MISSING


def states(conn: Connection) -> dict[str, Mapping[str, Any]]:
    """Source → its row of source_state."""
    return {row["source"]: dict(row) for row in conn.execute(select(source_state)).mappings()}


def by_source(conn: Connection) -> dict[str, dict[str, int]]:
    """Source → records, quarantine (open entries), missing (not seen by the last complete sweep)."""
    counted = {
        "records": select(records.c.source, func.count()).group_by(records.c.source),
        "quarantine": select(quarantine.c.source, func.count())
        .where(quarantine.c.state == "open")
        .group_by(quarantine.c.source),
        "missing": select(landed.c.source, func.count()).where(text(MISSING)).group_by(landed.c.source),
    }
    found: dict[str, dict[str, int]] = {}
    for name, statement in counted.items():
        for source, count in conn.execute(statement):
            found.setdefault(source, dict.fromkeys(counted, 0))[name] = count
    return found


def customers(conn: Connection) -> int:
    """Living customers, as the last promotion counted them."""
    return tally.totals(conn).get("customers", 0)


def open_plans(conn: Connection) -> list[Mapping[str, Any]]:
    """Plans that wait for a person, or for the next push, by destination; reason: why one is held."""
    columns = (plans.c.plan_id, plans.c.destination, plans.c.state, plans.c.created_at, plans.c.reason)
    statement = select(*columns).where(plans.c.state.in_(OPEN)).order_by(plans.c.destination, plans.c.created_at)
    return [{column.name: value for column, value in zip(columns, row, strict=True)} for row in conn.execute(statement)]


def given_up(conn: Connection, destinations: Sequence[str]) -> list[Mapping[str, Any]]:
    """destination, reason, count of what the newest plan of each does not send because it was refused or given up before."""
    found: list[Mapping[str, Any]] = []
    for name in destinations:
        newest = select(plans.c.plan_id).where(plans.c.destination == name).order_by(plans.c.created_at.desc()).limit(1)
        where = (
            plan_items.c.plan_id == newest.scalar_subquery(),
            plan_items.c.action == "blocked",
            or_(*(plan_items.c.reason.startswith(head) for head in ("rejected:", "given_up:", "not_kept"))),
        )
        counted = select(plan_items.c.reason, func.count()).where(*where).group_by(plan_items.c.reason)
        for reason, count in conn.execute(counted.order_by(plan_items.c.reason)):
            found.append({"destination": name, "reason": reason, "count": count})
    return found
