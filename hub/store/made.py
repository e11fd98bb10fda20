"""Frames that normalizing made, looked at before they are written: what holds nothing, what was refused besides.

Belongs here: pure work on frames of one chunk. Does not: SQL (normalized.py), normalizing (hub.matching.normalize).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
import polars as pl

from hub.model import Json
from hub.store.since import NOT_FIELDS


def unusable(made: pl.DataFrame, refusals: pl.DataFrame) -> list[tuple[str, str, str | None]]:
    """Records that hold nothing usable although they held something: source_id, code and field of the first refusal."""
    reasons = refusals.unique("source_id", keep="first", maintain_order=True)
    nobody = made.filter(pl.col("kind") == "anonymous").join(
        reasons, on="source_id", how="inner", maintain_order="left"
    )
    empty = NOT_FIELDS | {"code", "kind"}
    return [
        (source_id, code, name)
        for source_id, doc, code, name in nobody.select("source_id", "doc", "code_right", "field").iter_rows()
        if not set(orjson.loads(doc)) - empty
    ]


def leave_out(frame: pl.DataFrame, source_ids: Sequence[str]) -> pl.DataFrame:
    """The rows of a frame without those of some records."""
    return frame.filter(~pl.col("source_id").is_in(list(source_ids))) if source_ids else frame


def with_refused(refusals: pl.DataFrame, more: Sequence[tuple[str, str, str]]) -> pl.DataFrame:
    """Refusals of normalizing, and those of mapping and checking (source_id, field, code)."""
    if not more:
        return refusals
    rows = pl.DataFrame(
        list(more), schema={"source_id": pl.String, "field": pl.String, "code": pl.String}, orient="row"
    )
    numbered = rows.with_columns(
        n=(1000 + pl.int_range(pl.len()).over("source_id", "field")).cast(refusals.schema["n"])
    )
    return pl.concat([refusals, numbered.select(refusals.columns)])


def documents(made: pl.DataFrame, wanted: Mapping[str, object]) -> dict[str, Mapping[str, Json]]:
    """source id → document, of the records that are wanted."""
    if not wanted:
        return {}
    rows = made.filter(pl.col("source_id").is_in(list(wanted))).select("source_id", "doc")
    return {source_id: orjson.loads(doc) for source_id, doc in rows.iter_rows()}
