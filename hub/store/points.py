"""Look-ups by a key, fast enough to be done between two requests: one connection, statements compiled once.

Belongs here: reading one customer by id, code, phone or e-mail, a token, the feed's end. Does not: lists (serving.py).
One thread at a time may use it. Every look sees the newest committed state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import PoolProxiedConnection, Select, bindparam, exists, func, select
from sqlalchemy.exc import SQLAlchemyError

from hub.store.engine import Store, StoreError
from hub.store.tables import changes, customers, identifiers, reassigned, tokens, xref

Row = Mapping[str, Any]
TOLD = ("golden_id", "customer_code", "status", "merged_into", "kind", "version", "created_at", "updated_at", "doc")
"""Columns of a customer as they are answered with; doc is JSON text."""
MOST = 200
"""Customers that one phone or e-mail leads to are told up to so many."""
PATIENCE = "SET statement_timeout = '5s'"


def told() -> list[Any]:
    """The columns TOLD."""
    return [customers.c[name] for name in TOLD]


def _by_value() -> Select[Any]:
    """Customers of records that bear a value; `use`; `held`: whether the number is still theirs."""
    same = (reassigned.c.rid == identifiers.c.rid, reassigned.c.value == identifiers.c.value)
    held = ~exists().where(*same, reassigned.c.type == identifiers.c.type)
    joined = identifiers.join(xref, xref.c.rid == identifiers.c.rid)
    joined = joined.join(customers, customers.c.golden_id == xref.c.golden_id)
    wanted = (identifiers.c.value == bindparam("value"), identifiers.c.type == bindparam("type"))
    return select(*told(), identifiers.c.use, held.label("held")).select_from(joined).where(*wanted).limit(MOST)


STATEMENTS: Mapping[str, Select[Any]] = {
    "by_id": select(*told()).where(customers.c.golden_id == bindparam("id")),
    "by_code": select(*told()).where(customers.c.customer_code == bindparam("code")),
    "by_value": _by_value(),
    "token": select(tokens).where(tokens.c.digest == bindparam("digest")),
    "end": select(func.coalesce(func.max(changes.c.seq), 0).label("seq")),
}


class Points:
    """The connection, opened at the first look and again after it broke. Raises StoreError."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection: Any = None
        self._held: PoolProxiedConnection | None = None
        dialect = store.engine.dialect
        compiled = {name: statement.compile(dialect=dialect) for name, statement in STATEMENTS.items()}
        self._sql = {name: str(one) for name, one in compiled.items()}
        self._order = {name: one.positiontup for name, one in compiled.items()}
        self._fixed = {name: dict(one.params) for name, one in compiled.items()}
        self._names = {
            name: tuple(str(column.name) for column in one.selected_columns) for name, one in STATEMENTS.items()
        }

    def rows(self, name: str, **values: Any) -> list[Row]:
        """The rows of a statement of STATEMENTS."""
        keys = self._names[name]
        return [dict(zip(keys, row, strict=True)) for row in self.raw(name, values)]

    def raw(self, name: str, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """The rows as the driver gives them."""
        given = {**self._fixed[name], **values}
        order = self._order[name]
        sent = tuple(given[key] for key in order) if order is not None else given
        try:
            found: Sequence[Sequence[Any]] = self._cursor().execute(self._sql[name], sent).fetchall()
        except self._errors() as error:
            self.close()
            raise StoreError(f"the store refused: {type(error).__name__}") from None
        return found

    def _errors(self) -> tuple[type[Exception], ...]:
        return (self._store.engine.dialect.loaded_dbapi.Error, SQLAlchemyError)

    def _cursor(self) -> Any:
        if self._connection is None:
            self._connection = self._open()
        return self._connection.cursor()

    def _open(self) -> Any:
        """A connection outside the pool, on which every look is a transaction of its own."""
        self._held = self._store.engine.raw_connection()
        driver: Any = self._held.driver_connection
        self._held.detach()
        if not self._store.sqlite:
            driver.autocommit = True
            driver.execute(PATIENCE)
        return driver

    def close(self) -> None:
        """Let the connection go; the next look opens another."""
        held, self._held, self._connection = self._held, None, None
        if held is not None:
            held.close()
