"""The log of runs and the lock that PostgreSQL keeps for the workspace.

Belongs here: `runs`, the advisory lock. Does not: the lock file beside SQLite and waiting (flow.lock).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import orjson
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from hub.model import Json
from hub.store.engine import Store
from hub.store.tables import runs

LOCK = 0x6875625F72756E
"""Key of the advisory lock ("hub_run"); PostgreSQL keeps such keys apart by database."""


def start(conn: Connection, run_id: str, trigger: str, at: str, pid: int) -> None:
    """Write down that a run began."""
    values = {"run_id": run_id, "trigger": trigger, "started_at": at, "status": "running", "pid": pid}
    conn.execute(insert(runs).values(values))


def end(conn: Connection, run_id: str, status: str, at: str, report: Mapping[str, Json] | None) -> None:
    """Write down how a run ended, with its report (counts only)."""
    text = orjson.dumps(dict(report), option=orjson.OPT_SORT_KEYS).decode() if report is not None else None
    conn.execute(update(runs).where(runs.c.run_id == run_id).values(status=status, ended_at=at, report=text))


def dead(conn: Connection, but: str) -> list[str]:
    """Runs that still say `running`, except `but`; when the caller holds the lock, they are dead."""
    return list(conn.scalars(select(runs.c.run_id).where(runs.c.status == "running", runs.c.run_id != but)))


def close_dead(conn: Connection, at: str, but: str) -> list[str]:
    """Close the runs that are dead; the caller holds the lock. Gives their ids."""
    found = dead(conn, but)
    conn.execute(update(runs).where(runs.c.run_id.in_(found)).values(status="failed", ended_at=at))
    return found


def running(conn: Connection) -> Mapping[str, Any] | None:
    """The newest run that says it is going on: run_id, pid, started_at."""
    statement = select(runs.c.run_id, runs.c.pid, runs.c.started_at).where(runs.c.status == "running")
    row = conn.execute(statement.order_by(runs.c.started_at.desc()).limit(1)).mappings().one_or_none()
    return dict(row) if row is not None else None


def last(conn: Connection, count: int = 20) -> list[Mapping[str, Any]]:
    """The newest runs, newest first."""
    statement = select(runs).order_by(runs.c.started_at.desc(), runs.c.run_id.desc()).limit(count)
    return [dict(row) for row in conn.execute(statement).mappings()]


class ServerLock:
    """PostgreSQL's advisory lock on a connection of its own; the server lets go when the process dies."""

    def __init__(self, store: Store) -> None:
        self._conn = store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._held = False

    def take(self) -> bool:
        """Try once."""
        self._held = bool(self._conn.scalar(select(func.pg_try_advisory_lock(LOCK))))
        return self._held

    def close(self) -> None:
        """Let go (at once: a closed connection's server process may take its time), close, keep no pooled session."""
        if self._held:
            with suppress(SQLAlchemyError):  # the server is gone, and the lock with it
                self._conn.scalar(select(func.pg_advisory_unlock(LOCK)))
        self._conn.invalidate()
        self._conn.close()
