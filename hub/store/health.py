"""Looks at the database itself, and changes nothing.

Belongs here: integrity within a time, the log beside SQLite. Does not: what is good or bad (flow.doctor), tables (migrate).
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from hub.store.engine import Store

STEPS = 100_000
"""Steps of SQLite's machine between two looks at the clock (about a millisecond)."""


def database_file(store: Store) -> Path | None:
    """The SQLite file; None for PostgreSQL."""
    name = store.engine.url.database
    return Path(name) if store.sqlite and name else None


def wal_bytes(store: Store) -> int:
    """Size of SQLite's write-ahead log; 0 when there is none."""
    file = database_file(store)
    log = Path(f"{file}-wal") if file else None
    return log.stat().st_size if log and log.exists() else 0


def quick_check(store: Store, seconds: float) -> bool | None:
    """Whether SQLite's quick_check finds the file whole; None when the time was over first. SQLite only.

    Raises sqlite3.Error for a file that is no database. Opens it read only, on a connection of its own.
    """
    end = time.monotonic() + seconds
    conn = sqlite3.connect(f"{(database_file(store) or Path()).as_uri()}?mode=ro", uri=True)
    try:
        conn.set_progress_handler(lambda: time.monotonic() > end, STEPS)
        return [row[0] for row in conn.execute("PRAGMA quick_check(1)")] == ["ok"]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return None
        raise
    finally:
        conn.close()
