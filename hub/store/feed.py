"""The change feed: what a promotion tells others, one event for each customer and kind of change.

Belongs here: events out of what moved and what differs, the table `changes`. Does not: deciding what differs (promote.py).
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson
import polars as pl
from sqlalchemy import Connection, insert, literal, select

from hub.store.bulk import among, insert_frame
from hub.store.frames import read_frame
from hub.store.tables import changes, customers, landed, xref_past

EVENT = {"kind": pl.String, "golden_id": pl.String, "version": pl.Int64, "changed": pl.String, "moved": pl.String}


def moves(conn: Connection, new: pl.DataFrame, old: pl.DataFrame, redirects: pl.DataFrame) -> pl.DataFrame:
    """kind, golden_id, moved (JSON) for customers that were merged or split.

    merged: the surviving id, with what came from ids that live no more. split: the id that records left although it lives.
    A record that comes back to another customer brings the id with it that rested since it left.
    """
    before = pl.concat([old.select("rid", "golden_id"), _rested(conn, new, old, redirects)])
    both = new.join(before, on="rid", suffix="_old").filter(pl.col("golden_id") != pl.col("golden_id_old"))
    if both.is_empty():
        return pl.DataFrame(schema={"kind": pl.String, "golden_id": pl.String, "moved": pl.String})
    named = select(landed.c.rid, landed.c.source, landed.c.source_id).where(
        among(conn, landed.c.rid, both["rid"].to_list())
    )
    dead = pl.col("golden_id_old").is_in(redirects["old"].to_list())
    told = both.join(read_frame(conn, named), on="rid").with_columns(
        kind=pl.when(dead).then(pl.lit("merged")).otherwise(pl.lit("split")),
        whose=pl.when(dead).then("golden_id").otherwise("golden_id_old"),
    )
    item = pl.struct("source", "source_id", pl.col("golden_id_old").alias("from"), pl.col("golden_id").alias("to"))
    ordered = told.sort("source", "source_id", "golden_id_old")
    grouped = ordered.group_by("kind", "whose", maintain_order=True).agg(item.alias("moved"))
    texts = [orjson.dumps(rows).decode() for rows in grouped["moved"].to_list()]
    return grouped.select("kind", golden_id="whose").with_columns(moved=pl.Series(texts, dtype=pl.String))


def _rested(conn: Connection, new: pl.DataFrame, old: pl.DataFrame, redirects: pl.DataFrame) -> pl.DataFrame:
    """rid, golden_id: records that come back, and the inactive customers which they bore and that lead elsewhere now."""
    resting = select(xref_past.c.rid, xref_past.c.golden_id).join(
        customers, customers.c.golden_id == xref_past.c.golden_id
    )
    named = among(conn, xref_past.c.golden_id, redirects["old"].to_list()), customers.c.status == "inactive"
    past = read_frame(conn, resting.where(*named) if redirects.height else resting.limit(0))
    return past.join(new, on="rid", how="semi").join(old, on="rid", how="anti").sort("rid", "golden_id")


def changed_fields(before: str, now: str) -> str:
    """JSON list of the names whose values differ between two documents."""
    old, new = orjson.loads(before), orjson.loads(now)
    return orjson.dumps(sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))).decode()


def tell(conn: Connection, events: Iterable[pl.DataFrame], at: str, run_id: str) -> None:
    """Append events (columns of EVENT), in order."""
    for part in events:
        insert_frame(conn, changes, part.select(*EVENT), {"at": at, "run_id": run_id})


def tell_all_created(conn: Connection, at: str, run_id: str) -> None:
    """Append one event for every customer there is, in order of ids: the first ones of a store."""
    names = ["at", "kind", "golden_id", "version", "run_id"]
    told = select(literal(at), literal("created"), customers.c.golden_id, literal(1), literal(run_id))
    conn.execute(insert(changes).from_select(names, told.order_by(customers.c.golden_id)))
