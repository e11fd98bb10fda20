"""Everything that the store knows of one person, as rows without a limit.

Belongs here: SELECTs by the customer's ids and records. Does not: the document (flow.disclose), what others said about others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, or_, select

from hub.store.bulk import among
from hub.store.tables import (
    changes,
    consents,
    deliveries,
    history,
    holds,
    identifiers,
    landed,
    orders,
    pins,
    raw_records,
    records,
    sent,
    xref,
)

Row = Mapping[str, Any]
IDENTIFIER = ("type", "value", "issuer", "class", "use", "raw", "flags", "first_seen", "last_seen")
PIN = ("field", "value", "stood", "author", "reason", "at", "until", "active")
CONSENT = ("purpose", "channel", "address", "status", "at", "author", "reason", "active")
HOLD = ("author", "reason", "at", "active")
PUSH = ("at", "destination", "action", "target", "state", "reason")
EVENT = ("at", "kind", "version", "changed")
VERSION = ("version", "valid_from", "valid_to", "status", "doc")


def payloads(conn: Connection, rids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """rid → when its newest payload landed, and that payload as it came."""
    joined = select(landed.c.rid, raw_records.c.landed_at, raw_records.c.payload).join(
        raw_records, raw_records.c.raw_id == landed.c.raw_id
    )
    return {
        row.rid: (row.landed_at, row.payload) for row in conn.execute(joined.where(among(conn, landed.c.rid, rids)))
    }


def borne(conn: Connection, rids: Sequence[int]) -> list[Row]:
    """rid and IDENTIFIER of the records' identifiers."""
    chosen = select(identifiers.c.rid, *[identifiers.c[name] for name in IDENTIFIER])
    ordered = chosen.where(among(conn, identifiers.c.rid, rids), identifiers.c.type != "email_weak")
    return _rows(conn, ordered.order_by(identifiers.c.rid, identifiers.c.n))


def bought(conn: Connection, golden_id: str) -> list[Row]:
    """source and doc of every order."""
    whose = and_(records.c.source == orders.c.source, records.c.source_id == orders.c.customer_source_id)
    joined = select(orders.c.source, orders.c.doc).join(records, whose).join(xref, xref.c.rid == records.c.rid)
    ordered = joined.where(xref.c.golden_id == golden_id)
    return _rows(conn, ordered.order_by(orders.c.at, orders.c.source, orders.c.source_id))


def said(conn: Connection, golden_ids: Sequence[str], names: Sequence[str]) -> dict[str, list[Row]]:
    """consents, pins and holds that were entered about the customer, the oldest first."""
    told = {}
    for table, columns in ((consents, CONSENT), (pins, PIN), (holds, HOLD)):
        mine = or_(among(conn, table.c.anchor, names), among(conn, table.c.golden_id, golden_ids))
        chosen = select(*[table.c[name] for name in columns]).where(mine)
        told[table.name] = _rows(conn, chosen.order_by(table.c.at))
    return told


def went(conn: Connection, golden_ids: Sequence[str]) -> dict[str, list[Row]]:
    """deliveries (PUSH), sent (what each system last took), changes (EVENT), history (VERSION); the oldest first."""
    mine = among(conn, deliveries.c.golden_id, golden_ids)
    pushed = select(*[deliveries.c[name] for name in PUSH]).where(mine).order_by(deliveries.c.seq)
    took = select(sent.c.destination, sent.c.source_id, sent.c.fields, sent.c.acked_at).where(
        among(conn, sent.c.golden_id, golden_ids)
    )
    events = select(*[changes.c[name] for name in EVENT]).where(among(conn, changes.c.golden_id, golden_ids))
    past = select(*[history.c[name] for name in VERSION]).where(among(conn, history.c.golden_id, golden_ids))
    return {
        "deliveries": _rows(conn, pushed),
        "sent": _rows(conn, took.order_by(sent.c.destination, sent.c.source_id)),
        "changes": _rows(conn, events.order_by(changes.c.seq)),
        "history": _rows(conn, past.order_by(history.c.valid_from)),
    }


def _rows(conn: Connection, statement: Select[Any]) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in conn.execute(statement).mappings()]
