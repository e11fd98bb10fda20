"""A transaction in which a decision is tried out: what is written in it is seen in it, and never kept.

Belongs here: keeping the writer's lock free meanwhile. Does not: what is tried (flow.effect).
SQLite has one writer: there the few tables that a decision writes get a temporary copy that stands before the real one
for this transaction, so that nothing of the store itself is written. PostgreSQL has many writers: the transaction is taken back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Table

from hub.store.engine import Store
from hub.store.tables import (
    audit,
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
    consents, decisions, dirty_customers, dirty_records, dirty_reviews, dirty_values, evidence, held_joins, holds, judgements,
    meta, pins, reviews,
)  # fmt: skip
"""What writing a decision may touch (flow.judge.write); the log of what people did is begun anew, nothing reads it."""


@contextmanager
def trial(store: Store) -> Iterator[Connection]:
    """What is written inside is forgotten at the end; several tries inside one take theirs back with `begin_nested`."""
    if store.sqlite:
        with store.read() as conn:
            for table in WRITTEN:
                _copy(conn, table)
            _copy(conn, audit, filled=False)
            try:
                yield conn
            finally:
                conn.rollback()
        return
    with store.begin() as conn:
        tried = conn.begin_nested()
        try:
            yield conn
        finally:
            tried.rollback()


def _copy(conn: Connection, table: Table, *, filled: bool = True) -> None:
    """A temporary table of the same form and name: a name without a schema means the temporary one first."""
    form = "SELECT sql FROM main.sqlite_master WHERE type = 'table' AND name = ?"
    made = conn.exec_driver_sql(form, (table.name,)).scalar_one()
    conn.exec_driver_sql("CREATE TEMP TABLE" + str(made).removeprefix("CREATE TABLE"))
    if filled:
        conn.exec_driver_sql(f"INSERT INTO temp.{table.name} SELECT * FROM main.{table.name}")
