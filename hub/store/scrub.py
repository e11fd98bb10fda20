"""Rewriting the file of SQLite, so that nothing that was deleted can be read in free pages or in the log of changes.

Belongs here: VACUUM and the checkpoint. Does not: deciding when (flow.forget).
PostgreSQL keeps deleted rows until VACUUM, and their bytes until VACUUM FULL rewrites a table: that, its log (WAL) and its
backups are the database's owner's; docs/how-to/forget-and-disclose.md says what to run.
"""

from __future__ import annotations

from contextlib import closing

from sqlalchemy.exc import DBAPIError

from hub.store import notes
from hub.store.engine import Store, StoreConnection

NOTE = "forget.scrub"


def wanted(conn: StoreConnection) -> bool:
    """Whether values were deleted that the file may still hold."""
    return notes.get(conn, NOTE) is not None


def want(conn: StoreConnection, at: str) -> None:
    """Note, in the transaction that deletes, that the file is to be rewritten."""
    notes.put(conn, NOTE, at)


def scrub(store: Store) -> bool:
    """Rewrite the file; False when somebody reads it meanwhile (the note stays, the next run tries again)."""
    if store.sqlite and not _rewritten(store):
        return False
    with store.begin() as conn:
        notes.drop(conn, NOTE)
    return True


def _rewritten(store: Store) -> bool:
    try:
        with closing(store.engine.raw_connection()) as pooled:
            cursor = pooled.cursor()
            cursor.execute("PRAGMA temp_store = FILE")  # a copy of the whole file: never in memory
            cursor.execute("VACUUM")
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            cursor.execute("PRAGMA temp_store = MEMORY")
            return not busy
    except (DBAPIError, store.engine.dialect.dbapi.Error):  # type: ignore[union-attr]  # the dialect has its driver
        return False
