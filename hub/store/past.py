"""Golden records as they were: the version in force at a moment, read from what was kept, never computed anew.

Belongs here: versions by time and what caused each. Does not: finding the customer (flow.lookup), sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from hub.store.bulk import among
from hub.store.tables import changes, customers, decisions, history, runs

Row = Mapping[str, Any]


NAMES = ("golden_id", "version", "valid_from", "doc", "run_id", "status")
LIVED = ("active", "inactive")


def as_of(conn: Connection, golden_ids: Sequence[str], at: str) -> list[Row]:
    """Of these ids, those that answered for somebody at a moment, each with its version then: the columns NAMES."""
    status = func.coalesce(history.c.status, "active").label("status")
    past = select(*[history.c[name] for name in NAMES if name != "status"], status).where(
        among(conn, history.c.golden_id, golden_ids), history.c.valid_from <= at, history.c.valid_to > at
    )
    begun = customers.c.updated_at.label("valid_from")
    now = select(begun, *[customers.c[name] for name in NAMES if name != "valid_from"]).where(
        among(conn, customers.c.golden_id, golden_ids), customers.c.updated_at <= at
    )
    rows = [*conn.execute(past).mappings(), *conn.execute(now).mappings()]
    found = [{name: row[name] for name in NAMES} for row in rows if row["status"] in LIVED]
    return sorted(found, key=lambda row: str(row["golden_id"]))


def kin(conn: Connection, golden_ids: Sequence[str]) -> list[str]:
    """These ids, and all with which they ever exchanged records, by merges and splits of any age."""
    found: dict[str, None] = dict.fromkeys(golden_ids)
    todo = list(golden_ids)
    while todo:
        moves = {(one["from"], one["to"]) for text in _moves(conn, todo) for one in orjson.loads(text or "[]")}
        near = {other for pair in moves if set(pair) & set(todo) for other in pair}
        todo = sorted(near - found.keys())
        found |= dict.fromkeys(todo)
    return list(found)


def _moves(conn: Connection, golden_ids: Sequence[str]) -> Sequence[str | None]:
    """What moved in the runs in which these ids began, were merged away, or took others in."""
    own = changes.c.kind.in_(("created", "merged", "split")) & among(conn, changes.c.golden_id, golden_ids)
    born = conn.scalars(select(changes.c.run_id).where(own).distinct())
    ended = (history.c.status == "merged") & among(conn, history.c.golden_id, golden_ids)
    left = conn.scalars(select(history.c.run_id).where(ended).distinct())
    away = (customers.c.status == "merged") & among(conn, customers.c.golden_id, golden_ids)
    gone = conn.scalars(select(customers.c.run_id).where(away).distinct())
    told = select(changes.c.moved).where(changes.c.kind.in_(("merged", "split")))
    return conn.scalars(told.where(changes.c.run_id.in_({*born, *left, *gone}))).all()


def causes(conn: Connection, run_ids: Sequence[str]) -> dict[str, Row]:
    """run id → trigger of the run, and decision_id, kind and author of the decision that came with it (null without one)."""
    joined = select(
        runs.c.run_id, runs.c.trigger, decisions.c.decision_id, decisions.c.kind, decisions.c.author, decisions.c.reason
    ).outerjoin(decisions, decisions.c.run_id == runs.c.run_id)
    rows = conn.execute(joined.where(runs.c.run_id.in_(run_ids))).mappings()
    return {str(row["run_id"]): {str(k): v for k, v in row.items() if k != "run_id"} for row in rows}


def versions(conn: Connection, golden_id: str, most: int) -> list[Row]:
    """The newest versions of a customer, kept and present, oldest of them first: version, valid_from, doc, run_id."""
    names = ("version", "valid_from", "doc", "run_id")
    kept = select(*[history.c[name] for name in names]).where(history.c.golden_id == golden_id)
    rows: list[Row] = [
        dict(row) for row in conn.execute(kept.order_by(history.c.version.desc()).limit(most)).mappings()
    ]
    now = select(customers.c.version, customers.c.updated_at.label("valid_from"), customers.c.doc, customers.c.run_id)
    rows += [dict(row) for row in conn.execute(now.where(customers.c.golden_id == golden_id)).mappings()]
    return sorted(rows, key=lambda row: int(row["version"]))[-most:]


def kinds(conn: Connection, golden_id: str) -> dict[int, str]:
    """Version → the kind of the event that brought it."""
    told = select(changes.c.version, changes.c.kind).where(changes.c.golden_id == golden_id).order_by(changes.c.seq)
    return {int(version): str(kind) for version, kind in conn.execute(told)}
