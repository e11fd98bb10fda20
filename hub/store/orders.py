"""Orders as they stand: amounts in minor units, and whose they are in their own system.

Belongs here: the table `orders`. Does not: customers, recipients as customers (they stay in the order's document).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
import polars as pl
from sqlalchemy import Connection

from hub.model import Json
from hub.store.bulk import delete_in, upsert_frame
from hub.store.tables import orders

TEXTS = ("source_id", "code", "kind", "customer_source_id", "store", "at", "currency")
NUMBERS = ("total", "paid")


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
    joined = frame.join(chunk.select("source_id", "rid"), on="source_id", maintain_order="left")
    upsert_frame(conn, orders, joined.with_columns(source=pl.lit(source)))


def take_out(conn: Connection, rids: Sequence[int]) -> None:
    """Orders that are gone."""
    delete_in(conn, orders.c.rid, list(rids))
