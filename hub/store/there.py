"""What a destination holds of each customer, as the store knows it: records there, what was sent, what is missing there.

Belongs here: SELECTs over customers and one system's records. Does not: plans and the ledger (plans.py), deciding (flow).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, and_, func, select

from hub.store.bulk import among, is_sqlite
from hub.store.tables import (
    changes,
    created_records,
    customers,
    identifiers,
    landed,
    orders,
    raw_records,
    records,
    sent,
    source_state,
    xref,
    xref_past,
)

Row = Mapping[str, Any]


def held_there(conn: Connection, source: str, destination: str, only: Sequence[str] | None = None) -> Iterator[Row]:
    """Every record of `source` with its live customer and what was acknowledged there, customer by customer.

    only: of these customers (None: of all).
    Columns: golden_id, customer_code, source_id, record (JSON), golden (JSON), provenance, kind, landed_at, since, first_at,
    updated_at, sent, before, origin (JSON or None), acked_at, state, made (by the hub, else None).
    """
    statement = (
        select(
            xref.c.golden_id,
            records.c.source_id,
            records.c.doc.label("record"),
            records.c.since,
            records.c.first_at,
            records.c.updated_at,
            customers.c.doc.label("golden"),
            customers.c.provenance,
            customers.c.kind,
            customers.c.customer_code,
            raw_records.c.landed_at,
            sent.c.fields.label("sent"),
            sent.c.before,
            sent.c.origin,
            sent.c.acked_at,
            sent.c.state,
            created_records.c.at.label("made"),
        )
        .join(xref, xref.c.rid == records.c.rid)
        .join(customers, customers.c.golden_id == xref.c.golden_id)
        .join(landed, landed.c.rid == records.c.rid)
        .join(raw_records, raw_records.c.raw_id == landed.c.raw_id)
        .join(sent, and_(sent.c.destination == destination, sent.c.source_id == records.c.source_id), isouter=True)
        .join(
            created_records,
            and_(created_records.c.source == records.c.source, created_records.c.source_id == records.c.source_id),
            isouter=True,
        )
        .where(records.c.source == source, customers.c.status == "active", *of(conn, xref.c.golden_id, only))
        .order_by(xref.c.golden_id, records.c.source_id)
    )
    yield from stream(conn, statement)


def absent_there(conn: Connection, source: str, only: Sequence[str] | None = None) -> Iterator[Row]:
    """Live customers (of `only`, else all) without any record of `source`: golden_id, customer_code, golden, provenance, kind."""
    mine = (records.c.source == source, *of(conn, xref.c.golden_id, only))
    here = select(xref.c.golden_id).join(records, records.c.rid == xref.c.rid).where(*mine)
    statement = (
        select(
            customers.c.golden_id,
            customers.c.doc.label("golden"),
            customers.c.provenance,
            customers.c.kind,
            customers.c.customer_code,
        )
        .where(
            customers.c.status == "active", customers.c.golden_id.not_in(here), *of(conn, customers.c.golden_id, only)
        )
        .order_by(customers.c.golden_id)
    )
    yield from stream(conn, statement)


def of(conn: Connection, column: Any, only: Sequence[str] | None) -> list[Any]:
    """The condition that leaves only these customers; none for all."""
    return [] if only is None else [among(conn, column, only)]


def stream(conn: Connection, statement: Any) -> Iterator[Row]:
    """Rows as they come, never all at once."""
    options = {} if is_sqlite(conn) else {"stream_results": True}
    rows = conn.execution_options(**options).execute(statement)
    for row in rows.mappings().yield_per(5_000):
        yield dict(row)


def deleted_there(conn: Connection, source: str, destination: str) -> set[str]:
    """Customers of whom a record stood there and was taken away there, by somebody else than the hub."""
    own = select(sent.c.source_id).where(sent.c.destination == destination, sent.c.state == "deleted")
    left = (
        select(xref_past.c.golden_id)
        .join(landed, landed.c.rid == xref_past.c.rid)
        .where(
            landed.c.source == source,
            landed.c.stream == "customers",
            landed.c.state == "removed",
            landed.c.source_id.not_in(own),
        )
    )
    written = select(sent.c.golden_id).where(
        sent.c.destination == destination,
        sent.c.source_id.not_in(own),
        sent.c.source_id.not_in(_here(source)),
        sent.c.source_id.not_in(_unseen(source)),
    )
    return _live_ids(conn, left.union(written))


def made_unseen(conn: Connection, source: str) -> set[str]:
    """Customers for whom the hub has made a record there that no pull has brought back yet."""
    made = select(created_records.c.golden_id).where(
        created_records.c.source == source, created_records.c.source_id.in_(_unseen(source))
    )
    return _live_ids(conn, made)


def _here(source: str) -> Any:
    return select(records.c.source_id).where(records.c.source == source)


def _unseen(source: str) -> Any:
    """Ids of records that the hub has made and that never were among what was pulled."""
    pulled = select(landed.c.source_id).where(landed.c.source == source, landed.c.stream == "customers")
    return select(created_records.c.source_id).where(
        created_records.c.source == source, created_records.c.source_id.not_in(pulled)
    )


def _live_ids(conn: Connection, ids: Any) -> set[str]:
    """The ids that answer for these ones now."""
    found = set(conn.scalars(ids))
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


def parts(values: Sequence[Any], size: int = 5_000) -> Iterator[Sequence[Any]]:
    """Slices of a long list of values."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def only_made(conn: Connection) -> set[str]:
    """Customers all of whose records the hub has made: nobody but the hub itself speaks of them any more."""
    statement = (
        select(xref.c.golden_id)
        .join(records, records.c.rid == xref.c.rid)
        .join(
            created_records,
            and_(created_records.c.source == records.c.source, created_records.c.source_id == records.c.source_id),
        )
        .join(customers, customers.c.golden_id == xref.c.golden_id)
        .group_by(xref.c.golden_id)
        .having(func.count() >= func.max(customers.c.record_count))
    )
    return set(conn.scalars(statement))


def with_orders(conn: Connection, source: str) -> set[str]:
    """Ids of records there that the hub has made and that have orders since."""
    statement = (
        select(orders.c.customer_source_id)
        .join(
            created_records,
            and_(created_records.c.source == source, created_records.c.source_id == orders.c.customer_source_id),
        )
        .where(orders.c.source == source)
        .distinct()
    )
    return set(conn.scalars(statement))


def parted(conn: Connection) -> set[str]:
    """Customers that a split ever touched: those whom records left, and those to whom they went."""
    touched: set[str] = set()
    for golden_id, moved in conn.execute(
        select(changes.c.golden_id, changes.c.moved).where(changes.c.kind == "split", changes.c.moved.is_not(None))
    ):
        touched |= {golden_id, *(each for one in orjson.loads(moved) for each in (one["from"], one["to"]))}
    return touched


def owners(conn: Connection, rids: Sequence[int]) -> dict[int, str]:
    """rid → the customer whose it is now."""
    return {
        rid: golden_id
        for part in parts(sorted(rids))
        for rid, golden_id in conn.execute(select(xref.c.rid, xref.c.golden_id).where(among(conn, xref.c.rid, part)))
    }


def times(conn: Connection, rids: Sequence[int]) -> dict[int, tuple[str | None, str | None]]:
    """rid → (first_at, since as JSON): when that record's values began."""
    columns = (records.c.rid, records.c.first_at, records.c.since)
    return {
        rid: (first_at, since)
        for part in parts(sorted(rids))
        for rid, first_at, since in conn.execute(select(*columns).where(among(conn, records.c.rid, part)))
    }


def record_count(conn: Connection, source: str) -> int:
    """Records that a source holds now."""
    return int(conn.scalar(select(func.count()).select_from(records).where(records.c.source == source)) or 0)


def incomplete(conn: Connection, sources: Sequence[str]) -> list[str]:
    """Those of the sources whose last pull did not go well to its end."""
    rows = conn.execute(select(source_state.c.source, source_state.c.status))
    good = {row.source for row in rows if row.status == "ok"}
    return [name for name in sources if name not in good]


def taken(conn: Connection, source: str, kind: str, values: Sequence[str]) -> set[str]:
    """Those of the values (kind: phone or email) that some record of the source bears."""
    return {
        value
        for part in parts(sorted(set(values)))
        for value in conn.scalars(
            select(identifiers.c.value)
            .join(records, records.c.rid == identifiers.c.rid)
            .where(identifiers.c.type == kind, among(conn, identifiers.c.value, part), records.c.source == source)
        )
    }
