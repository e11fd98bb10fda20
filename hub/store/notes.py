"""Small facts that the hub keeps about itself: the table `meta`, key and value as text.

Belongs here: reading and writing them. Does not: what they mean.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from hub.store.tables import meta


def get(conn: Connection, key: str) -> str | None:
    """The value of a key, None when there is none."""
    return conn.scalar(select(meta.c.value).where(meta.c.key == key))


def put(conn: Connection, key: str, value: str) -> None:
    """Keep a value under a key."""
    conn.execute(delete(meta).where(meta.c.key == key))
    conn.execute(insert(meta).values(key=key, value=value))


def drop(conn: Connection, key: str) -> None:
    """Forget a key."""
    conn.execute(delete(meta).where(meta.c.key == key))
