"""Customers on hold: nothing is written about them until somebody decides.

Belongs here: the table `holds`, whose hold is whose. Does not: what a hold stops (flow.decide), who may set one (flow.hold).
A hold belongs to the customer that holds its anchor record, so it follows merges and splits; when the anchor has left, to the
customer that its golden id leads to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from hub.store.decisions import Decision
from hub.store.story import live
from hub.store.tables import holds, xref
from hub.store.words import named

Row = Mapping[str, Any]


def put(conn: Connection, decision: Decision, anchor: str, review_id: str | None) -> None:
    """Hold the customer of the decision, known by its anchor record. review_id: the question that lifts the hold."""
    said = {name: getattr(decision, name) for name in ("author", "reason", "at", "decision_id")}
    whose = {"anchor": anchor, "golden_id": decision.subjects[0], "active": True, "review_id": review_id}
    conn.execute(insert(holds).values(said | whose))


def standing(conn: Connection) -> list[Row]:
    """Holds that stand, oldest first, each with the living customer it is on (`golden_id`)."""
    rows = conn.execute(select(holds).where(holds.c.active).order_by(holds.c.at, holds.c.hold_id)).mappings().all()
    if not rows:
        return []
    rids = dict(named(conn, [row["anchor"] for row in rows]).iter_rows())
    now = select(xref.c.rid, xref.c.golden_id).where(xref.c.rid.in_(rids.values()))
    whose = {row.rid: row.golden_id for row in conn.execute(now)}
    return [
        {str(name): value for name, value in row.items()}
        | {"golden_id": whose.get(rids.get(row["anchor"])) or live(conn, row["golden_id"]) or row["golden_id"]}
        for row in rows
    ]


def held(conn: Connection) -> frozenset[str]:
    """Customers on hold."""
    return frozenset(row["golden_id"] for row in standing(conn))


def of_review(conn: Connection, review_id: str) -> list[str]:
    """Decisions that set the standing holds of a question."""
    mine = select(holds.c.decision_id).where(holds.c.review_id == review_id, holds.c.active)
    return list(conn.scalars(mine.order_by(holds.c.hold_id)))
