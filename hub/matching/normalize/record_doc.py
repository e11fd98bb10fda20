"""The normalized document of each record as JSON text, built column by column.

Belongs here: rendering (schemas/source_record.v1.json says which keys). Does not: values; they come normalized.
Keys are sorted, absent ones left out, text is UTF-8: the same record gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl


def documents(scalars: pl.DataFrame, lists: Mapping[str, pl.DataFrame], raw: Mapping[str, pl.Series]) -> pl.Series:
    """One JSON object per row.

    scalars: text columns, null = absent. lists: field -> frame of `record` (row), then either one column `text` or the
    fields of an object, in the order of the list. raw: field -> JSON text, null = absent.
    """
    pieces = {
        name: _pairs(scalars.select(name)) for name in scalars.columns if scalars[name].null_count() < scalars.height
    }
    pieces |= {name: _list(name, frame, scalars.height) for name, frame in lists.items() if frame.height}
    pieces |= {name: _named(name, series) for name, series in raw.items() if series.null_count() < scalars.height}
    return _objects(pl.DataFrame([pieces[name].alias(name) for name in sorted(pieces)]), scalars.height)


def _objects(pieces: pl.DataFrame, height: int) -> pl.Series:
    if not pieces.width:
        return pl.Series("doc", ["{}"], dtype=pl.String).new_from_index(0, height)
    inside = pl.concat_str(pl.all(), separator=",", ignore_nulls=True)
    return pieces.select(pl.concat_str(pl.lit("{"), inside, pl.lit("}")).alias("doc")).to_series()


def _pairs(column: pl.DataFrame) -> pl.Series:
    """`"name":"value"` for each row of a frame of one column, null where the value is."""
    (name,) = column.columns
    inside = pl.struct(name).struct.json_encode().str.strip_prefix("{").str.strip_suffix("}")
    return column.select(pl.when(pl.col(name).is_not_null()).then(inside)).to_series()


def _named(name: str, values: pl.Series) -> pl.Series:
    return pl.select(pl.concat_str(pl.lit(f'"{name}":'), values)).to_series()


def _list(name: str, frame: pl.DataFrame, height: int) -> pl.Series:
    """`"name":[…]` for each of `height` records, null where the list is empty."""
    items = frame.drop("record")
    if items.columns == ["text"]:
        texts = _pairs(items).str.strip_prefix('"text":')
    else:
        pieces = [_pairs(items.select(field)).alias(field) for field in sorted(items.columns)]
        texts = _objects(pl.DataFrame(pieces), items.height)
    lists = pl.DataFrame({"record": frame["record"], "item": texts})
    joined = lists.group_by("record", maintain_order=True).agg("item").with_columns(pl.col("item").list.join(","))
    every = pl.DataFrame({"record": pl.int_range(height, dtype=pl.UInt32, eager=True)})
    whole = every.join(joined, on="record", how="left", maintain_order="left")["item"]
    return pl.select(pl.concat_str(pl.lit(f'"{name}":['), whole, pl.lit("]"))).to_series()
