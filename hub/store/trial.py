"""A transaction in which a decision is tried out: what is written in it is seen in it, and never kept.

Belongs here: keeping the writer's lock free meanwhile. Does not: what is tried (flow.effect).
SQLite has one writer: there the few tables that a decision writes get a temporary copy that stands before the real one
for this transaction, so that nothing of the store itself is written; the ledger of consents, which may be long, a temporary view
over it instead, which holds what differs. PostgreSQL has many writers: the transaction is taken back. The log of what people did
is not written at all (audit_chain), so that nobody waits for its turn in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Table

from hub.store.engine import TRIED, Store
from hub.store.tables import (
    consents,
    decisions,
    dirty_customers,
    dirty_records,
    dirty_reviews,
    dirty_values,
    evidence,
    held_joins,
    holds,
    judgements,
    meta,
    pins,
    reviews,
)

WRITTEN = (
    decisions, dirty_customers, dirty_records, dirty_reviews, dirty_values, evidence, held_joins, holds, judgements, meta, pins,
    reviews,
)  # fmt: skip
"""What writing a decision may touch beside consents (flow.judge.write)."""
TRIED_ROWS = "tried_{0}"
"""Name of the temporary table of the rows that differ behind a view."""


@contextmanager
def trial(store: Store) -> Iterator[Connection]:
    """What is written inside is forgotten at the end; several tries inside one take theirs back with `begin_nested`."""
    if store.sqlite:
        with store.read() as conn:
            conn.execution_options(**{TRIED: True})
            for table in WRITTEN:
                _copy(conn, table)
            _view(conn, consents, "consent_id")
            try:
                yield conn
            finally:
                conn.rollback()
        return
    with store.begin() as conn:
        conn.execution_options(**{TRIED: True})
        tried = conn.begin_nested()
        try:
            yield conn
        finally:
            tried.rollback()


def _copy(conn: Connection, table: Table) -> None:
    """A temporary table of the same form and name: a name without a schema means the temporary one first."""
    conn.exec_driver_sql("CREATE TEMP TABLE" + _form(conn, table).removeprefix("CREATE TABLE"))
    conn.exec_driver_sql(f"INSERT INTO temp.{table.name} SELECT * FROM main.{table.name}")


def _form(conn: Connection, table: Table) -> str:
    form = "SELECT sql FROM main.sqlite_master WHERE type = 'table' AND name = ?"
    return str(conn.exec_driver_sql(form, (table.name,)).scalar_one())


def _view(conn: Connection, table: Table, key: str) -> None:
    """A temporary view of the same name over a table that is appended to and changed in place; `key` counts its rows."""
    name, rows = table.name, TRIED_ROWS.format(table.name)
    columns = ", ".join(column.name for column in table.columns)
    new = ", ".join(f"NEW.{column.name}" for column in table.columns)
    number = f"(SELECT coalesce(max({key}), 0) FROM main.{name}) + (SELECT count(*) FROM {rows}) + 1"
    fresh = new.replace(f"NEW.{key}", f"coalesce(NEW.{key}, {number})", 1)
    for statement in (
        f"CREATE TEMP TABLE {rows} AS SELECT * FROM main.{name} LIMIT 0",
        f"CREATE UNIQUE INDEX temp.{rows}_key ON {rows} ({key})",
        f"CREATE TEMP VIEW {name} AS SELECT {columns} FROM main.{name} WHERE {key} NOT IN (SELECT {key} FROM {rows})"
        f" UNION ALL SELECT {columns} FROM {rows}",
        f"CREATE TEMP TRIGGER {rows}_put INSTEAD OF INSERT ON {name} BEGIN"
        f" INSERT INTO {rows} ({columns}) SELECT {fresh}; END",
        f"CREATE TEMP TRIGGER {rows}_change INSTEAD OF UPDATE ON {name} BEGIN"
        f" INSERT OR REPLACE INTO {rows} ({columns}) SELECT {new}; END",
    ):
        conn.exec_driver_sql(statement)
