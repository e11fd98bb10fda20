"""What became of customers at one destination: deleted there, made and not yet seen, left to the hub alone, parted by a split.

Belongs here: sets of customers that a plan judges by. Does not: their records there (there.py), deciding (flow).
Every question is asked about some customers (`only`) by index, or about all (None).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, and_, exists, func, literal, select

from hub.store.bulk import among, unindexed
from hub.store.tables import (
    changes,
    created_records,
    customers,
    dirty_records,
    landed,
    orders,
    records,
    sent,
    xref,
    xref_past,
)
from hub.store.there import of, parts

Only = Sequence[str] | None


def deleted_there(conn: Connection, source: str, destination: str, only: Only = None) -> set[str]:
    """Customers of whom a record stood there and was taken away there, by somebody else than the hub."""
    left = (
        select(xref_past.c.golden_id)
        .join(landed, landed.c.rid == xref_past.c.rid)
        .where(
            landed.c.source == source,
            landed.c.stream == "customers",
            landed.c.state == "removed",
            ~_taken_out(destination, landed.c.source_id),
        )
    )
    written = select(sent.c.golden_id).where(
        (sent.c.destination if only is None else unindexed(sent.c.destination)) == destination,
        sent.c.state.is_distinct_from("deleted"),
        ~_here(source, sent.c.source_id),
        ~_unseen(source, sent.c.source_id),
    )
    found: set[str] = set()
    for some in _aliases(conn, only):
        for statement, of_whom in ((left, xref_past.c.golden_id), (written, sent.c.golden_id)):
            found |= set(conn.scalars(statement.where(*of(conn, of_whom, some))))
    return _live_ids(conn, found)


def made_unseen(conn: Connection, source: str, only: Only = None) -> set[str]:
    """Customers for whom the hub has made a record there that no pull has brought back, or that waits to be matched."""
    whose, of_source = created_records.c.golden_id, created_records.c.source
    mine = (of_source if only is None else unindexed(of_source)) == source
    made = select(whose).where(mine, ~_pulled(source, created_records.c.source_id) | _unmatched(source))
    found = {one for some in _aliases(conn, only) for one in conn.scalars(made.where(*of(conn, whose, some)))}
    return _live_ids(conn, found)


def _unmatched(source: str) -> Any:
    """Whether that made record is here and waits to be matched: it may still stand with another customer."""
    own = (records.c.source == source, records.c.source_id == created_records.c.source_id)
    return exists().where(*own, records.c.rid == dirty_records.c.rid)


def _taken_out(destination: str, source_id: Any) -> Any:
    """Whether the hub itself deleted that record."""
    own = (sent.c.destination == destination, sent.c.source_id == source_id, sent.c.state == "deleted")
    return exists().where(*own)


def _here(source: str, source_id: Any) -> Any:
    return exists().where(records.c.source == source, records.c.source_id == source_id)


def _unseen(source: str, source_id: Any) -> Any:
    """Whether the hub has made that record and it never was among what was pulled."""
    made = exists().where(created_records.c.source == source, created_records.c.source_id == source_id)
    return and_(made, ~_pulled(source, source_id))


def _pulled(source: str, source_id: Any) -> Any:
    whose = (landed.c.source == source, landed.c.stream == "customers", landed.c.source_id == source_id)
    return exists().where(*whose)


def _aliases(conn: Connection, only: Only) -> list[Only]:
    """In slices, the ids by which these customers ever went: their own, and those that lead to them."""
    if only is None:
        return [None]
    found, new = set(only), set(only)
    while new:
        into = customers.c.merged_into
        old = {
            one
            for some in parts(sorted(new))
            for one in conn.scalars(select(customers.c.golden_id).where(into.is_not(None), among(conn, into, some)))
        }
        found, new = found | old, old - found
    return list(parts(sorted(found)))


def _live_ids(conn: Connection, found: set[str]) -> set[str]:
    """The ids that answer for these ones now."""
    while found:
        moved = {
            old: new
            for part in parts(sorted(found))
            for old, new in conn.execute(
                select(customers.c.golden_id, customers.c.merged_into).where(
                    among(conn, customers.c.golden_id, part), customers.c.merged_into.is_not(None)
                )
            )
        }
        if not moved:
            return found
        found = {moved.get(one, one) for one in found}
    return found


def only_made(conn: Connection, only: Only = None) -> set[str]:
    """Customers all of whose records the hub has made: nobody but the hub itself speaks of them any more."""
    statement = (
        select(xref.c.golden_id)
        .join(records, records.c.rid == xref.c.rid)
        .join(
            created_records,
            and_(
                created_records.c.source == records.c.source,
                created_records.c.source_id == records.c.source_id,
                created_records.c.at != "",
            ),
        )
        .join(customers, customers.c.golden_id == xref.c.golden_id)
        .where(*of(conn, xref.c.golden_id, only))
        .group_by(xref.c.golden_id)
        .having(func.count() >= func.max(customers.c.record_count))
    )
    return set(conn.scalars(statement))


def with_orders(conn: Connection, source: str, source_ids: Sequence[str]) -> set[str]:
    """Those of these records there that have orders."""
    whose = orders.c.customer_source_id
    return {
        one
        for part in parts(sorted(source_ids))
        for one in conn.scalars(select(whose).where(orders.c.source == source, among(conn, whose, part)).distinct())
    }


def parted(conn: Connection) -> set[str]:
    """Customers that a split ever touched: those whom records left, and those to whom they went."""
    touched: set[str] = set()
    split = changes.c.kind == literal("split", literal_execute=True)  # as the index of splits has it
    for golden_id, moved in conn.execute(select(changes.c.golden_id, changes.c.moved).where(split)):
        if moved is not None:
            touched |= {golden_id, *(each for one in orjson.loads(moved) for each in (one["from"], one["to"]))}
    return touched
