"""Export: a table of the hub as a file or a stream, whole or not at all.

Belongs here: choosing table, format and customers, putting a file in place. Does not: SELECTs and formats (store), workbooks
(sheet_file).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from hub.connectors.sheet_file.table_writer import write_table
from hub.errors import ConfigError
from hub.settings import Settings
from hub.store import exports, files
from hub.store.engine import Store, StoreConnection
from hub.store.views import COLUMNS

if TYPE_CHECKING:
    import polars as pl

TABLES = tuple(COLUMNS)
STREAMS = ("csv", "jsonl")
"""Formats that need no file."""
FORMATS = (*STREAMS, "xlsx", "parquet")
Among = Callable[[StoreConnection], Any]
"""Which customers: a select of golden ids, once the snapshot is open."""


def reach_of(settings: Settings, text: str) -> exports.Reach:
    """`marketing.sms` as purpose and channel, with what [purposes] asks of that purpose. Raises ConfigError."""
    purpose, _, channel = text.partition(".")
    if purpose not in settings.purposes:
        raise ConfigError(f"no purpose named {purpose!r}", hint=f"there are {', '.join(sorted(settings.purposes))}")
    if channel not in exports.REACHES:
        raise ConfigError(f"no channel named {channel!r}", hint=f"{purpose}.{{{','.join(exports.REACHES)}}}")
    return exports.Reach(purpose, channel, settings.purposes[purpose] == "granted")


def export(
    store: Store,
    table: str,
    format_: str,
    out: Path | BinaryIO,
    reach: exports.Reach | None = None,
    *,
    one_per_phone: bool = False,
    among: Among | None = None,
) -> int:
    """Write a table (of TABLES) in a format (of FORMATS); how many rows.

    among: which customers, out of a look at this snapshot. A path is replaced at the end, once the file is on the disk; when
    anything goes wrong it stays as it was.
    Raises ConfigError for a folder that is not there, and for more rows than a workbook holds.
    """
    with store.read() as conn:
        chosen = among(conn) if among else None
        rows = exports.batches(conn, table, reach, one_per_phone=one_per_phone, among=chosen)
        return _to_file(out, table, format_, rows) if isinstance(out, Path) else _to_stream(out, table, format_, rows)


def export_rows(
    conn: StoreConnection,
    table: str,
    format_: str,
    path: Path,
    reach: exports.Reach | None = None,
    among: Among | None = None,
) -> int:
    """Write a table of this snapshot as a new file; how many rows."""
    with path.open("wb") as out:
        rows = exports.batches(conn, table, reach, among=among(conn) if among else None)
        return _to_part(path, out, table, format_, rows)


def _to_stream(out: BinaryIO, table: str, format_: str, rows: Iterator[pl.DataFrame]) -> int:
    return (files.write_csv if format_ == "csv" else files.write_jsonl)(out, table, rows)


def _to_file(path: Path, table: str, format_: str, rows: Iterator[pl.DataFrame]) -> int:
    if not path.parent.is_dir() or path.is_dir():
        raise ConfigError(f"cannot write to {path}", hint="its folder must be there")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            count = _to_part(part, out, table, format_, rows)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return count


def _to_part(part: Path, out: BinaryIO, table: str, format_: str, rows: Iterator[pl.DataFrame]) -> int:
    if format_ == "xlsx":
        return write_table(
            part, table, COLUMNS[table], (row for frame in rows for row in files.flat(frame).iter_rows())
        )
    if format_ == "parquet":
        return files.write_parquet(part, table, rows)
    return _to_stream(out, table, format_, rows)
