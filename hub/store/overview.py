"""What operators' pages list: runs, plans with their lines, deliveries.

Belongs here: SELECTs with a limit, the newest first. Does not: writing any of them (runs.py, plans.py), sentences (flow).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, func, select

from hub.store.tables import deliveries, plan_items, plans, runs

Row = Mapping[str, Any]
QUIET = ("noop", "blocked")


def run(conn: Connection, run_id: str) -> Row | None:
    """One run."""
    return next(iter(_rows(conn, select(runs).where(runs.c.run_id == run_id))), None)


def newest_plans(conn: Connection, count: int, run_id: str | None = None) -> list[Row]:
    """Plans that send something, the newest first; of one run when it is named."""
    chosen = select(plans).where(plans.c.state != "told").order_by(plans.c.created_at.desc(), plans.c.plan_id)
    return _rows(conn, (chosen.where(plans.c.run_id == run_id) if run_id else chosen).limit(count))


def lines(conn: Connection, plan_id: str, action: str | None, count: int, after: int = 0) -> list[Row]:
    """Lines of a plan from a number on, of one action; without one those that write or are in conflict."""
    chosen = select(plan_items).where(plan_items.c.plan_id == plan_id, plan_items.c.n >= after)
    chosen = chosen.where(plan_items.c.action == action if action else plan_items.c.action.not_in(QUIET))
    return _rows(conn, chosen.order_by(plan_items.c.n).limit(count))


def tally(conn: Connection, plan_id: str) -> dict[str, dict[str, int]]:
    """Action → state → how many lines."""
    counted = select(plan_items.c.action, plan_items.c.state, func.count().label("n")).where(
        plan_items.c.plan_id == plan_id
    )
    found: dict[str, dict[str, int]] = {}
    for row in conn.execute(counted.group_by(plan_items.c.action, plan_items.c.state)):
        found.setdefault(row.action, {})[row.state] = int(row.n)
    return found


def newest_deliveries(
    conn: Connection, count: int, *, destination: str | None = None, state: str | None = None, before: int | None = None
) -> list[Row]:
    """Lines of the ledger of deliveries, those before a number."""
    chosen = select(deliveries).order_by(deliveries.c.seq.desc()).limit(count)
    for column, value in ((deliveries.c.destination, destination), (deliveries.c.state, state)):
        chosen = chosen.where(column == value) if value else chosen
    return _rows(conn, chosen.where(deliveries.c.seq < before) if before else chosen)


def _rows(conn: Connection, statement: Select[Any]) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in conn.execute(statement).mappings()]
