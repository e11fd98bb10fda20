"""Statements compiled once per database and run by the driver: for what a few records ask between two keystrokes.

Belongs here: compiling, lists as one parameter, errors by name. Does not: the statements (few_reads.py, few_writes.py),
frames (frames.py), many rows (bulk.py). A statement by SQLAlchemy itself costs ten times as much as SQLite takes (measured).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ARRAY, BigInteger, Connection, Integer, Text, bindparam, cast, column, func, select
from sqlalchemy.sql.elements import ColumnElement

from hub.store.bulk import array_text, is_sqlite
from hub.store.engine import StoreError

Row = tuple[Any, ...]
Build = Callable[[bool], Any]
"""Makes a statement, without lists of values of its own; the argument: whether SQLite stands behind."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A compiled statement. order: its parameters by place (null: by name). fixed: values that it brings itself."""

    sql: str
    order: tuple[str, ...] | None
    fixed: Mapping[str, Any]

    def bound(self, values: Mapping[str, Any]) -> Any:
        """The parameters as the driver takes them."""
        given = {**self.fixed, **values} if self.fixed else values
        return given if self.order is None else tuple(given[name] for name in self.order)


_READY: dict[tuple[str, Build], Ready] = {}


def ready(conn: Connection, build: Build) -> Ready:
    """The statement that `build` makes, compiled for the database behind a connection."""
    key = (conn.dialect.name, build)
    found = _READY.get(key)
    if found is None:
        compiled = build(is_sqlite(conn)).compile(dialect=conn.dialect)
        order = tuple(compiled.positiontup) if compiled.positiontup is not None else None
        fixed = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
        found = _READY[key] = Ready(str(compiled), order, fixed)
    return found


def rows(conn: Connection, build: Build, **values: Any) -> Sequence[Row]:
    """All rows of a select, as the driver gives them (booleans of SQLite are 0 and 1). Raises StoreError."""
    one = ready(conn, build)
    found: Sequence[Row] = _run(conn, lambda cursor: cursor.execute(one.sql, one.bound(values)).fetchall())
    return found


def execute(conn: Connection, build: Build, **values: Any) -> None:
    """Run a statement that writes. Raises StoreError."""
    one = ready(conn, build)
    _run(conn, lambda cursor: cursor.execute(one.sql, one.bound(values)))


def each(conn: Connection, build: Build, given: Sequence[Mapping[str, Any]]) -> None:
    """Run a statement that writes, once for each row. Raises StoreError."""
    if given:
        one = ready(conn, build)
        _run(conn, lambda cursor: cursor.executemany(one.sql, [one.bound(values) for values in given]))


def _run(conn: Connection, work: Callable[[Any], Any]) -> Any:
    cursor: Any = conn.connection.cursor()
    try:
        return work(cursor)
    except conn.dialect.loaded_dbapi.Error as error:
        raise StoreError(f"the store refused: {type(error).__name__}") from None
    finally:
        cursor.close()


def listed(target: ColumnElement[Any], name: str, sqlite: bool) -> ColumnElement[bool]:
    """`target` is one of the values of parameter `name`, which is told by `packed`."""
    kind: Any = BigInteger if isinstance(target.type, Integer) else Text
    told = bindparam(name, type_=Text)
    if sqlite:
        return target.in_(select(func.json_each(told).table_valued(column("value", kind)).c.value))
    unnested = func.unnest(cast(told, ARRAY(kind))).table_valued(column("value", kind), name="listed")
    return target.in_(select(unnested.render_derived().c.value))


def packed(conn: Connection, values: Sequence[int] | Sequence[str]) -> str:
    """Numbers or texts as one parameter of a statement with `listed`."""
    if is_sqlite(conn):
        return orjson.dumps(list(values)).decode()
    return "{" + ",".join(str(one) if isinstance(one, int) else array_text(one) for one in values) + "}"
