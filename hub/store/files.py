"""Exports as files: CSV that is safe to open, JSON lines, Parquet; batch by batch, so that memory stays bounded.

Belongs here: those formats. Does not: which rows (exports.py), workbooks (sheet_file), names of files (flow.export).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import orjson
import polars as pl

from hub.store.exports import schema

JOINED = ("phones", "emails", "sources")
"""Lists that the views hold as text joined by `|`."""
PHONES = r"^\+\d+(\|\+\d+)*$"
RISKY = r"^[=+\-@\t\r]"


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as text joined by `|` (the views hold `changed` as JSON)."""
    if "changed" not in frame.columns:
        return frame
    return frame.with_columns(pl.col("changed").str.json_decode(pl.List(pl.String)).list.join("|"))


def safe(frame: pl.DataFrame) -> pl.DataFrame:
    """No text that a spreadsheet program takes for a formula: `'` before = + - @ tab and return, phones left as they are."""

    def guarded(name: str) -> pl.Expr:
        text = pl.col(name)
        risky = text.str.contains(RISKY) & ~text.str.contains(PHONES)
        return pl.when(risky).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(name)

    return frame.with_columns(guarded(name) for name, kind in frame.schema.items() if kind == pl.String)


def write_csv(out: BinaryIO, name: str, frames: Iterable[pl.DataFrame]) -> int:
    """UTF-8 with a byte order mark, so that spreadsheet programs read it as such; how many rows."""
    pl.DataFrame(schema=schema(name)).write_csv(out, include_bom=True)
    count = 0
    for frame in frames:
        safe(flat(frame)).write_csv(out, include_header=False)
        count += frame.height
    return count


def write_safe(path: Path, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows of text as CSV with a byte order mark, guarded as `safe` does."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")
    with path.open("xb") as out:
        safe(frame).write_csv(out, include_bom=True)


def write_jsonl(out: BinaryIO, name: str, frames: Iterable[pl.DataFrame]) -> int:
    """One object per line with all columns, null where there is no value, lists as lists; how many rows."""
    count = 0
    for frame in frames:
        for row in _objects(frame):
            out.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
            count += 1
    return count


def _objects(frame: pl.DataFrame) -> Iterator[dict[str, object]]:
    lists = [pl.col(name).str.split("|") for name in JOINED if name in frame.columns]
    json = [name for name in ("changed", "moved") if name in frame.columns]
    for row in frame.with_columns(lists).iter_rows(named=True):
        yield row | {name: orjson.loads(row[name]) for name in json if row[name] is not None}


def write_parquet(path: Path, name: str, frames: Iterable[pl.DataFrame]) -> int:
    """Columns and texts as in the views; how many rows. Parts are kept in a folder beside the file meanwhile."""
    count = 0
    with tempfile.TemporaryDirectory(prefix=".export-", dir=path.parent) as folder:
        parts = [Path(folder) / "0.parquet"]
        pl.DataFrame(schema=schema(name)).write_parquet(parts[0])
        for frame in frames:
            parts.append(Path(folder) / f"{len(parts)}.parquet")
            frame.write_parquet(parts[-1])
            count += frame.height
        pl.scan_parquet(parts).sink_parquet(path)
    return count
