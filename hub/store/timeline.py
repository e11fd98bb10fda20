"""What happened around one customer, newest first, part by part from a key on.

Belongs here: changes, decisions, orders and deliveries in one order. Does not: what is told of each (flow.timeline).
The order: by time, the newest first, what has none last; at the same time by kind of thing; then by its own order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from hub.store.bulk import among
from hub.store.story import events_of, orders_of
from hub.store.tables import changes, decisions, deliveries, judgements, orders

Row = Mapping[str, Any]
KINDS = ("change", "decision", "order", "push")
"""At the same time they stand in this order."""
ORDER = ("source", "source_id", "code", "kind", "at", "store", "currency", "total", "paid")
PUSH = ("at", "destination", "action", "target", "state", "reason", "plan_id", "run_id")
Ties = Sequence[tuple[ColumnElement[Any], bool]]
"""Columns that part what happened at the same time; whether the larger comes first."""


def after(
    conn: Connection, golden_id: str, former: Sequence[str], names: Sequence[str], key: Sequence[Any] | None, limit: int
) -> list[tuple[str, Row, list[Any]]]:
    """kind, row, its key. former: ids that lead to this one; names: `source:source_id` of its records; key: of the last seen."""
    found: list[tuple[str, Row, list[Any]]] = []
    for what, (every, at, ties) in _parts(conn, golden_id, former, names).items():
        chosen = every if key is None else every.where(_beyond(what, at, ties, key))
        ordered = [at.desc(), *(one.desc() if down else one.asc() for one, down in ties)]
        rows = conn.execute(chosen.order_by(*ordered).limit(limit)).mappings()
        found += [(what, _plain(row), [row["at"] or "", what, *(row[one.name] for one, _ in ties)]) for row in rows]
    return sorted(found, key=lambda one: str(one[2][0]), reverse=True)[:limit]  # stable: kinds stay in their order


def _plain(row: Mapping[Any, Any]) -> Row:
    return {str(name): value for name, value in row.items()}


def _parts(
    conn: Connection, golden_id: str, former: Sequence[str], names: Sequence[str]
) -> dict[str, tuple[Select[Any], ColumnElement[str], Ties]]:
    """Kind → what is read, its time, its ties."""
    touched = or_(among(conn, judgements.c.a, names), among(conn, judgements.c.b, names))
    judged = decisions.c.decision_id.in_(select(judgements.c.decision_id).where(touched))
    stands = exists().where(judgements.c.decision_id == decisions.c.decision_id, judgements.c.active).label("stands")
    told = select(*[decisions.c[name] for name in ("at", "kind", "author", "reason", "decision_id")], stands).where(
        judged
    )
    went = select(*[deliveries.c[name] for name in (*PUSH, "seq")])
    went = went.where(deliveries.c.golden_id.in_([golden_id, *former]))
    bought = orders_of(golden_id, *[orders.c[name] for name in ORDER])
    return {
        "change": (events_of(golden_id, "seq"), changes.c.at, [(changes.c.seq, True)]),
        "decision": (told, decisions.c.at, [(decisions.c.decision_id, False)]),
        "order": (bought, func.coalesce(orders.c.at, ""), [(orders.c.source, False), (orders.c.source_id, False)]),
        "push": (went, deliveries.c.at, [(deliveries.c.seq, True)]),
    }


def _beyond(what: str, at: ColumnElement[str], ties: Ties, key: Sequence[Any]) -> ColumnElement[bool]:
    """What comes after a key."""
    moment, kind, *last = key
    earlier: ColumnElement[bool] = at < moment
    if what < kind:
        return earlier
    if what > kind:
        return or_(earlier, at == moment)
    same: list[ColumnElement[bool]] = []
    for number, (column, down) in enumerate(ties):
        before = [one == value for (one, _), value in zip(ties[:number], last, strict=False)]
        same.append(and_(*before, column < last[number] if down else column > last[number]))
    return or_(earlier, and_(at == moment, or_(*same)))
