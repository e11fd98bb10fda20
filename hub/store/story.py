"""What the store knows of one customer: who it is, its records, joins, refusals, pushes, versions.

Belongs here: small SELECTs by index, rows out. Does not: reading a key as typed (flow.lookup), sentences (flow.explain).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, and_, exists, func, or_, select

from hub.store.bulk import among
from hub.store.tables import (
    blocked_values,
    changes,
    customers,
    deliveries,
    edges,
    history,
    identifiers,
    landed,
    orders,
    reassigned,
    records,
    refusals,
    sent,
    xref,
    xref_past,
)

Row = Mapping[str, Any]
MOST = 200
"""So many of the newest events and pushes are told, and so many customers for one key."""
SUMMARY = (
    customers.c.golden_id, customers.c.customer_code, customers.c.status, customers.c.kind, customers.c.full_name,
    customers.c.company_name, customers.c.phone, customers.c.email, customers.c.record_count,
)  # fmt: skip


def _rows(conn: Connection, statement: Select[Any]) -> list[Row]:
    """Rows with plain text as keys (SQLAlchemy's may be a kind of text that JSON refuses)."""
    return [{str(name): value for name, value in row.items()} for row in conn.execute(statement).mappings()]


# finding -------------------------------------------------------------------------------------------------------------


def live(conn: Connection, golden_id: str) -> str | None:
    """The id that answers for this one: itself, or what it was merged into; None for an id that was never given."""
    seen: set[str] = set()
    while golden_id not in seen:
        seen.add(golden_id)
        row = conn.execute(select(customers.c.merged_into).where(customers.c.golden_id == golden_id)).first()
        if row is None:
            return None
        golden_id = row[0] or golden_id
    return golden_id


def living(conn: Connection, golden_ids: Collection[str]) -> dict[str, str]:
    """Id → the id that answers for it, as `live` gives it one by one; one that leads to none is left out."""
    known: dict[str, str | None] = {}
    wanted = set(golden_ids)
    while wanted:
        chosen = select(customers.c.golden_id, customers.c.merged_into)
        rows = conn.execute(chosen.where(among(conn, customers.c.golden_id, sorted(wanted)))).all()
        known |= {row.golden_id: row.merged_into for row in rows}
        wanted = {row.merged_into for row in rows if row.merged_into} - known.keys()
    return {one: last for one in golden_ids if one in known and (last := _last(known, one)) in known}


def _last(known: Mapping[str, str | None], golden_id: str) -> str:
    seen: set[str] = set()
    while golden_id not in seen and (into := known.get(golden_id)):
        seen.add(golden_id)
        golden_id = into
    return golden_id


def by_customer_code(conn: Connection, code: str) -> list[str]:
    """Golden ids of a customer code."""
    return list(conn.scalars(select(customers.c.golden_id).where(customers.c.customer_code == code)))


def by_record(conn: Connection, source: str, source_id: str) -> list[str]:
    """The customer of a system's own id; of a record that has left, the customer that it had last."""
    here = (landed.c.source == source, landed.c.source_id == source_id, landed.c.stream == "customers")
    now = list(conn.scalars(select(xref.c.golden_id).join(landed, landed.c.rid == xref.c.rid).where(*here)))
    if now:
        return now
    past = select(xref_past.c.golden_id).join(landed, landed.c.rid == xref_past.c.rid).where(*here)
    return list(conn.scalars(past.order_by(xref_past.c.until.desc()).limit(1)))


def by_records(conn: Connection, source: str, source_ids: Sequence[str]) -> dict[str, str]:
    """Source id → golden id, of a source's records that are there."""
    rows = select(landed.c.source_id, xref.c.golden_id).join(xref, xref.c.rid == landed.c.rid)
    here = (landed.c.source == source, landed.c.stream == "customers", among(conn, landed.c.source_id, source_ids))
    return {str(source_id): str(golden_id) for source_id, golden_id in conn.execute(rows.where(*here))}


def by_code(conn: Connection, text: str, sources: Sequence[str]) -> list[str]:
    """Customers of the records that people or systems know by this text: their code, or their id in one of the sources."""
    joined = select(xref.c.golden_id).join(records, records.c.rid == xref.c.rid).limit(MOST)
    own = joined.where(records.c.source.in_(sources), records.c.source_id == text)
    return list(dict.fromkeys([*conn.scalars(joined.where(records.c.code == text)), *conn.scalars(own)]))


def by_values(conn: Connection, values: Sequence[str], types: Sequence[str]) -> list[str]:
    """Customers whose records bear one of the values as their own; when nobody does, those that bear it otherwise.

    Of a number that changed hands its present holder.
    """
    joined = select(xref.c.golden_id).join(identifiers, identifiers.c.rid == xref.c.rid).distinct().limit(MOST)
    joined = joined.where(among(conn, identifiers.c.value, values), identifiers.c.type.in_(types))
    same = (reassigned.c.rid == identifiers.c.rid, reassigned.c.value == identifiers.c.value)
    held = joined.where(~exists().where(*same, reassigned.c.type == identifiers.c.type))
    own = list(conn.scalars(held.where(identifiers.c.use == "own")))
    return own or list(conn.scalars(held)) or list(conn.scalars(joined))


def summaries(conn: Connection, golden_ids: Sequence[str]) -> list[Row]:
    """What tells customers apart, by golden id."""
    return _rows(
        conn, select(*SUMMARY).where(among(conn, customers.c.golden_id, golden_ids)).order_by(customers.c.golden_id)
    )


# telling -------------------------------------------------------------------------------------------------------------


def customer(conn: Connection, golden_id: str) -> Row:
    """All columns of one customer that is there."""
    return dict(conn.execute(select(customers).where(customers.c.golden_id == golden_id)).mappings().one())


def former(conn: Connection, golden_id: str) -> list[str]:
    """Ids that lead to this one."""
    return sorted(conn.scalars(select(customers.c.golden_id).where(customers.c.merged_into == golden_id)))


def members(conn: Connection, golden_id: str) -> list[Row]:
    """Its current records, by source and id: all columns, rule and linked_at, missing_since."""
    statement = (
        select(records, xref.c.rule, xref.c.linked_at, landed.c.missing_since)
        .join(xref, xref.c.rid == records.c.rid)
        .join(landed, landed.c.rid == records.c.rid)
        .where(xref.c.golden_id == golden_id)
    )
    return sorted(_rows(conn, statement), key=lambda row: (row["source"], row["source_id"]))


def joins(conn: Connection, rids: Sequence[int]) -> list[Row]:
    """Edges among these records."""
    return _ordered(_rows(conn, select(edges).where(among(conn, edges.c.rid_a, rids))))


def refused(conn: Connection, rids: Sequence[int]) -> list[Row]:
    """Refused joins that touch these records."""
    touched = or_(among(conn, refusals.c.rid_a, rids), among(conn, refusals.c.rid_b, rids))
    return _ordered(_rows(conn, select(refusals).where(touched)))


def changed_hands(conn: Connection, rids: Sequence[int]) -> dict[tuple[int, str, str], tuple[str, str]]:
    """(rid, type, value) of what these records bear no more, with the last time of its holder and the next one's first."""
    rows = conn.execute(select(reassigned).where(among(conn, reassigned.c.rid, rids)))
    return {(row.rid, row.type, row.value): (row.until, row.since) for row in rows}


def _ordered(rows: list[Row]) -> list[Row]:
    return sorted(
        rows, key=lambda row: (row["rid_a"], row["rid_b"], row["rule"], row["type"] or "", row["value"] or "")
    )


def parties(conn: Connection, rids: Sequence[int]) -> dict[int, Row]:
    """rid → source, source_id, names, birth date, golden_id, national_id (the first, null when none)."""
    names = ("rid", "source", "source_id", "full_name", "company_name", "birth_date")
    statement = select(*[records.c[name] for name in names], xref.c.golden_id).join(xref, xref.c.rid == records.c.rid)
    cards = select(identifiers.c.rid, identifiers.c.value).where(identifiers.c.type == "national_id")
    cards = cards.where(among(conn, identifiers.c.rid, rids)).order_by(identifiers.c.rid, identifiers.c.n.desc())
    held = {row.rid: row.value for row in conn.execute(cards)}
    rows = _rows(conn, statement.where(among(conn, records.c.rid, rids)))
    return {row["rid"]: {**row, "national_id": held.get(row["rid"])} for row in rows}


def generic(conn: Connection, rids: Sequence[int]) -> list[Row]:
    """Values of these records that join nobody: the columns of blocked_values."""
    same = (identifiers.c.value == blocked_values.c.value) & (identifiers.c.type == blocked_values.c.type)
    statement = select(blocked_values).join(identifiers, same & (identifiers.c.issuer == blocked_values.c.issuer))
    rows = _rows(conn, statement.where(among(conn, identifiers.c.rid, rids)).distinct())
    return sorted(rows, key=lambda row: (row["type"], row["value"]))


def pushes(conn: Connection, golden_ids: Sequence[str]) -> list[Row]:
    """The newest lines of the delivery ledger about these ids, newest first."""
    names = ("at", "destination", "action", "target", "state", "reason", "plan_id", "run_id")
    statement = select(*[deliveries.c[name] for name in names]).where(deliveries.c.golden_id.in_(golden_ids))
    return _rows(conn, statement.order_by(deliveries.c.seq.desc()).limit(MOST))


def acknowledged(conn: Connection, golden_id: str) -> list[Row]:
    """What each destination last said it took: destination, source_id, fields (JSON), acked_at."""
    return _rows(conn, select(sent).where(sent.c.golden_id == golden_id).order_by(sent.c.destination, sent.c.source_id))


def events(conn: Connection, golden_id: str) -> list[Row]:
    """The newest events of the change feed about this customer, oldest of them first."""
    return _rows(conn, events_of(golden_id).order_by(changes.c.seq.desc()).limit(MOST))[::-1]


def events_of(golden_id: str, *more: str) -> Select[Any]:
    """Events of the change feed about this customer; more: columns beside the usual ones."""
    names = ("at", "kind", "version", "changed", "moved", "run_id", *more)
    return select(*[changes.c[name] for name in names]).where(changes.c.golden_id == golden_id)


def order_sums(conn: Connection, golden_id: str) -> list[Row]:
    """kind, currency → count, total (minor units, signs left aside), last (newest time)."""
    total = func.sum(func.abs(orders.c.total)).cast(BigInteger).label("total")
    told = (orders.c.kind, orders.c.currency, func.count().label("count"), total, func.max(orders.c.at).label("last"))
    statement = orders_of(golden_id, *told)
    return _rows(conn, statement.group_by(orders.c.kind, orders.c.currency).order_by(orders.c.kind, orders.c.currency))


def order_list(conn: Connection, golden_id: str) -> list[Row]:
    """The newest orders, newest first."""
    names = ("source", "source_id", "code", "kind", "at", "store", "currency", "total", "paid")
    statement = orders_of(golden_id, *[orders.c[name] for name in names])
    return _rows(
        conn, statement.order_by(orders.c.at.desc().nulls_last(), orders.c.source, orders.c.source_id).limit(MOST)
    )


def orders_of(golden_id: str, *columns: Any) -> Select[Any]:
    """These columns of a customer's orders."""
    whose = and_(records.c.source == orders.c.source, records.c.source_id == orders.c.customer_source_id)
    joined = select(*columns).select_from(xref).join(records, records.c.rid == xref.c.rid).join(orders, whose)
    return joined.where(xref.c.golden_id == golden_id)


def versions(conn: Connection, golden_id: str) -> dict[int, str]:
    """Version → document, of versions that were replaced."""
    statement = select(history.c.version, history.c.doc).where(history.c.golden_id == golden_id)
    return {int(version): str(doc) for version, doc in conn.execute(statement)}
