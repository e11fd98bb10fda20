"""The normalized document of each record as JSON text, built column by column.

Belongs here: rendering (schemas/source_record.v1.json says which keys). Does not: values; they come normalized.
Keys are sorted, absent ones left out, text is UTF-8: the same record gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

_ESCAPED = r'["\\\x00-\x1f]'
"""What JSON does not take as it is."""


def documents(scalars: pl.DataFrame, lists: Mapping[str, pl.DataFrame], raw: Mapping[str, pl.Series]) -> pl.Series:
    """One JSON object per row.

    scalars: text columns, null = absent. lists: field -> frame of `record` (row, ascending), then either one column
    `text` or the fields of an object, in the order of the list. raw: field -> JSON text, null = absent.
    """
    told = {name: _list(frame, scalars.height) for name, frame in lists.items() if frame.height}
    told |= {name: series for name, series in raw.items() if series.null_count() < scalars.height}
    pieces = {name: _pair(scalars[name]) for name in scalars.columns if scalars[name].null_count() < scalars.height}
    pieces |= {name: pl.concat_str(pl.lit(f'"{name}":'), pl.col(name)) for name in told}
    frame = scalars.with_columns([series.alias(name) for name, series in told.items()])
    return _objects(frame, pieces)


def _objects(frame: pl.DataFrame, pieces: Mapping[str, pl.Expr]) -> pl.Series:
    """One object per row of `frame` out of `"name":value` by name."""
    if not pieces:
        return pl.Series("doc", ["{}"], dtype=pl.String).new_from_index(0, frame.height)
    inside = pl.concat_str([pieces[name] for name in sorted(pieces)], separator=",", ignore_nulls=True)
    return frame.select(pl.concat_str(pl.lit("{"), inside, pl.lit("}")).alias("doc")).to_series()


def _pair(column: pl.Series) -> pl.Expr:
    """`"name":"value"` of a column, null where the value is."""
    name, text = column.name, pl.col(column.name)
    if not column.str.contains(_ESCAPED).any():
        return pl.concat_str(pl.lit(f'"{name}":"'), text, pl.lit('"'))
    inside = pl.struct(name).struct.json_encode().str.strip_prefix("{").str.strip_suffix("}")
    return pl.when(text.is_not_null()).then(inside)


def _list(frame: pl.DataFrame, height: int) -> pl.Series:
    """`[…]` for each of `height` records, null where the list is empty."""
    items = frame.drop("record")
    if items.columns == ["text"]:
        texts = items.select(_pair(items["text"]).str.strip_prefix('"text":')).to_series()
    else:
        filled = [name for name in items.columns if items[name].null_count() < items.height]
        texts = _objects(items, {name: _pair(items[name]) for name in filled})
    lists = pl.DataFrame({"record": frame["record"], "item": texts})
    several = lists["record"].is_duplicated()
    joined = lists.filter(several).group_by("record", maintain_order=True).agg(pl.col("item").str.join(","))
    every = pl.DataFrame({"record": pl.int_range(height, dtype=pl.UInt32, eager=True)})
    whole = every.join(pl.concat([lists.filter(~several), joined]), on="record", how="left", maintain_order="left")
    return whole.select(pl.concat_str(pl.lit("["), "item", pl.lit("]"))).to_series()
