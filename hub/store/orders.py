"""Orders as they stand: amounts in minor units, and whose they are in their own system.

Belongs here: the table `orders`. Does not: customers, recipients as customers (they stay in the order's document).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
import polars as pl
from sqlalchemy import Connection, select

from hub.model import Json
from hub.store import review_facts, traits
from hub.store.bulk import among, delete_in, insert_frame, upsert_frame
from hub.store.frames import read_frame
from hub.store.tables import dirty_records, orders, records, refusals, xref

TEXTS = ("source_id", "code", "kind", "customer_source_id", "store", "at", "currency")
NUMBERS = ("total", "paid")
BUYER = {"source": pl.String, "customer_source_id": pl.String}
BY_NAME = ("name_incompatible", "reassigned")
"""Refusals that may turn into one another when a record turns out to have been used earlier or later."""


def replace(conn: Connection, source: str, chunk: pl.DataFrame, rows: Sequence[Mapping[str, Json]]) -> None:
    """Write orders (documents of order.v1) over what is held. chunk: rid, source_id."""
    frame = pl.DataFrame(
        {
            **{name: pl.Series([row.get(name) for row in rows], dtype=pl.String) for name in TEXTS},
            **{name: pl.Series([row.get(name) for row in rows], dtype=pl.Int64) for name in NUMBERS},
            "doc": pl.Series(
                [orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode() for row in rows], dtype=pl.String
            ),
        },
    )
    rids = chunk["rid"].to_list()
    review_facts.soil_orders(conn, rids)
    joined = frame.join(chunk.select("source_id", "rid"), on="source_id", maintain_order="left")
    before = select(orders.c.source, orders.c.customer_source_id).where(
        among(conn, orders.c.rid, chunk["rid"].to_list())
    )
    moved = read_frame(conn, before)
    upsert_frame(conn, orders, joined.with_columns(source=pl.lit(source)))
    now = frame.select(source=pl.lit(source), customer_source_id="customer_source_id")
    _soil(conn, pl.concat([moved, now]))
    review_facts.soil_orders(conn, rids)


def take_out(conn: Connection, rids: Sequence[int]) -> None:
    """Orders that are gone."""
    review_facts.soil_orders(conn, list(rids))
    whose = select(orders.c.source, orders.c.customer_source_id).where(among(conn, orders.c.rid, list(rids)))
    buyers = read_frame(conn, whose) if rids else pl.DataFrame(schema=BUYER)
    delete_in(conn, orders.c.rid, list(rids))
    _soil(conn, buyers)


def _soil(conn: Connection, buyers: pl.DataFrame) -> None:
    """Whose orders changed is kept for segments; customers whose shared number may have changed hands are to be matched anew.

    buyers: source, customer_source_id. Without a first matching there is nobody to look at.
    """
    traits.soil(conn, buyers)
    told = buyers.drop_nulls().unique()
    if told.is_empty() or conn.scalar(select(refusals.c.rid_a).limit(1)) is None:
        return
    for source, ids in told.group_by("source").agg("customer_source_id").iter_rows():
        mine = select(xref.c.golden_id).join(records, records.c.rid == xref.c.rid)
        mine = mine.where(records.c.source == source, among(conn, records.c.source_id, ids))
        members = select(xref.c.rid).join(records, records.c.rid == xref.c.rid)
        rids = list(conn.scalars(members.where(xref.c.golden_id.in_(mine))))
        a, b = (among(conn, column, rids) for column in (refusals.c.rid_a, refusals.c.rid_b))
        asked = select(refusals.c.rid_a, refusals.c.rid_b).where(refusals.c.rule.in_(BY_NAME), a | b)
        found = {rid for pair in conn.execute(asked) for rid in pair} & set(rids)
        there = set(conn.scalars(select(dirty_records.c.rid).where(among(conn, dirty_records.c.rid, sorted(found)))))
        insert_frame(conn, dirty_records, pl.DataFrame({"rid": sorted(found - there)}, schema={"rid": pl.Int64}))
