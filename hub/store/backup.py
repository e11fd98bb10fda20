"""A copy of the whole store as one file, while others go on writing, and back.

Belongs here: both databases' ways. Does not: what must outlive a restore (flow.backup).
SQLite: its online backup, a plain database file. PostgreSQL: a zip of our tables as CSV, all from one snapshot, with
`backup.json`; it is built again at the revision that it was made at, in one transaction, and then brought to the newest.
"""

from __future__ import annotations

import os
import sqlite3
import zipfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Integer, inspect, text

from hub.errors import ConfigError
from hub.store import migrate
from hub.store.engine import Store, StoreError
from hub.store.tables import metadata

FORMAT = "hub-backup-1"
HEAD = "backup.json"
BLOCK = 1 << 20
MAGIC = b"SQLite format 3\x00"


def save(store: Store, path: Path, at: str) -> None:
    """Write the copy under another name and move it; readable by its owner alone."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        if store.sqlite:
            _copy_file(_file(store), part)
        else:
            _save_tables(store, part, at)
        with part.open("rb") as done:
            os.fsync(done.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load(store: Store, path: Path) -> None:
    """Put a copy in the place of all that is there, and bring it to the newest tables; the caller holds the workspace.

    Raises ConfigError for a file that is no copy of this kind of store, is damaged, or comes from a newer program.
    """
    revision = revision_of(store, path)
    if revision > migrate.head():
        raise ConfigError(
            f"the backup is of schema {revision}, this program knows {migrate.head()}", hint="use the newer program",
            code="restore.newer",
        )  # fmt: skip
    if store.sqlite:
        store.dispose()
        _copy_file(path, _file(store))
        migrate.upgrade(store)
    else:
        with store.begin() as conn:
            _load_tables(conn, path, revision)


def revision_of(store: Store, path: Path) -> str:
    """The schema of a copy. Raises ConfigError when it is none of this kind of store, or damaged."""
    if not path.is_file():
        raise ConfigError(f"no file {path}", code="restore.none")
    try:
        return _sqlite_revision(path) if store.sqlite else _zip_head(path)["revision"]
    except (sqlite3.Error, zipfile.BadZipFile, KeyError, ValueError, TypeError):
        what = "SQLite" if store.sqlite else "PostgreSQL"
        raise ConfigError(f"{path} is no whole backup of a hub on {what}", code="restore.unknown") from None


# SQLite --------------------------------------------------------------------------------------------------------------


def _file(store: Store) -> Path:
    return Path(str(store.engine.url.database))


def _copy_file(source: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target, timeout=60)) as there:
            here.backup(there)  # one look at the whole: writers go on, and never make it begin anew
            there.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise StoreError(f"copying failed: {type(error).__name__}") from None


def _sqlite_revision(path: Path) -> str:
    with path.open("rb") as given:
        if given.read(len(MAGIC)) != MAGIC:
            raise ValueError
    with closing(sqlite3.connect(f"file:{path.resolve()}?mode=ro", uri=True)) as conn:
        if conn.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise ValueError
        return str(conn.execute("SELECT version_num FROM alembic_version").fetchone()[0])


# PostgreSQL ----------------------------------------------------------------------------------------------------------


def _save_tables(store: Store, path: Path, at: str) -> None:
    with store.read() as conn, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as out:
        told: dict[str, Any] = {"format": FORMAT, "created_at": at, "revision": migrate.current_of(conn), "tables": {}}
        driver: Any = conn.connection.driver_connection
        for name in _names(conn):
            columns = [one["name"] for one in inspect(conn).get_columns(name)]
            told["tables"][name] = columns
            taken = f"COPY {name} ({_list(columns)}) TO STDOUT (FORMAT csv)"
            with (
                driver.cursor() as cursor,
                out.open(f"{name}.csv", "w", force_zip64=True) as file,
                cursor.copy(taken) as copy,
            ):
                for block in copy:
                    file.write(block)
        out.writestr(HEAD, orjson.dumps(told))


def _names(conn: Connection) -> list[str]:
    there = set(inspect(conn).get_table_names())
    return [name for name in sorted(metadata.tables) if name in there]


def _zip_head(path: Path) -> Any:
    with zipfile.ZipFile(path) as given:
        if given.testzip() is not None:
            raise ValueError
        head = orjson.loads(given.read(HEAD))
    if head["format"] != FORMAT:
        raise ValueError
    return head


def _load_tables(conn: Connection, path: Path, revision: str) -> None:
    """Build the tables of that revision anew, fill them, bring them to the newest."""
    migrate.tear_down(conn)
    migrate.build(conn, revision)
    driver: Any = conn.connection.driver_connection
    with zipfile.ZipFile(path) as given:
        for name, columns in _zip_head(path)["tables"].items():
            put = f"COPY {name} ({_list(columns)}) FROM STDIN (FORMAT csv)"
            with driver.cursor() as cursor, given.open(f"{name}.csv") as file, cursor.copy(put) as copy:
                while block := file.read(BLOCK):
                    copy.write(block)
            _count_on(conn, name)
    migrate.build(conn, "head")


def _count_on(conn: Connection, name: str) -> None:
    """Let the numbers that the database gives go on after the highest."""
    table = metadata.tables[name]
    for column in table.primary_key.columns:
        if isinstance(column.type, Integer):
            sequence = conn.scalar(text(f"SELECT pg_get_serial_sequence('{name}', '{column.name}')"))
            if sequence:
                conn.execute(text(f"SELECT setval('{sequence}', (SELECT max({column.name}) FROM {name}))"))


def _list(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
