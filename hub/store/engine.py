"""Opening the store: one SQLAlchemy engine, tuned for SQLite or PostgreSQL.

Belongs here: the engine, its connections' settings, the two kinds of transaction. Does not: statements (one file per table
family), moving rows in bulk (bulk.py), building tables (migrate.py).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from hub.errors import ConfigError, HubError
from hub.store.kept import OPTION, Kept

CACHE_KIB = 64_000
BUSY_MS = 60_000
PAGE = 8_192
"""Bytes of a page of a new file: half the calls of the usual 4 KiB, and little more to write when few rows change."""
SQLITE_PRAGMAS = (
    f"page_size = {PAGE}",
    "journal_mode = WAL",
    "synchronous = NORMAL",
    f"busy_timeout = {BUSY_MS}",
    "foreign_keys = ON",
    f"cache_size = -{CACHE_KIB}",
    "temp_store = MEMORY",
    "wal_autocheckpoint = 2000",
    "journal_size_limit = 67108864",
)
READ, PATIENCE, TRIED = "hub_read", "hub_patience", "hub_tried"
"""Options of a connection: it only reads, it waits so long, it is taken back whatever happens (store.trial)."""
StoreConnection = Connection
"""An open transaction, as the floors above name it."""


class StoreError(HubError):
    """The database refused or is gone. Says which kind of refusal, never the statement's values."""

    code = "store"


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. `begin` for writing (SQLite takes the write lock at once), `read` for a consistent look.

    Threads may share it: SQLite has one writer, so those of this process queue for that here, where nobody is overtaken for long.
    """

    engine: Engine = field(repr=False)
    _writer: threading.RLock = field(repr=False, compare=False, default_factory=threading.RLock)

    @property
    def sqlite(self) -> bool:
        """Whether SQLite stands behind (else PostgreSQL)."""
        return self.engine.dialect.name == "sqlite"

    @property
    def folder(self) -> Path | None:
        """The folder of the SQLite file; None for PostgreSQL."""
        name = self.engine.url.database
        return Path(name).parent if self.sqlite and name else None

    @contextmanager
    def begin(self, *, patience: float | None = None) -> Iterator[Connection]:
        """One writing transaction: committed at the end, rolled back when anything is raised. Raises StoreError.

        patience: seconds that it waits for SQLite's one writer, instead of BUSY_MS.
        """
        with self._turn(patience), _named(), self.engine.connect() as conn:
            if patience is not None and self.sqlite:
                conn.execution_options(**{PATIENCE: patience})
            with conn.begin():
                yield conn

    @contextmanager
    def _turn(self, patience: float | None) -> Iterator[None]:
        """The one writer's turn among the threads of this process."""
        if not self.sqlite:
            yield
            return
        if not self._writer.acquire(timeout=-1 if patience is None else patience):
            raise StoreError("the store refused: another thread is writing")
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One reading transaction over an unmoving state of the store. Raises StoreError."""
        with _named(), self.engine.connect() as conn:
            if self.sqlite:
                conn.execution_options(**{READ: True})
            else:
                conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with conn.begin():
                yield conn

    def dispose(self) -> None:
        """Close all connections, and keep no rows any more."""
        self.engine.get_execution_options()[OPTION].drop()
        self.engine.dispose()


def open_store(url: str) -> Store:
    """The store behind an SQLAlchemy URL (`sqlite:////abs/hub.db`, `postgresql+psycopg://…`); opens no connection yet.

    Raises ConfigError for a URL that is none or that names another database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigError("the database URL cannot be read", path="hub.database") from None
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        return Store(_sqlite(parsed.database, url))
    if parsed.drivername == "postgresql+psycopg":
        options = {OPTION: Kept()}
        return Store(create_engine(parsed, pool_pre_ping=True, hide_parameters=True, execution_options=options))
    raise ConfigError(f"no support for {parsed.drivername}", hint="sqlite or postgresql+psycopg", path="hub.database")


def _sqlite(database: str | None, url: str) -> Engine:
    if not database or database == ":memory:":
        raise ConfigError("the store needs a file", hint="sqlite:///data/hub.db", path="hub.database")
    Path(database).parent.mkdir(parents=True, exist_ok=True)
    options = {OPTION: Kept(Path(database).parent)}
    engine = create_engine(url, hide_parameters=True, execution_options=options)
    event.listen(engine, "connect", _tune)
    event.listen(engine, "begin", _begin)
    return engine


def _tune(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; `_begin` does
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(conn: Connection) -> None:
    told = conn.get_execution_options()
    if PATIENCE not in told:
        conn.exec_driver_sql("BEGIN" if told.get(READ) else "BEGIN IMMEDIATE")
        return
    conn.exec_driver_sql(f"PRAGMA busy_timeout = {int(told[PATIENCE] * 1000)}")
    try:
        conn.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        conn.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_MS}")


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"the store refused: {type(error.orig).__name__}") from None
