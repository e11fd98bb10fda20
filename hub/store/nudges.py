"""Sources of which a vendor has told that something changed: they are to be pulled soon.

Belongs here: noting and reading that. Does not: pulling (assets, flow), who tells it (web).
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from hub.store import notes
from hub.store.tables import meta

HEAD = "nudge:"


def put(conn: Connection, source: str, at: str) -> None:
    """This source is to be pulled."""
    notes.put(conn, HEAD + source, at)


def standing(conn: Connection) -> dict[str, str]:
    """Source → when it was told last."""
    rows = conn.execute(select(meta.c.key, meta.c.value).where(meta.c.key.startswith(HEAD)))
    return {key.removeprefix(HEAD): value for key, value in rows}
