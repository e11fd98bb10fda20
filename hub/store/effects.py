"""What a change of who is who would touch besides customers: orders, and records in systems that are written to.

Belongs here: counting them. Does not: what would change (flow.effect).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select

from hub.store.bulk import among
from hub.store.tables import orders, records, xref


def orders_of(conn: Connection, rids: Sequence[int]) -> int:
    """How many orders hang on these records."""
    same = (orders.c.source == records.c.source) & (orders.c.customer_source_id == records.c.source_id)
    statement = select(func.count()).select_from(records).join(orders, same)
    return conn.scalar(statement.where(among(conn, records.c.rid, list(rids)))) or 0


def held_at(conn: Connection, golden_ids: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
    """golden id → source → how many of the customer's records stand there now."""
    statement = select(xref.c.golden_id, records.c.source, func.count()).join(records, records.c.rid == xref.c.rid)
    grouped = statement.where(among(conn, xref.c.golden_id, list(golden_ids))).group_by(
        xref.c.golden_id, records.c.source
    )
    found: dict[str, dict[str, int]] = {}
    for golden_id, source, count in conn.execute(grouped):
        found.setdefault(golden_id, {})[source] = count
    return found
