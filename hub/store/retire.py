"""Customers that are replaced, lead to another, or rest: columns set, old versions kept.

Belongs here: customers that are there already, history. Does not: new customers and new values (promote.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from sqlalchemy import Connection, bindparam, select, update

from hub.store import feed
from hub.store.bulk import among, insert_frame
from hub.store.frames import read_frame
from hub.store.tables import customers, history


@dataclass(frozen=True, slots=True)
class Stamp:
    """When and by which run customers change."""

    at: str
    run_id: str


HELD = ("golden_id", "status", "version", "kind", "digest", "doc", "provenance", "updated_at", "run_id")


def held_rows(conn: Connection, golden_ids: list[str]) -> pl.DataFrame:
    """The columns HELD of customers that are there already."""
    statement = select(*[customers.c[name] for name in HELD])
    return read_frame(
        conn, statement.where(among(conn, customers.c.golden_id, golden_ids)) if golden_ids else statement.limit(0)
    )


def lead(conn: Connection, redirects: pl.DataFrame, by: Stamp) -> int:
    """Let ids that live no more lead to live ones; how many were alive before."""
    if redirects.is_empty():
        return 0
    statement = select(*[customers.c[name] for name in HELD], customers.c.merged_into)
    held = read_frame(conn, statement.where(among(conn, customers.c.golden_id, redirects["old"].to_list())))
    both = held.join(redirects, left_on="golden_id", right_on="old")
    fresh = both.filter(pl.col("status") != "merged")
    _close(conn, fresh, by, status="merged", live=True)
    other = both.filter((pl.col("status") == "merged") & pl.col("merged_into").ne_missing(pl.col("live")))
    if not other.is_empty():
        set_columns(conn, other.select("golden_id", merged_into="live"))
    return fresh.height


def rest(conn: Connection, new: pl.DataFrame, old: pl.DataFrame, redirects: pl.DataFrame, by: Stamp) -> int:
    """Customers whose last record is gone rest: kept and answered, out of counts; how many."""
    left = (
        old.select("golden_id")
        .unique()
        .join(new, on="golden_id", how="anti")
        .join(redirects, left_on="golden_id", right_on="old", how="anti")
    )
    held = held_rows(conn, left["golden_id"].to_list()).filter(pl.col("status") == "active")
    _close(conn, held, by, status="inactive")
    told = held.select(
        "golden_id",
        version=pl.col("version") + 1,
        kind=pl.lit("updated"),
        changed=pl.lit('["status"]'),
        moved=pl.lit(None, dtype=pl.String),
    )
    feed.tell(conn, [told], by.at, by.run_id)
    return held.height


def _close(conn: Connection, rows: pl.DataFrame, by: Stamp, *, status: str, live: bool = False) -> None:
    if rows.is_empty():
        return
    keep_history(
        conn,
        rows.select("golden_id", "version", "status", "doc", "provenance", "run_id", valid_from="updated_at"),
        by.at,
    )
    told = {
        "status": pl.lit(status),
        "version": pl.col("version") + 1,
        "updated_at": pl.lit(by.at),
        "run_id": pl.lit(by.run_id),
    }
    more = {"merged_into": pl.col("live")} if live else {}
    set_columns(conn, rows.select("golden_id", **told, **more))


def set_columns(conn: Connection, rows: pl.DataFrame) -> None:
    """Set the given columns of customers that are there (an upsert would ask for every column)."""
    names = [name for name in rows.columns if name != "golden_id"]
    statement = (
        update(customers)
        .where(customers.c.golden_id == bindparam("which"))
        .values({n: bindparam(f"v_{n}") for n in names})
    )
    for part in rows.iter_slices(5_000):
        conn.execute(
            statement,
            [{"which": row["golden_id"], **{f"v_{n}": row[n] for n in names}} for row in part.iter_rows(named=True)],
        )


def keep_history(conn: Connection, rows: pl.DataFrame, at: str) -> None:
    """Keep versions that are replaced: golden_id, version, status, valid_from, doc, provenance, run_id."""
    insert_frame(conn, history, rows, {"valid_to": at})
