"""What was written to a destination beside what stands there now, and the last measure of how far they differ.

Belongs here: statements about sent against records, and drifts. Does not: comparing values (flow.reconcile).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, and_, delete, func, insert, select

from hub.model import Json
from hub.store.bulk import is_sqlite
from hub.store.tables import customers, drifts, landed, raw_records, records, sent

Row = Mapping[str, Any]


def written(conn: Connection, source: str, destination: str) -> Iterator[Row]:
    """Every record that the hub wrote to: source_id, sent (JSON), acked_at, state, record (JSON, None = there no more),
    landed_at, customer_code.
    """
    statement = (
        select(
            sent.c.source_id,
            sent.c.fields.label("sent"),
            sent.c.acked_at,
            sent.c.state,
            records.c.doc.label("record"),
            raw_records.c.landed_at,
            customers.c.customer_code,
        )
        .join(records, and_(records.c.source == source, records.c.source_id == sent.c.source_id), isouter=True)
        .join(landed, landed.c.rid == records.c.rid, isouter=True)
        .join(raw_records, raw_records.c.raw_id == landed.c.raw_id, isouter=True)
        .join(customers, customers.c.golden_id == sent.c.golden_id, isouter=True)
        .where(sent.c.destination == destination)
        .order_by(sent.c.source_id)
    )
    options = {} if is_sqlite(conn) else {"stream_results": True}
    for row in conn.execution_options(**options).execute(statement).mappings().yield_per(5_000):
        yield dict(row)


def held(conn: Connection, source: str) -> int:
    """Records that the system holds."""
    return int(conn.scalar(select(func.count()).select_from(records).where(records.c.source == source)) or 0)


def keep(conn: Connection, destination: str, at: str, run_id: str, report: Mapping[str, Json]) -> None:
    """Keep the measure in place of the one before."""
    conn.execute(delete(drifts).where(drifts.c.destination == destination))
    text = orjson.dumps(report, option=orjson.OPT_SORT_KEYS).decode()
    conn.execute(insert(drifts).values(destination=destination, at=at, run_id=run_id, report=text))


def kept(conn: Connection) -> list[tuple[str, str, str]]:
    """destination, at, report (JSON) of the last measures."""
    rows = conn.execute(select(drifts).order_by(drifts.c.destination)).mappings()
    return [(row["destination"], row["at"], row["report"]) for row in rows]
