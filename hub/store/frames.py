"""Reading many rows into polars frames, and small reads as plain rows.

Belongs here: selects in, frames out, with the types of the columns; bounded batches. Does not: writing (bulk.py), statements.
SQLite is read through the driver's cursor, PostgreSQL through COPY of CSV.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import polars as pl
from sqlalchemy import Boolean, Connection, Double, Integer, LargeBinary, Select

BATCH = 50_000
FETCH = 500
"""Rows taken from a cursor at a time: small enough to stay in the processor's cache (measured)."""
Statement = Select[Any]


def read_frame(conn: Connection, statement: Statement) -> pl.DataFrame:
    """All rows of a select; column names and types are those of the select. Binary columns are not for here."""
    parts = list(read_batches(conn, statement))
    return pl.concat(parts, rechunk=True) if parts else pl.DataFrame(schema=kinds(statement))


def read_batches(conn: Connection, statement: Statement, size: int = BATCH) -> Iterator[pl.DataFrame]:
    """The rows of a select as frames of about `size` rows, in the select's order, none empty; memory stays bounded."""
    if conn.dialect.name == "sqlite":
        yield from _from_cursor(conn, statement, size)
    else:
        yield from _from_copy(conn, statement, size)


def kinds(statement: Statement) -> dict[str, Any]:
    """The types of the frame that a select gives, by column."""
    return {c.name: _dtype(c.type) for c in statement.selected_columns}


def _dtype(kind: object) -> Any:
    if isinstance(kind, LargeBinary):
        raise TypeError("binary columns are read row by row")
    if isinstance(kind, Boolean):
        return pl.Boolean
    if isinstance(kind, Double):
        return pl.Float64
    return pl.Int64 if isinstance(kind, Integer) else pl.String


def _from_cursor(conn: Connection, statement: Statement, size: int) -> Iterator[pl.DataFrame]:
    schema = kinds(statement)
    with _as_bytes(conn):
        result = conn.execute(statement)  # by SQLAlchemy, which compiles statements alike only once
    cursor = result.cursor
    try:
        held: list[pl.DataFrame] = []
        while rows := _fetched(conn, cursor, min(size, FETCH)):
            held.append(_typed(rows, schema))
            if sum(part.height for part in held) >= size:
                yield pl.concat(held)
                held = []
        if held:
            yield pl.concat(held)
    finally:
        result.close()


def _fetched(conn: Connection, cursor: Any, count: int) -> Sequence[Any]:
    with _as_bytes(conn):
        rows: Sequence[Any] = cursor.fetchmany(count)
    return rows


@contextmanager
def _as_bytes(conn: Connection) -> Iterator[None]:
    """Texts come as the bytes that they are: two thirds of the time, as none is made a Python text only to be bytes again.

    Only around the cursor's own calls: the connection serves others in between.
    """
    driver: Any = conn.connection.driver_connection
    driver.text_factory = bytes
    try:
        yield
    finally:
        driver.text_factory = str


def _typed(rows: Sequence[Any], schema: dict[str, Any]) -> pl.DataFrame:
    def series(name: str, values: Any) -> pl.Series:
        kind = schema[name]
        if kind == pl.Float64:
            return pl.Series(name, values, dtype=pl.Float64)
        read = pl.Series(name, values, dtype=pl.Binary if kind == pl.String else pl.Int64)
        return read if kind == pl.Int64 else read.cast(kind)

    return pl.DataFrame([series(name, values) for name, values in zip(schema, zip(*rows, strict=True), strict=True)])


def _from_copy(conn: Connection, statement: Statement, size: int) -> Iterator[pl.DataFrame]:
    schema = kinds(statement)
    text = str(statement.compile(dialect=conn.dialect, compile_kwargs={"literal_binds": True})).replace("%%", "%")
    driver: Any = conn.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY ({text}) TO STDOUT (FORMAT csv)") as copy:
        held, count = bytearray(), 0
        for row in copy:  # one row of CSV text at a time
            held += row
            count += 1
            if count == size:
                yield _parsed(bytes(held), schema)
                held, count = bytearray(), 0
        if count:
            yield _parsed(bytes(held), schema)


def _parsed(text: bytes, schema: dict[str, Any]) -> pl.DataFrame:
    read = {name: pl.String if kind == pl.Boolean else kind for name, kind in schema.items()}
    frame = pl.read_csv(text, has_header=False, schema=read, new_columns=list(schema))
    flags = [name for name, kind in schema.items() if kind == pl.Boolean]
    return frame.with_columns(pl.col(name) == "t" for name in flags) if flags else frame
