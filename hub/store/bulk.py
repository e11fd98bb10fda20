"""Moving many rows: by what each database does best, always inside SQLAlchemy's transaction.

Belongs here: bulk insert, upsert and delete of frames, sets of keys as bound tables, number allocation.
Does not: reading frames (frames.py), what the rows mean (one file per table family).
SQLite takes the driver's executemany with SQL that SQLAlchemy compiled; PostgreSQL takes COPY of CSV rendered by polars.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import orjson
import polars as pl
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Connection,
    Delete,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    literal,
    null,
    select,
)
from sqlalchemy import table as light_table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement

TOGETHER = 24
"""Rows of one insert (measured); with forty columns still less than the 999 values that every SQLite takes."""
APART = "apart_"
"""Marks a parameter that is no column's value as it is bound."""
LONG = 100
"""Bytes of a mean text from which it is bound as bytes (measured)."""
SLICE = 1_000
COPY_SLICE = 20_000
"""Rows handed to the driver at a time (measured); they bound memory."""

MANY = 20_000
"""From so many rows into an empty table on, its indexes are built at the end."""


def is_sqlite(conn: Connection) -> bool:
    """Whether the connection is to SQLite."""
    return conn.dialect.name == "sqlite"


def insert_frame(
    conn: Connection, table: Table, frame: pl.DataFrame, constants: Mapping[str, str | int] | None = None
) -> None:
    """Append all rows; columns that neither the frame nor `constants` (the same for every row) names take their default."""
    if frame.is_empty():
        return
    frame, same = without_nul(frame), constants or {}
    if is_sqlite(conn):
        said: dict[str, Any] = {**same, **_repeated(frame)}
        fixed = {name: null() if one is None else literal(one, literal_execute=True) for name, one in said.items()}
        frame, blank, long = _bindable(frame.drop(fixed, strict=False))
        blanks = literal("", literal_execute=True)
        told: dict[str, Any] = {name: bindparam(APART + name, None) for name in (*long, *blank)}
        told |= {name: cast(told[name], Text) for name in long}
        told |= {name: func.nullif(told[name], blanks) for name in blank}
        _executemany(conn, insert(table).values(dict.fromkeys(frame.columns) | told | fixed), frame, TOGETHER)
    else:
        _copy_in(conn, table.name, frame.with_columns(pl.lit(value).alias(name) for name, value in same.items()))


def _bindable(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[str], list[str]]:
    """A frame as the driver binds it at once, the columns in which "" stands for null (those that hold no ""), and those
    whose long texts come as bytes.

    For a null or a boolean it looks for an adapter first, which takes longer than binding a text; a long text takes
    longest, as it is decoded and encoded again (measured).
    """
    if frame.height < SLICE:
        return frame, [], []
    texts = [one for one in frame.get_columns() if one.dtype == pl.String]
    holes = [one.name for one in texts if one.null_count() and not (one == "").any()]
    long = [one.name for one in texts if (one.name in holes or not one.null_count()) and _mean(one) > LONG]
    flags = [name for name, kind in frame.schema.items() if kind == pl.Boolean]
    filled = frame.with_columns(pl.col(holes).fill_null(""), pl.col(flags).cast(pl.Int8))
    return filled.with_columns(pl.col(long).cast(pl.Binary)), holes, long


def _mean(texts: pl.Series) -> float:
    return float(texts.str.len_bytes().sum()) / max(len(texts), 1)


def _repeated(frame: pl.DataFrame) -> dict[str, Any]:
    """Columns of a large frame that hold one value only: said once, they need not be bound a million times."""
    found: dict[str, Any] = {}
    for one in frame.get_columns()[1:] if frame.height >= SLICE else ():
        first = one[0]
        if one.null_count() == frame.height:
            found[one.name] = None
        elif one.null_count() == 0 and first == one[-1] and (one == first).all():
            found[one.name] = first
    return found


def insert_rows(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append a few rows (hundreds)."""
    if rows:
        conn.execute(insert(table), [dict(row) for row in rows])


def upsert_frame(conn: Connection, table: Table, frame: pl.DataFrame) -> None:
    """Insert rows, or set the frame's columns where the primary key is there already."""
    if frame.is_empty():
        return
    frame = without_nul(frame)
    if is_sqlite(conn):
        made = sqlite.insert(table).values(dict.fromkeys(frame.columns))
        keys, changed = _conflict(table, made.excluded, frame)
        _executemany(conn, made.on_conflict_do_update(index_elements=keys, set_=changed), frame)
        return
    stage = f"stage_{table.name}"
    columns = ", ".join(_quoted(name) for name in frame.columns)
    conn.exec_driver_sql(f"CREATE TEMP TABLE {stage} ON COMMIT DROP AS SELECT {columns} FROM {table.name} LIMIT 0")
    _copy_in(conn, stage, frame)
    source: Any = select(*[column(name) for name in frame.columns]).select_from(light_table(stage))
    merge = postgresql.insert(table).from_select(frame.columns, source)
    keys, changed = _conflict(table, merge.excluded, frame)
    conn.execute(merge.on_conflict_do_update(index_elements=keys, set_=changed))
    conn.exec_driver_sql(f"DROP TABLE {stage}")


def _conflict(table: Table, excluded: Any, frame: pl.DataFrame) -> tuple[list[str], dict[str, Any]]:
    keys = [c.name for c in table.primary_key.columns]
    return keys, {name: excluded[name] for name in frame.columns if name not in keys}


def delete_in(conn: Connection, target: Column[Any], values: Sequence[int] | Sequence[str], *also: Any) -> int:
    """Delete the rows whose column holds one of the values (and for which all of `also` hold); how many went."""
    if not values:
        return 0
    table: Table = target.table
    statement: Delete = delete(table).where(among(conn, target, values), *also)
    return conn.execute(statement).rowcount


def among(conn: Connection, target: ColumnElement[Any], values: Sequence[int] | Sequence[str]) -> ColumnElement[bool]:
    """`target` is one of the values, sent as one bound parameter however many they are.

    Written as a subquery and never as a join: SQLite would scan the list once per row.
    """
    numbers = isinstance(target.type, Integer)
    kind: Any = BigInteger if numbers else Text
    if is_sqlite(conn):
        text = literal(orjson.dumps(list(values)).decode())
        return target.in_(select(func.json_each(text).table_valued(column("value", kind)).c.value))
    array = "{" + ",".join(map(str, values) if numbers else map(array_text, values)) + "}"
    unnested = func.unnest(cast(literal(array), ARRAY(kind))).table_valued(column("value", kind), name="listed")
    return target.in_(select(unnested.render_derived().c.value))


def unindexed(target: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column of texts, so written that no index on it is walked: for a condition beside `among`, which is to lead.

    SQLite knows nothing of how many rows share a value and takes "all of a source" for few.
    """
    return target.concat("")


def array_text(value: object) -> str:
    """A text as it stands in the text of an array of PostgreSQL."""
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def next_number(conn: Connection, target: Column[int]) -> int:
    """The next free integer of a key column; safe because the run's lock lets one writer in."""
    return int(conn.scalar(select(func.coalesce(func.max(target), 0))) or 0) + 1


def empty(conn: Connection, table: Table, *, many: bool = False) -> None:
    """Take all rows away. many: worth a TRUNCATE where there is one."""
    if many and not is_sqlite(conn):
        conn.exec_driver_sql(f"TRUNCATE {table.name}")
    else:
        conn.execute(delete(table))


@contextmanager
def built_late(conn: Connection, indexes: Iterable[Index], *, when: bool) -> Iterator[None]:
    """Inside, the indexes are not there (when so many rows come into an empty table); at the end they are built at once.

    SQLite only: it builds sorted in a third of the time, and no reader waits for it.
    """
    ordered = sorted(indexes, key=lambda one: str(one.name)) if when and is_sqlite(conn) else []
    for one in ordered:
        one.drop(conn)
    yield
    for one in ordered:
        one.create(conn)


def analyze(conn: Connection, *tables: Table) -> None:
    """Let PostgreSQL look at tables that were filled at once; SQLite's plans here need no statistics."""
    if not is_sqlite(conn):
        conn.exec_driver_sql("ANALYZE " + ", ".join(table.name for table in tables))


def without_nul(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with U+0000 replaced by U+FFFD in texts: PostgreSQL takes none, and both stores must agree."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    if not texts:
        return frame
    found = frame.select(pl.col(texts).str.contains("\x00", literal=True).any()).row(0)
    bad = [name for name, hit in zip(texts, found, strict=True) if hit]
    return frame.with_columns(pl.col(bad).str.replace_all("\x00", "\ufffd", literal=True)) if bad else frame


def _executemany(conn: Connection, statement: Any, frame: pl.DataFrame, together: int = 1) -> None:
    """Run a statement for every row. together: rows that one insert may hold."""
    compiled = statement.compile(dialect=conn.dialect, compile_kwargs={"render_postcompile": True})
    order = [name.removeprefix(APART) for name in compiled.positiontup or ()]
    head, values, row = str(compiled).partition(" VALUES ")
    whole = frame.height // together * together
    cursor: Any = conn.connection.cursor()
    try:
        for part in frame[:whole].iter_slices(SLICE // together * together):
            flat = chain.from_iterable(_rows(part, order))
            cells = [flat] * (together * len(order))
            cursor.executemany(f"{head}{values}{', '.join([row] * together)}", zip(*cells, strict=True))
        cursor.executemany(f"{head}{values}{row}", _rows(frame[whole:], order))
    finally:
        cursor.close()


def _rows(frame: pl.DataFrame, order: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*[frame.get_column(name).to_list() for name in order], strict=True)


def _copy_in(conn: Connection, table: str, frame: pl.DataFrame) -> None:
    columns = ", ".join(_quoted(name) for name in frame.columns)
    driver: Any = conn.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)") as copy:
        for part in frame.iter_slices(COPY_SLICE):
            buffer = io.BytesIO()
            part.write_csv(buffer, include_header=False)
            copy.write(buffer.getbuffer())


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
