"""What people and receipts say about pairs of records, as pairs of rids.

Belongs here: judgements and created records that are there, names of records to rids. Does not: what follows (hub.matching).
"""

from __future__ import annotations

import polars as pl
from sqlalchemy import Connection, func, select

from hub.store.bulk import among
from hub.store.frames import read_frame
from hub.store.tables import created_records, customers, judgements, records, xref


def words(conn: Connection) -> pl.DataFrame:
    """Judgements that stand, between records that are there: rid_a, rid_b, verdict, at."""
    statement = select(judgements.c.a, judgements.c.b, judgements.c.verdict, judgements.c.at).where(judgements.c.active)
    told = read_frame(conn, statement.order_by(judgements.c.id))
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
    ids = sorted({name.partition(":")[2] for name in names})
    rows = read_frame(
        conn, select(records.c.source, records.c.source_id, records.c.rid).where(among(conn, records.c.source_id, ids))
    )
    wanted = pl.concat_str("source", pl.lit(":"), "source_id").alias("name")
    return rows.select(wanted, "rid").filter(pl.col("name").is_in(sorted(set(names))))


def sent_pairs(conn: Connection) -> pl.DataFrame:
    """Records that the hub created, with the record by which their customer is known: rid, anchor_rid.

    When the first anchor has left, the first record that is still there of the customer takes its place.
    """
    told = read_frame(
        conn,
        select(
            created_records.c.source, created_records.c.source_id, created_records.c.golden_id, created_records.c.anchor
        ),
    )
    if told.is_empty():
        return pl.DataFrame(schema={"rid": pl.Int64, "anchor_rid": pl.Int64})
    told = told.with_columns(name=pl.concat_str("source", pl.lit(":"), "source_id"))
    own = told.join(named(conn, told["name"].to_list()), on="name")
    anchors = named(conn, own["anchor"].to_list()).rename({"rid": "anchor_rid", "name": "anchor"})
    pairs = own.join(anchors, on="anchor", how="left")
    lost = pairs.filter(pl.col("anchor_rid").is_null())
    if lost.is_empty():
        return pairs.select("rid", "anchor_rid")
    stead = _stead(conn, lost["golden_id"].unique().to_list(), own["rid"].to_list())
    kept = pairs.filter(pl.col("anchor_rid").is_not_null()).select("rid", "anchor_rid")
    return pl.concat([kept, lost.drop("anchor_rid").join(stead, on="golden_id").select("rid", "anchor_rid")])


def _stead(conn: Connection, golden_ids: list[str], but: list[int]) -> pl.DataFrame:
    """golden_id, anchor_rid: the first record of each customer (or of the one it was merged into), created ones aside."""
    lead = read_frame(
        conn,
        select(
            customers.c.golden_id, func.coalesce(customers.c.merged_into, customers.c.golden_id).label("live")
        ).where(among(conn, customers.c.golden_id, golden_ids)),
    )
    rows = read_frame(
        conn,
        select(xref.c.golden_id.label("live"), records.c.source, records.c.source_id, records.c.rid)
        .join(records, records.c.rid == xref.c.rid)
        .where(among(conn, xref.c.golden_id, lead["live"].unique().to_list())),
    )
    first = (
        rows.filter(~pl.col("rid").is_in(but))
        .sort("source", "source_id")
        .unique("live", keep="first", maintain_order=True)
    )
    return lead.join(first, on="live").select("golden_id", pl.col("rid").alias("anchor_rid"))
