"""What the hub remembers of a source between runs: cursors, state, known ids.

Belongs here: cursors, source_state, ids by scope. Does not: the records themselves (landing.py, records.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, delete, func, insert, select, update

from hub.model import Json
from hub.store.engine import Store
from hub.store.tables import cursors, landed, raw_records, scopes, source_state


def cursor(conn: Connection, source: str, stream: str) -> Mapping[str, Json] | None:
    """The state from which the next pull goes on; None before the first page."""
    text = conn.scalar(select(cursors.c.cursor).where(cursors.c.source == source, cursors.c.stream == stream))
    return orjson.loads(text) if text is not None else None


def save_cursor(conn: Connection, source: str, stream: str, value: Mapping[str, Json], at: str) -> None:
    """Keep the cursor of a page, in the page's transaction."""
    text = orjson.dumps(dict(value), option=orjson.OPT_SORT_KEYS).decode()
    where = (cursors.c.source == source, cursors.c.stream == stream)
    if conn.execute(update(cursors).where(*where).values(cursor=text, updated_at=at)).rowcount == 0:
        conn.execute(insert(cursors).values(source=source, stream=stream, cursor=text, updated_at=at))


def forget_cursors(conn: Connection, source: str) -> None:
    """The next pull begins from the beginning."""
    conn.execute(delete(cursors).where(cursors.c.source == source))


def state(conn: Connection, source: str) -> Mapping[str, Any] | None:
    """The row of source_state; None when the source was never pulled."""
    row = conn.execute(select(source_state).where(source_state.c.source == source)).mappings().one_or_none()
    return dict(row) if row is not None else None


def save_state(conn: Connection, source: str, **values: Any) -> None:
    """Set the named columns of a source's state."""
    if conn.execute(update(source_state).where(source_state.c.source == source).values(**values)).rowcount == 0:
        conn.execute(insert(source_state).values(source=source, **values))


def heard(conn: Connection, source: str, at: str, newest: str | None) -> None:
    """A source spoke by itself: it is well, and its newest record is of `newest` or later."""
    before = (state(conn, source) or {}).get("newest_record")
    latest = max(filter(None, (before, newest)), default=None)
    save_state(conn, source, last_attempt=at, last_success=at, status="ok", error=None, newest_record=latest)


def usual_rows(conn: Connection, source: str) -> int | None:
    """Customers that the last complete sweeps of a source held together; None without any sweep."""
    where = (scopes.c.source == source, scopes.c.stream == "customers")
    total = conn.scalar(select(func.sum(scopes.c.usual_rows)).where(*where))
    return int(total) if total is not None else None


def latest_payload(store: Store, source: str, source_id: str) -> str | None:
    """The payload that landed last for a customer record; None when there is none."""
    where = (landed.c.source == source, landed.c.stream == "customers", landed.c.source_id == source_id)
    statement = select(raw_records.c.payload).join(landed, landed.c.raw_id == raw_records.c.raw_id).where(*where)
    with store.read() as conn:
        return conn.scalar(statement)


def known_ids(store: Store, source: str, scope: str) -> Iterator[str]:
    """Ids of the records of one scope (a file's path, "" = all) that are not removed, in order."""
    where = [landed.c.source == source, landed.c.stream == "customers", landed.c.state != "removed"]
    if scope:
        where.append(landed.c.scope == scope)
    with store.read() as conn:
        rows = conn.execute(select(landed.c.source_id).where(*where).order_by(landed.c.source_id))
        yield from rows.scalars().yield_per(10_000)
