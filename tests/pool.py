"""Databases of one PostgreSQL server that tests use one after another.

Making a database with all our tables and dropping it again costs more than most tests. One that a test is done with is
emptied and gets a new name; one whose tables, indexes, triggers or functions are no longer those of the template is dropped.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

USES = 50
"""Of one database: each truncation leaves dead rows in its catalogue."""
SHAPE = """
SELECT md5(string_agg(what, E'\\n' ORDER BY what COLLATE "C")) FROM (
    SELECT concat_ws(' ', nspname, relname, relkind, relpersistence, reloptions, attname, attnum, atttypid, attnotnull) AS what
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace LEFT JOIN pg_attribute ON attrelid = c.oid AND attnum > 0
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    UNION ALL SELECT concat_ws(' ', indexrelid::regclass, indkey, indisunique, indisvalid, indpred, indexprs, indclass)
    FROM pg_index WHERE indexrelid >= 16384 AND indexrelid::regclass::text !~ '^pg_toast'
    UNION ALL SELECT concat_ws(' ', conname, contype, conrelid::regclass, convalidated) FROM pg_constraint WHERE oid >= 16384
    UNION ALL SELECT concat_ws(' ', tgname, tgenabled, tgrelid::regclass) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT concat_ws(' ', proname, prosrc) FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT concat_ws(' ', extname, extversion) FROM pg_extension
    UNION ALL SELECT setconfig::text FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase
    WHERE datname = current_database()
) AS all_there_is
"""
WRITTEN = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0 ORDER BY relname
"""
COUNTED = "SELECT sequencename, last_value, start_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
UNLEARN = "DELETE FROM pg_statistic WHERE starelid >= 16384"
"""What the planner was told of rows that are gone."""
ALONE = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Pool:
    """Fresh databases like `template`, on the server of `url`."""

    def __init__(self, url: str, template: str) -> None:
        self._url, self._template = url, template
        self._server = psycopg.connect(url, autocommit=True)
        self._free: list[tuple[str, int]] = []
        with closing(self._open(template)) as conn:
            self._shape, self._empty = conn.execute(SHAPE).fetchone(), contents(conn)

    def close(self) -> None:
        """Drop all that is not in use."""
        for name, _ in self._free:
            self._drop(name)
        self._server.close()

    @contextmanager
    def one(self) -> Iterator[str]:
        """The name of a database that nobody else has, as the template is."""
        before, used = self._free.pop() if self._free else (None, 0)
        name = f"hub_{uuid.uuid4().hex[:12]}"
        if before is None:
            self._tell("CREATE DATABASE {} TEMPLATE {}", name, self._template)
        else:
            self._tell("ALTER DATABASE {} RENAME TO {}", before, name)
        try:
            yield name
        finally:
            if used + 1 < USES and self._emptied(name):
                self._free.append((name, used + 1))
            else:
                self._drop(name)

    def _drop(self, name: str) -> None:
        self._tell("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _tell(self, statement: str, *names: str) -> None:
        self._server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _open(self, name: str) -> psycopg.Connection:
        plain = make_url(self._url).set(drivername="postgresql", database=name)
        return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)

    def _emptied(self, name: str) -> bool:
        """Put the database back as the template is; False when that is not possible (or not allowed to this user)."""
        with suppress(psycopg.Error), closing(self._open(name)) as conn:
            conn.execute(ALONE)
            if conn.execute(SHAPE).fetchone() != self._shape:
                return False
            put(conn, self._empty)
            return True
        return False


@dataclass(frozen=True)
class Contents:
    """What stands in a database. rows: by table, as COPY writes them; counted: name, last number, first number of sequences."""

    rows: dict[str, bytes]
    counted: list[Any]


def contents(conn: psycopg.Connection) -> Contents:
    """All that stands there now."""
    names = [str(name) for (name,) in conn.execute(WRITTEN).fetchall()]
    return Contents({name: _copied(conn, name) for name in names}, conn.execute(COUNTED).fetchall())


def put(conn: psycopg.Connection, wanted: Contents) -> None:
    """Make the database, whose tables are the same, hold this and nothing else. Only a superuser may."""
    with conn.transaction():
        conn.execute("SET LOCAL session_replication_role = replica")  # the audit log lets nobody empty it
        written = [sql.Identifier(name) for (name,) in conn.execute(WRITTEN).fetchall()]
        if written:
            conn.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(written)))
        for name, rows in wanted.rows.items():
            statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))
            with conn.cursor() as cursor, cursor.copy(statement) as copy:
                copy.write(rows)
        now = {row[0]: row for row in conn.execute(COUNTED).fetchall()}
        for row in wanted.counted:
            if now[row[0]] != row:
                conn.execute("SELECT setval(quote_ident(%s), %s, %s)", (row[0], row[1] or row[2], row[1] is not None))
        conn.execute(UNLEARN)


def _copied(conn: psycopg.Connection, name: str) -> bytes:
    with conn.cursor() as cursor, cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as copy:
        return b"".join(bytes(chunk) for chunk in copy)
