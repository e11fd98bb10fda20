"""JSON made by columns is what a JSON library writes."""

from __future__ import annotations

import orjson
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from hub.matching.golden_json import arrays, objects, quoted, spread

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.none()
ROWS = st.lists(st.tuples(TEXTS, TEXTS, st.none() | st.integers(0, 9)), max_size=5)


@given(ROWS)
def test_objects_leave_out_what_is_null(rows: list[tuple[str | None, str | None, int | None]]) -> None:
    frame = pl.DataFrame(rows, schema={"b": pl.String, "a": pl.String, "n": pl.Int64}, orient="row")
    told = objects(frame.select("b", "a"), frame.select(pl.col("n").cast(pl.String)))
    plain = [{k: v for k, v in zip("ban", row, strict=True) if v is not None} for row in rows]
    assert told.to_list() == [orjson.dumps(one, option=orjson.OPT_SORT_KEYS).decode() for one in plain]


@given(ROWS)
def test_objects_around_a_key_that_is_always_there(rows: list[tuple[str | None, str | None, int | None]]) -> None:
    frame = pl.DataFrame(rows, schema={"c": pl.String, "a": pl.String, "n": pl.Int64}, orient="row")
    texts = frame.select("c", "a", b=pl.lit("x").repeat_by(1).list.first() if rows else pl.lit(None, pl.String))
    told = objects(texts, frame.select(pl.col("n").cast(pl.String)))
    plain = [{"a": a, "b": "x", "c": c, "n": n} for c, a, n in rows]
    kept = [{k: v for k, v in one.items() if v is not None} for one in plain]
    assert told.to_list() == [orjson.dumps(one).decode() for one in kept]


def test_arrays_keep_the_order_of_their_items() -> None:
    found = arrays(pl.Series([1, 1, 4]), quoted(pl.Series(["b", 'a"', "c"])))
    assert found.rows() == [(1, '["b","a\\""]'), (4, '["c"]')]


def test_spread_puts_rows_at_their_places() -> None:
    assert spread(pl.DataFrame({"g": [2, 0], "x": ["c", "a"]}), 3).rows() == [("a",), (None,), ("c",)]
