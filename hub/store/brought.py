"""Records that pulls have brought since a moment, and when a source was last seen whole.

Belongs here: SELECTs for finding a create whose outcome nobody told. Does not: comparing records (flow.settle).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, and_, func, select

from hub.store.tables import created_records, landed, raw_records, records, source_state


def since(conn: Connection, source: str, moment: str) -> Iterator[tuple[str, str]]:
    """source_id and document of records whose first version landed after the moment, in order; not those known as the hub's."""
    first = (
        select(raw_records.c.rid)
        .join(landed, landed.c.rid == raw_records.c.rid)
        .where(landed.c.source == source)
        .group_by(raw_records.c.rid)
        .having(func.min(raw_records.c.landed_at) > moment)
    )
    mine = and_(created_records.c.source == records.c.source, created_records.c.source_id == records.c.source_id)
    statement = (
        select(records.c.source_id, records.c.doc)
        .join(created_records, mine, isouter=True)
        .where(records.c.source == source, records.c.rid.in_(first), created_records.c.source.is_(None))
        .order_by(records.c.source_id)
    )
    for row in conn.execute(statement):
        yield row.source_id, row.doc


def before(conn: Connection, source: str, source_ids: Sequence[str], moment: str) -> set[str]:
    """Those of these records whose first version landed by that moment."""
    first = (
        select(landed.c.source_id)
        .join(raw_records, raw_records.c.rid == landed.c.rid)
        .where(landed.c.source == source, landed.c.source_id.in_(source_ids))
        .group_by(landed.c.source_id)
        .having(func.min(raw_records.c.landed_at) <= moment)
    )
    return set(conn.scalars(first))


def swept(conn: Connection, source: str) -> str | None:
    """When the last complete sweep of a source ended; None when there was none."""
    return conn.scalar(select(source_state.c.last_sweep).where(source_state.c.source == source))
