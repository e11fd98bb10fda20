"""Is the database in good health, and was a run left behind in it?

Belongs here: what the store's looks mean. Does not: SQL (store.health, store.migrate), mending (`hub db upgrade`, the next run).
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from hub.errors import ConfigError, HubError
from hub.flow import forget_key, webhooks
from hub.flow.finding import MIB, Finding, size, tell
from hub.flow.run import utc_now
from hub.model import from_utc_text
from hub.settings import Settings
from hub.store import audit_chain, erasures, health, migrate, runs
from hub.store.engine import Store, open_store

CHECK_SECONDS = 20.0
NEWEST_LINES = 100_000
WAL_BYTES = 256 * MIB
AHEAD_SECONDS = 60.0
"""By how much a run may have begun after now before the clock is called wrong."""


def look(settings: Settings, seconds: float = CHECK_SECONDS) -> Iterator[Finding]:
    """Findings about the database; when it cannot be opened, only that one."""
    url = settings.database
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_file():
        yield tell(settings, "database.reach", "none")
        return
    store = open_store(url)
    kind = "SQLite" if store.sqlite else "PostgreSQL"
    try:
        checked = migrate.check(store)
        yield tell(settings, "database.reach", "ok", kind=kind)
        yield _migrations(settings, checked)
        if store.sqlite:
            yield from _file(settings, store, seconds)
        if checked.current == checked.head:
            yield from _runs(settings, store)
            yield from _webhooks(settings, store)
            yield from _forgotten(settings, store)
            yield _audit(settings, store)
    except (HubError, sqlite3.Error) as error:
        told = str(error) if isinstance(error, HubError) else type(error).__name__
        yield tell(settings, "database.reach", "error", kind=kind, error=told)
    finally:
        store.dispose()


def _audit(settings: Settings, store: Store) -> Finding:
    with store.read() as conn:
        told = audit_chain.verify(conn, newest=NEWEST_LINES)
    if told.broken is None:
        return tell(settings, "audit.chain", "ok", lines=told.lines)
    return tell(settings, "audit.chain", "error", seq=told.broken)


def _webhooks(settings: Settings, store: Store) -> Iterator[Finding]:
    """Nothing where there are no receivers."""
    with store.read() as conn:
        found = webhooks.states(conn, settings, utc_now())
    bad = [one for one in found if one["failing"]]
    if found and not bad:
        yield tell(settings, "webhooks.failing", "ok")
    for one in bad:
        values = {"name": one["name"], "since": one["failing_since"], "error": one["error"]}
        yield tell(settings, "webhooks.failing", "warning", **values)


def _migrations(settings: Settings, checked: migrate.Checked) -> Finding:
    behind = checked.current is None or (checked.head is not None and checked.current < checked.head)
    case = "ok" if checked.ok else "warning" if behind else "error"
    values = {"current": checked.current or "-", "head": checked.head, "count": len(checked.drift)}
    return tell(settings, "database.migrations", case, **values)


def _file(settings: Settings, store: Store, seconds: float) -> Iterator[Finding]:
    try:
        whole = health.quick_check(store, seconds)
    except sqlite3.Error:
        whole = False
    case = "unfinished" if whole is None else "ok" if whole else "error"
    yield tell(settings, "database.integrity", case, seconds=f"{seconds:.0f}")
    log = health.wal_bytes(store)
    yield tell(settings, "database.wal", "warning" if log > WAL_BYTES else "ok", size=size(log))


def _runs(settings: Settings, store: Store) -> Iterator[Finding]:
    with store.read() as conn:
        left, newest = runs.running(conn), runs.last(conn, 1)
    case = "ok" if left is None else "running" if held(store) else "warning"
    yield tell(settings, "runs.left", case, run_id=left["run_id"] if left else "")
    now, started = utc_now(), newest[0]["started_at"] if newest else ""
    behind = bool(started) and (from_utc_text(started) - from_utc_text(now)).total_seconds() > AHEAD_SECONDS
    yield tell(settings, "clock.behind", "error" if behind else "ok", now=now, started=started)


def _forgotten(settings: Settings, store: Store) -> Iterator[Finding]:
    """Whether those who were forgotten can be known again; nothing where nobody was."""
    with store.read() as conn:
        if not erasures.any_there(conn) and not forget_key.lines(settings):
            return
        try:
            forget_key.read_key(conn, settings)
        except (ConfigError, ValueError) as error:
            told = error.message if isinstance(error, ConfigError) else f"{forget_key.KEY} cannot be read"
            yield tell(settings, "forget.key", "error", error=told)
        else:
            yield tell(settings, "forget.key", "ok")


def held(store: Store) -> bool:
    """Whether a living process holds the workspace's lock; the look lets go at once and writes nothing."""
    if store.folder is None:
        lock = runs.ServerLock(store)
        try:
            return not lock.take()
        finally:
            lock.close()
    path = store.folder / "hub.lock"
    if not path.is_file():
        return False
    file = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False
