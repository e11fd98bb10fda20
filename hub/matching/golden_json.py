"""JSON text made by columns: texts, objects without what says nothing, arrays.

Belongs here: escaping, order of keys, leaving out. Does not: which fields there are (golden_document, golden_lists).
Everything is text until the end, so a million documents need no million objects.
"""

from __future__ import annotations

import numpy as np
import orjson
import polars as pl

_SPECIAL = r'["\\\x00-\x1f]'


def quoted(texts: pl.Series) -> pl.Series:
    """Every text as a JSON text; null for null."""
    made = texts.to_frame().select(pl.concat_str(pl.lit('"'), pl.col(texts.name), pl.lit('"')).alias(texts.name))
    some = texts.str.contains(_SPECIAL).fill_null(value=False).arg_true()
    if some.is_empty():
        return made.to_series()
    return made.to_series().scatter(some, [orjson.dumps(text).decode() for text in texts.gather(some)])


def objects(texts: pl.DataFrame, ready: pl.DataFrame | None = None) -> pl.Series:
    """A JSON object of every row, keys sorted, those that are null left out.

    texts: keys and their texts. ready: keys whose values are JSON already. Around one that is always there, the others
    bring their own commas: so only what may be null is put together apart (three times as fast).
    """
    given = {column.name: _pair(column) for column in texts}
    given |= {column.name: (column, '"{}":', "") for column in (ready if ready is not None else ())}
    size = texts.height if ready is None else ready.height
    said = [given[name] for name in sorted(given) if given[name][0].null_count() < size]
    if not said:
        return pl.Series("json", ["{}"] * size, dtype=pl.String)
    always = next((n for n, (values, _, _) in enumerate(said) if not values.null_count()), None)
    parts: list[pl.Expr] = []
    for n, (values, before, after) in enumerate(said):
        left, right = ("", "") if always is None or n == always else ("", ",") if n < always else (",", "")
        three = [pl.lit(left + before.format(values.name)), pl.lit(values), pl.lit(after + right)]
        parts += [pl.concat_str(three)] if values.null_count() or always is None else three
    if always is None:
        parts = [pl.concat_str(parts, separator=",", ignore_nulls=True)]
    return pl.select(pl.concat_str(pl.lit("{"), *parts, pl.lit("}"), ignore_nulls=True).alias("json")).to_series()


def _pair(texts: pl.Series) -> tuple[pl.Series, str, str]:
    """What stands between key and value: texts without anything to escape are quoted on the way."""
    if texts.str.contains(_SPECIAL).any():
        return quoted(texts), '"{}":', ""
    return texts, '"{}":"', '"'


def arrays(g: pl.Series, items: pl.Series) -> pl.DataFrame:
    """g and the JSON array (column json) of its items (JSON texts), in their order. g: ascending."""
    rows = pl.DataFrame([g.alias("g"), items.alias("json")])
    joined = rows.group_by("g", maintain_order=True).agg("json").with_columns(pl.col("json").list.join(","))
    return joined.select("g", pl.concat_str(pl.lit("["), "json", pl.lit("]")).alias("json"))


def spread(rows: pl.DataFrame, size: int) -> pl.DataFrame:
    """The columns of rows (at most one for every g) by their place g among `size` customers, null where there is none."""
    place = np.full(size, -1, dtype=np.int64)
    place[rows["g"].to_numpy()] = np.arange(rows.height)
    where = pl.select(pl.when(pl.lit(pl.Series(place)) >= 0).then(pl.lit(pl.Series(place)))).to_series()
    return rows.drop("g").select(pl.all().gather(where))
