"""Values that people set above what records say.

Belongs here: the table `pins`, whose pin is whose. Does not: what a pin does (hub.matching.survivorship.pinned), who may
set one (flow.judge). A pin belongs to the customer that holds its anchor record, so it follows merges and splits; when the
anchor has left, to the customer that its golden id leads to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from sqlalchemy import Connection, insert, select, update

from hub.store.bulk import among
from hub.store.decisions import Decision, soil, soil_customers
from hub.store.frames import read_frame
from hub.store.story import live
from hub.store.tables import pins, records, xref
from hub.store.words import named

Row = Mapping[str, Any]


def put(conn: Connection, decision: Decision, anchor: str, rows: Sequence[Row]) -> None:
    """Pin fields (rows: field, value, stood, until) to the customer of the decision, known by its anchor record."""
    said = {
        "anchor": anchor,
        "golden_id": decision.subjects[0],
        "author": decision.author,
        "reason": decision.reason,
        "at": decision.at,
        "active": True,
        "decision_id": decision.decision_id,
    }
    conn.execute(insert(pins), [said | dict(row) for row in rows])
    soil(conn, [anchor])
    soil_customers(conn, [decision.subjects[0]])


def over(conn: Connection, now: str) -> list[int]:
    """Pins that stand although their time is over."""
    late = (pins.c.active, pins.c.until.is_not(None), pins.c.until <= now)
    return list(conn.scalars(select(pins.c.pin_id).where(*late)))


def expire(conn: Connection, now: str) -> None:
    """Let pins whose time is over fall, and have their customers decided again."""
    late = pins.c.pin_id.in_(over(conn, now))
    fallen = conn.execute(select(pins.c.anchor, pins.c.golden_id).where(late)).all()
    conn.execute(update(pins).where(late).values(active=False))
    soil(conn, sorted({row.anchor for row in fallen}))
    soil_customers(conn, sorted({row.golden_id for row in fallen}))


def standing(conn: Connection) -> pl.DataFrame:
    """Pins that stand: rid of the anchor (null when it has left), golden_id (the living one), field, value; oldest first."""
    columns = [pins.c[name] for name in ("anchor", "golden_id", "field", "value", "at", "pin_id")]
    rows = read_frame(conn, select(*columns).where(pins.c.active).order_by(pins.c.at, pins.c.pin_id))
    if rows.is_empty():
        return pl.DataFrame(schema={"rid": pl.Int64, **dict.fromkeys(("golden_id", "field", "value"), pl.String)})
    leads = {one: live(conn, one) or one for one in rows["golden_id"].unique()}
    anchors = named(conn, rows["anchor"].to_list())
    joined = rows.join(anchors, left_on="anchor", right_on="name", how="left", maintain_order="left")
    return joined.select("rid", pl.col("golden_id").replace(leads), "field", "value")


def by_customer(standing: pl.DataFrame, members: pl.DataFrame) -> dict[str, dict[str, str]]:
    """golden id → field → pinned value, for the customers of `members` (rid, golden_id); of several the newest."""
    if standing.is_empty():
        return {}
    held = members.select("rid", holder="golden_id")
    mine = standing.join(held, on="rid", how="left", maintain_order="left")
    whose = mine.with_columns(pl.coalesce("holder", pl.when(pl.col("rid").is_null()).then("golden_id")).alias("whose"))
    found: dict[str, dict[str, str]] = {}
    here = whose.filter(pl.col("whose").is_in(members["golden_id"].unique().implode()))
    for golden_id, field, value in here.select("whose", "field", "value").iter_rows():
        found.setdefault(golden_id, {})[field] = value
    return found


def of_customer(conn: Connection, golden_ids: Sequence[str], names: Sequence[str]) -> list[Row]:
    """Pins that stand and belong to a customer with these ids and records."""
    mine = pins.c.anchor.in_(names) | pins.c.golden_id.in_(golden_ids)
    found = conn.execute(select(pins).where(pins.c.active, mine).order_by(pins.c.at, pins.c.pin_id)).mappings()
    return [{str(name): value for name, value in row.items()} for row in found]


def effective(conn: Connection) -> list[Row]:
    """Of the pins that stand the newest of each customer and field, with the customer that bears it as golden_id."""
    rows = read_frame(conn, select(pins).where(pins.c.active).order_by(pins.c.at, pins.c.pin_id))
    if rows.is_empty():
        return []
    anchors = named(conn, rows["anchor"].to_list()).unique()
    held = read_frame(conn, select(xref.c.rid, xref.c.golden_id).where(xref.c.rid.in_(anchors["rid"].to_list())))
    holders = dict(anchors.join(held, on="rid").select("name", "golden_id").iter_rows())
    found: dict[tuple[str, str], Row] = {}
    for row in rows.iter_rows(named=True):
        bearer = holders.get(row["anchor"]) or live(conn, row["golden_id"]) or row["golden_id"]
        found[bearer, row["field"]] = {**row, "golden_id": bearer}
    return list(found.values())


def part_of(conn: Connection, golden_ids: Sequence[str]) -> pl.DataFrame:
    """rid, golden_id of the records of these customers."""
    here = select(xref.c.rid, xref.c.golden_id).join(records, records.c.rid == xref.c.rid)
    return read_frame(conn, here.where(among(conn, xref.c.golden_id, list(golden_ids))))
