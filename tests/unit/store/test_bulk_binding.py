"""How a large frame is bound: long texts, empty ones and nulls arrive as they are."""

from __future__ import annotations

import polars as pl
from sqlalchemy import select

from hub.store.bulk import LONG, SLICE, insert_frame
from hub.store.frames import read_frame
from hub.store.tables import records

SIZE = SLICE + 30


def test_long_texts_nulls_and_empty_texts_come_back_as_they_went_in(store):
    rows = pl.DataFrame(
        {
            "rid": range(SIZE),
            "source_id": [f"k{n}" for n in range(SIZE)],
            "kind": ["person"] * SIZE,
            "name_level": ["full", "partial"] * (SIZE // 2),
            "name_toned": [n % 3 == 0 for n in range(SIZE)],
            "doc": [f'{{"n":"{"Đỗ Thị " * LONG}{n}"}}' for n in range(SIZE)],
            "since": [None if n % 2 else f"{'ế' * LONG}{n}" for n in range(SIZE)],
            "echo": [None if n % 2 else "" if n % 5 == 0 else "x" * 2 * LONG for n in range(SIZE)],
        }
    )
    with store.begin() as conn:
        insert_frame(conn, records, rows, {"source": "pos"})
        held = read_frame(conn, select(*[records.c[name] for name in rows.columns]).order_by(records.c.rid))
        kinds = conn.exec_driver_sql("SELECT DISTINCT typeof(doc) FROM records").all() if store.sqlite else [("text",)]
    assert held.equals(rows)
    assert [kind for (kind,) in kinds] == ["text"]
