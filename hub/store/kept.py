"""Rows that this process was the first to write, kept until the golden records stand: the same run need not read them back.

Belongs here: keeping rows of `records` and `identifiers` of a first load in files without a name, and proving that they are
what the store holds. Does not: writing them to the store (normalized.py), what is read from them (scope.py, goldens.py).
A file without a name goes with its process, however that ends, so nothing of a person stays behind.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from os import SEEK_END
from pathlib import Path
from typing import IO

import polars as pl
from sqlalchemy import Connection, Table, func, select

from hub.store import notes
from hub.store.bulk import without_nul
from hub.store.frames import kinds, read_frame
from hub.store.tables import identifiers, records

OPTION = "hub_kept"
STAMP = "stamp"
UNREAD = frozenset({"raw", "updated_at", "created_at"})
"""Columns that nobody who reads the whole asks for."""
MOST = 200
"""Writes that are kept: each is an open file of either table."""


@dataclass(slots=True)
class Kept:
    """What one process keeps of one store. folder: where the files stand (null: where the system keeps such).

    files: one of either table for every write, in its order. stamp: the last write that is kept; 0 = nothing is.
    """

    folder: Path | None = None
    stamp: int = 0
    rows: int = 0
    files: dict[str, list[IO[bytes]]] = field(default_factory=dict)

    def drop(self) -> None:
        """Keep nothing any more."""
        for file in (one for some in self.files.values() for one in some):
            file.close()
        self.files, self.stamp, self.rows = {}, 0, 0


def of(conn: Connection) -> Kept:
    """What is kept of the store behind a connection."""
    found: Kept = conn.get_execution_options().get(OPTION) or Kept()
    return found


def keep(conn: Connection, stamp: int, people: pl.DataFrame, ids: pl.DataFrame, *, first: bool) -> None:
    """Keep what a write put into `records` and `identifiers`. first: there was no record before.

    A write that does not follow the last one that was kept (another was undone, or changed rows) ends the keeping.
    """
    kept = of(conn)
    if first:
        kept.drop()
    elif not kept.stamp or stamp != kept.stamp + 1 or len(kept.files["records"]) >= MOST:
        kept.drop()
        return
    try:
        for table, frame in ((records, people), (identifiers, ids)):
            kept.files.setdefault(table.name, []).append(_written(kept, table, frame))
    except OSError:  # no room beside the store: it is read back then
        kept.drop()
        return
    kept.stamp, kept.rows = stamp, kept.rows + people.height


def _written(kept: Kept, table: Table, frame: pl.DataFrame) -> IO[bytes]:
    columns = [pl.col(name).cast(kind) for name, kind in kinds(select(table)).items() if name not in UNREAD]
    file = tempfile.TemporaryFile(dir=kept.folder)  # noqa: SIM115  # closed by `drop`
    without_nul(frame.select(columns)).write_ipc(file)
    file.flush()
    return file


def everything(conn: Connection, table: Table, names: Sequence[str]) -> pl.DataFrame:
    """These columns of all rows of `records` or `identifiers`: what is kept, else read from the store."""
    if whole(conn):
        return pl.concat(list(_parts(conn, table, names)), rechunk=True)
    return read_frame(conn, select(*[table.c[name] for name in names]))


def rows_of(conn: Connection, table: Table, names: Sequence[str], rids: Sequence[int]) -> pl.DataFrame:
    """These columns of the rows of some records, of a table that is kept whole. names: rid among them."""
    wanted = pl.DataFrame({"rid": rids}, schema={"rid": pl.Int64})
    return pl.concat([one.join(wanted, on="rid", how="semi") for one in _parts(conn, table, names)])


def deal(
    conn: Connection, table: Table, names: Sequence[str], where: pl.DataFrame, count: int
) -> Iterator[pl.DataFrame]:
    """The rows of a table that is kept whole in `count` parts, one after the other, each with the columns of `where` but place.

    where: rid, …, place of the part. Every row is read once, put into the file of its part, and read again with it.
    """
    with tempfile.TemporaryFile(dir=of(conn).folder) as file:
        spots: list[list[tuple[int, int]]] = [[] for _ in range(count)]
        for one in _parts(conn, table, names):
            told = one.join(where, on="rid")
            nobody = told.drop("place").clear()
            for (place,), rows in told.partition_by("place", as_dict=True, include_key=False).items():
                start = file.tell()
                rows.write_ipc(file)
                spots[place].append((start, file.seek(0, SEEK_END)))
        for some in spots:
            yield pl.concat([nobody, *[_cut(file, *spot) for spot in some]])


def _cut(file: IO[bytes], start: int, end: int) -> pl.DataFrame:
    file.seek(start)
    return pl.read_ipc(file.read(end - start))


def whole(conn: Connection) -> bool:
    """Whether what is kept is what the store holds: nothing was written since, nothing was taken out."""
    kept = of(conn)
    if not kept.stamp or kept.stamp != int(notes.get(conn, STAMP) or 0):
        return False
    return kept.rows == conn.scalar(select(func.count()).select_from(records))


def _parts(conn: Connection, table: Table, names: Sequence[str]) -> Iterator[pl.DataFrame]:
    for file in of(conn).files[table.name]:
        file.seek(0)
        yield pl.read_ipc(file, columns=list(names))
