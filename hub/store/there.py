"""What a destination holds of each customer, as the store knows it: records there, what was sent, what is missing there.

Belongs here: SELECTs over customers and one system's records. Does not: what became of whole customers there (fates.py), plans
and the ledger (plans.py), deciding (flow).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, select

from hub.store.bulk import among, is_sqlite, unindexed
from hub.store.tables import (
    created_records,
    customers,
    identifiers,
    landed,
    raw_records,
    records,
    sent,
    source_state,
    xref,
)

Row = Mapping[str, Any]


class Glance(NamedTuple):
    """What a quick look at a record asks for. record, golden, sent: JSON. landed_at: told only where something was sent."""

    golden_id: str
    record: str
    golden: str
    sent: str | None
    landed_at: str | None
    acked_at: str
    made: str | None


def held_there(conn: Connection, source: str, destination: str, only: Sequence[str] | None = None) -> Iterator[Row]:
    """Every record of `source` with its live customer and what was acknowledged there, customer by customer.

    only: of these customers (None: of all).
    Columns: golden_id, customer_code, rid, source_id, record (JSON), golden (JSON), provenance, kind, landed_at, since, first_at,
    updated_at, sent, before, origin (JSON or None), acked_at, state, made (by the hub, else None).
    """
    statement = (
        select(
            xref.c.golden_id,
            records.c.rid,
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
            func.nullif(created_records.c.at, "").label("made"),
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
        .where(_of_source(source, only), customers.c.status == "active", *of(conn, xref.c.golden_id, only))
        .order_by(xref.c.golden_id, records.c.source_id)
    )
    yield from stream(conn, statement)


def glance_there(conn: Connection, source: str, destination: str) -> Iterator[Glance]:
    """Every record of `source` with a live customer, in no order, with what a quick look asks for."""
    at = (
        select(raw_records.c.landed_at)
        .join(landed, landed.c.raw_id == raw_records.c.raw_id)
        .where(landed.c.rid == records.c.rid)
        .scalar_subquery()
    )
    statement = (
        select(
            xref.c.golden_id,
            records.c.doc.label("record"),
            customers.c.doc.label("golden"),
            sent.c.fields.label("sent"),
            case((sent.c.acked_at.is_not(None), at)).label("landed_at"),
            sent.c.acked_at,
            func.nullif(created_records.c.at, "").label("made"),
        )
        .select_from(records)
        .join(xref, xref.c.rid == records.c.rid)
        .join(customers, customers.c.golden_id == xref.c.golden_id)
        .join(sent, and_(sent.c.destination == destination, sent.c.source_id == records.c.source_id), isouter=True)
        .join(
            created_records,
            and_(created_records.c.source == records.c.source, created_records.c.source_id == records.c.source_id),
            isouter=True,
        )
        .where(records.c.source == source, customers.c.status == "active")
    )
    yield from glances(conn, statement)


def glances(conn: Connection, statement: Select[Any]) -> Iterator[Glance]:
    """Rows as they come, without making a mapping of each."""
    rows: Any
    with conn.execute(statement.execution_options(yield_per=5_000)) as rows:
        for some in rows.partitions():
            yield from some


def several_there(conn: Connection, source: str) -> set[str]:
    """Customers with more than one record of `source`."""
    joined = select(xref.c.golden_id).join(records, records.c.rid == xref.c.rid).where(records.c.source == source)
    return set(conn.scalars(joined.group_by(xref.c.golden_id).having(func.count() > 1)))


def absent_there(conn: Connection, source: str, only: Sequence[str] | None = None) -> Iterator[Row]:
    """Live customers (of `only`, else all) without any record of `source`: golden_id, customer_code, golden, provenance, kind."""
    mine = (_of_source(source, only), *of(conn, xref.c.golden_id, only))
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


def _of_source(source: str, only: Sequence[str] | None) -> ColumnElement[bool]:
    """Records of a source; of some customers, these lead and not the source."""
    return (records.c.source if only is None else unindexed(records.c.source)) == source


def of(conn: Connection, column: Any, only: Sequence[str] | None) -> list[Any]:
    """The condition that leaves only these customers; none for all."""
    return [] if only is None else [among(conn, column, only)]


def stream(conn: Connection, statement: Any) -> Iterator[Row]:
    """Rows as they come, never all at once."""
    options = {} if is_sqlite(conn) else {"stream_results": True}
    rows = conn.execution_options(**options).execute(statement)
    for row in rows.mappings().yield_per(5_000):
        yield dict(row)


def parts(values: Sequence[Any], size: int = 5_000) -> Iterator[Sequence[Any]]:
    """Slices of a long list of values."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


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
