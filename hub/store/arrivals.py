"""Records that were handed in while a run held the workspace: they wait here until whoever holds it next lands them.

Belongs here: the table `arrivals`. Does not: landing (landing.py), when that is (flow.one).
Only the holder of the workspace takes rows away, in the transaction that lands them; adding a row needs no lock.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from hub.model import RawRecord
from hub.store.bulk import delete_in
from hub.store.tables import arrivals

PAGE = 1_000
"""Rows landed in one transaction."""


def add(conn: Connection, source: str, records: Sequence[RawRecord], at: str) -> None:
    """Let these records wait, in their order."""
    rows = [
        {"source": source, "source_id": one.source_id, "payload": one.payload, "updated_at": one.updated_at, "at": at}
        for one in records
    ]
    conn.execute(insert(arrivals), rows)


def waiting(conn: Connection) -> list[str]:
    """Sources of which records wait, sorted."""
    return sorted(conn.scalars(select(arrivals.c.source).distinct()))


def first(conn: Connection, source: str) -> tuple[list[RawRecord], list[int]]:
    """The PAGE records of a source that wait longest, and their numbers."""
    columns = (arrivals.c.arrival_id, arrivals.c.source_id, arrivals.c.payload, arrivals.c.updated_at)
    rows = conn.execute(
        select(*columns).where(arrivals.c.source == source).order_by(arrivals.c.arrival_id).limit(PAGE)
    ).all()
    return [RawRecord(*row[1:]) for row in rows], [int(row[0]) for row in rows]


def drop(conn: Connection, numbers: Sequence[int]) -> None:
    """Take these off the list, by number: one with a lower number may come to light later."""
    delete_in(conn, arrivals.c.arrival_id, numbers)
