"""What a change of who is who would touch: customers, orders, records in systems that are written to.

Belongs here: comparing a proposal with what stands, counting. Does not: proposing (flow.match), telling (flow.effect).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from sqlalchemy import Connection, func, select

from hub.store.bulk import among
from hub.store.candidate import Proposal
from hub.store.retire import held_rows
from hub.store.scope import Scope, dirty_rids
from hub.store.tables import orders, records, xref

BATCH = 50_000
"""Customers decided at a time."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What a proposal moves. merged, split, created: customers. left: rids that change their customer.

    part: rid, golden_id of the records of all customers whose values may change.
    """

    merged: int
    split: int
    created: int
    left: Sequence[int]
    part: pl.DataFrame


def moves(conn: Connection, taken: Scope, proposal: Proposal, *, whole: bool) -> Moves:
    """Compare a proposal with what stands; whole: all customers' values may change, else those touched or waiting."""
    old = taken.previous.select("rid", was="golden_id")
    both = proposal.assigned.select("rid", "golden_id").join(old, on="rid", how="left")
    moved = both.filter(pl.col("golden_id").ne_missing(pl.col("was")))
    left = moved.filter(pl.col("was").is_not_null())
    lives, held = both.select("golden_id").unique(), old.select(golden_id="was").unique()
    touched = lives if whole else pl.concat([moved["golden_id"], left["was"], _waiting(conn, both)]).unique().to_frame()
    return Moves(
        merged=held.join(lives, on="golden_id", how="anti").height,
        split=left.join(lives, left_on="was", right_on="golden_id", how="semi")["was"].n_unique(),
        created=lives.join(held, on="golden_id", how="anti").height,
        left=left["rid"].to_list(),
        part=both.join(touched, on="golden_id", how="semi").select("rid", "golden_id"),
    )


def _waiting(conn: Connection, both: pl.DataFrame) -> pl.Series:
    """Customers of records that wait to be matched: their values may change although nobody moves."""
    return both.filter(pl.col("rid").is_in(dirty_rids(conn)))["golden_id"]


def batches(part: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """rid, golden_id in slices of whole customers."""
    ordered = part.sort("golden_id", "rid").with_columns(batch=pl.col("golden_id").rle_id() // BATCH)
    yield from (one.drop("batch") for one in ordered.partition_by("batch", maintain_order=True))


def differing(conn: Connection, rows: pl.DataFrame) -> Iterator[tuple[str, str, str | None]]:
    """golden id, document and the one that stands (None when there is none), where they differ. rows: golden_id, doc."""
    held = held_rows(conn, rows["golden_id"].to_list()).select("golden_id", doc_old="doc")
    pairs = rows.select("golden_id", "doc").join(held, on="golden_id", how="left")
    yield from pairs.filter(pl.col("doc").ne_missing(pl.col("doc_old"))).iter_rows()


def orders_of(conn: Connection, rids: Sequence[int]) -> int:
    """How many orders hang on these records."""
    same = (orders.c.source == records.c.source) & (orders.c.customer_source_id == records.c.source_id)
    statement = select(func.count()).select_from(records).join(orders, same)
    return conn.scalar(statement.where(among(conn, records.c.rid, list(rids)))) or 0


def held_at(conn: Connection, golden_ids: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
    """golden id → source → how many of the customer's records stand there now."""
    statement = select(xref.c.golden_id, records.c.source, func.count()).join(records, records.c.rid == xref.c.rid)
    grouped = statement.where(among(conn, xref.c.golden_id, list(golden_ids))).group_by(
        xref.c.golden_id, records.c.source
    )
    found: dict[str, dict[str, int]] = {}
    for golden_id, source, count in conn.execute(grouped):
        found.setdefault(golden_id, {})[source] = count
    return found
