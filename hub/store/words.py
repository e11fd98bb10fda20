"""What people and receipts say about pairs of records, as pairs of rids.

Belongs here: judgements and created records that are there, names of records to rids. Does not: what follows (hub.matching).
"""

from __future__ import annotations

import polars as pl
from sqlalchemy import ColumnElement, Connection, Table, literal, select, update

from hub.store.bulk import among
from hub.store.frames import read_frame
from hub.store.tables import created_records, held_joins, judgements, landed, records, xref

NAME = pl.concat_str("source", pl.lit(":"), "source_id")
"""A record's name, of its columns."""


def words(conn: Connection) -> pl.DataFrame:
    """Judgements that stand, and joins held back (verdict `held`), between records that are there: rid_a, rid_b, verdict, at."""
    statement = select(judgements.c.a, judgements.c.b, judgements.c.verdict, judgements.c.at).where(judgements.c.active)
    back = select(held_joins.c.a, held_joins.c.b, literal("held").label("verdict"), held_joins.c.at).where(
        held_joins.c.state == "held"
    )
    told = pl.concat([read_frame(conn, statement.order_by(judgements.c.id)), read_frame(conn, back)])
    rids = named(conn, [*told["a"], *told["b"]])
    there = told.join(rids, left_on="a", right_on="name").join(
        rids.rename({"rid": "rid_b"}), left_on="b", right_on="name"
    )
    return there.select(pl.col("rid").alias("rid_a"), "rid_b", "verdict", "at")


def confirmed(pairs: pl.DataFrame) -> pl.DataFrame:
    """rid of the records that a standing same-judgement holds."""
    same = pairs.filter(pl.col("verdict") == "same")
    return pl.concat([same.select(rid="rid_a"), same.select(rid="rid_b")]).unique()


def named(conn: Connection, names: list[str]) -> pl.DataFrame:
    """name (`source:source_id`), rid of the records there are among the names."""
    if not names:
        return pl.DataFrame(schema={"name": pl.String, "rid": pl.Int64})
    statement = select(records.c.source, records.c.source_id, records.c.rid)
    rows = read_frame(conn, statement.where(*_near(conn, records, names)))
    return rows.select(NAME.alias("name"), "rid").filter(pl.col("name").is_in(sorted(set(names))))


def names_of(conn: Connection, rids: list[int]) -> pl.DataFrame:
    """rid, name of these records, of those that are there."""
    rows = select(records.c.rid, records.c.source, records.c.source_id).where(among(conn, records.c.rid, rids))
    return read_frame(conn, rows).select("rid", name=NAME)


def _near(conn: Connection, table: Table, names: list[str]) -> tuple[ColumnElement[bool], ...]:
    """Rows by the sources and the ids in these names, found by index; a few more than those named."""
    parts = [name.partition(":") for name in names]
    sources, ids = (sorted({part[place] for part in parts}) for place in (0, 2))
    return table.c.source.in_(sources), among(conn, table.c.source_id, ids)


def sent_pairs(conn: Connection) -> pl.DataFrame:
    """Records that the hub created, with the record by which their customer is known: rid, anchor_rid.

    When the anchor has left, its stand-in takes its place.
    """
    told = _created(conn)
    pairs = pl.concat([told.select("rid", "anchor_rid"), _stand_ins(conn, told).select("rid", "anchor_rid")])
    return pairs.drop_nulls()


def _stand_ins(conn: Connection, told: pl.DataFrame) -> pl.DataFrame:
    """Who takes the place of anchors that have left since the last promotion: source, source_id, rid (null: not yet
    pulled), anchor (name), anchor_rid.

    The first record that is still there of the anchor's customer, those that the hub created last. A created record
    that belongs to another customer gets none: its receipt was refused.
    """
    alone = told.filter(pl.col("anchor_rid").is_null()).drop("anchor_rid")
    if alone.is_empty():
        return told.clear()
    lost = alone.join(_left(conn, alone["anchor"].to_list()), on="anchor")
    if lost.is_empty():
        return told.clear()
    members = _members(conn, lost["golden_id"].unique().to_list())
    held = _held(conn, lost["rid"].drop_nulls().to_list())
    mine = lost.join(held, on="rid", how="left").filter(
        pl.col("now").fill_null(pl.col("golden_id")) == pl.col("golden_id")
    )
    both = mine.drop("anchor").join(members, on="golden_id").filter(pl.col("rid").ne_missing(pl.col("anchor_rid")))
    created = both.with_columns(created=pl.col("anchor").is_in(told["name"].implode()))
    first = created.sort("created", "anchor_source", "anchor_id").unique(["name"], keep="first", maintain_order=True)
    return first.select("source", "source_id", "rid", "anchor", "anchor_rid")


def stand_in(conn: Connection) -> None:
    """Keep the stand-ins as anchors, before the crosswalk forgets who has left."""
    found = _stand_ins(conn, _created(conn))
    for source, source_id, anchor in found.select("source", "source_id", "anchor").iter_rows():
        mine = (created_records.c.source == source, created_records.c.source_id == source_id)
        conn.execute(update(created_records).where(*mine).values(anchor=anchor))


def _created(conn: Connection) -> pl.DataFrame:
    """Created records: source, source_id, name, anchor (name), rid and anchor_rid of those that are there."""
    told = read_frame(conn, select(created_records.c.source, created_records.c.source_id, created_records.c.anchor))
    own, anchors = (named(conn, names) for names in (told.select(NAME).to_series().to_list(), told["anchor"].to_list()))
    return (
        told.with_columns(name=NAME)
        .join(own, on="name", how="left")
        .join(anchors.rename({"name": "anchor", "rid": "anchor_rid"}), on="anchor", how="left")
    )


def _left(conn: Connection, names: list[str]) -> pl.DataFrame:
    """Of these records those that have left since the last promotion: anchor (name), golden_id of their customer."""
    there = select(records.c.rid).where(records.c.rid == xref.c.rid).exists()
    rows = select(landed.c.source, landed.c.source_id, xref.c.golden_id).join(xref, xref.c.rid == landed.c.rid)
    found = read_frame(conn, rows.where(landed.c.stream == "customers", *_near(conn, landed, names), ~there))
    return found.select("golden_id", anchor=NAME).filter(pl.col("anchor").is_in(sorted(set(names))))


def _members(conn: Connection, golden_ids: list[str]) -> pl.DataFrame:
    """golden_id, anchor (name), anchor_source, anchor_id, anchor_rid of the records that are still there."""
    rows = select(xref.c.golden_id, records.c.source, records.c.source_id, records.c.rid).join(
        records, records.c.rid == xref.c.rid
    )
    found = read_frame(conn, rows.where(among(conn, xref.c.golden_id, golden_ids)))
    return found.select(
        "golden_id", anchor=NAME,
        anchor_source="source", anchor_id="source_id", anchor_rid="rid",
    )  # fmt: skip


def _held(conn: Connection, rids: list[int]) -> pl.DataFrame:
    return read_frame(conn, select(xref.c.rid, xref.c.golden_id.label("now")).where(among(conn, xref.c.rid, rids)))
