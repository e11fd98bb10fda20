"""A labelled file and the hub's own answer, as frames that can be compared.

Belongs here: reading `source,source_id,cluster[,scenario]`, the clusters that stand. Does not: comparing (matching.evaluate).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
from sqlalchemy import Connection, select

from hub.errors import ConfigError
from hub.store.frames import read_frame
from hub.store.tables import records, xref

NEEDED = ("source", "source_id", "cluster")
SEPARATORS = (",", ";", "\t")
BETWEEN = "\x1f"
"""Between source and source_id in a record's name."""


def read_truth(path: Path) -> pl.DataFrame:
    """record, cluster and, when the file has it, scenario; one row per record, all as text.

    Raises ConfigError for a file that is none, lacks a column, or puts one record into two clusters.
    """
    frame = _read(path)
    missing = [name for name in NEEDED if name not in frame.columns]
    if missing:
        raise ConfigError(f"{path.name} has no column {', '.join(missing)}", hint="source,source_id,cluster[,scenario]")
    optional = [name for name in ("scenario",) if name in frame.columns]
    rows = frame.filter(pl.all_horizontal(pl.col(NEEDED).is_not_null())).select(_record(), "cluster", *optional)
    once = rows.unique("record", keep="first", maintain_order=True)
    if rows.select("record", "cluster").n_unique() > once.height:
        raise ConfigError(f"{path.name} puts one record into two clusters", hint="one row per source and source_id")
    return once


def _read(path: Path) -> pl.DataFrame:
    try:
        with path.open(encoding="utf-8-sig") as file:
            head = file.readline()
        separator = max(SEPARATORS, key=head.count)
        return pl.read_csv(path, infer_schema=False, separator=separator)
    except (OSError, UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        raise ConfigError(
            f"{path} cannot be read as CSV in UTF-8", hint="source,source_id,cluster[,scenario]"
        ) from error


def clusters(conn: Connection) -> pl.DataFrame:
    """record and cluster (the golden id) of every current record."""
    statement = select(records.c.source, records.c.source_id, xref.c.golden_id.label("cluster"))
    return read_frame(conn, statement.join(xref, xref.c.rid == records.c.rid)).select(_record(), "cluster")


def _record() -> pl.Expr:
    return pl.concat_str("source", "source_id", separator=BETWEEN).alias("record")


def numbered(people: pl.DataFrame, labelled: pl.DataFrame) -> pl.DataFrame:
    """rid and cluster of the records that a labelled file names. people: rid, source, source_id."""
    named = people.select("rid", _record())
    return labelled.select("record", "cluster").join(named, on="record").select("rid", "cluster")
