"""One run at a time per workspace: a lock of the operating system or of the database, which dies with its process.

Belongs here: taking the lock, waiting, the run's row. Does not: the steps, what a caller says while waiting.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import orjson

from hub.errors import LockedError
from hub.flow.run import Run
from hub.model import Json
from hub.store import runs
from hub.store.engine import Store

WAIT_SECONDS = 600.0
STEP_SECONDS = 0.1


class FileLock:
    """`flock` on a file that also says, for people, who holds it."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self.path = path

    def take(self) -> bool:
        """Try once."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def sign(self, run_id: str) -> None:
        """Write down the holder."""
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, orjson.dumps({"run_id": run_id, "pid": os.getpid()}), 0)

    def close(self) -> None:
        """Let go."""
        os.ftruncate(self._file, 0)
        os.close(self._file)


def holder(store: Store) -> Mapping[str, Json] | None:
    """Who holds the workspace, as far as can be told: run_id and pid. None: nobody is written down."""
    if store.folder is not None:
        path = store.folder / "hub.lock"
        text = path.read_bytes() if path.exists() else b""
        found: Mapping[str, Json] | None = orjson.loads(text) if text else None
        return found
    with store.read() as conn:
        return runs.running(conn)


@contextmanager
def lock(
    store: Store,
    run: Run,
    *,
    seconds: float = WAIT_SECONDS,
    step: float = STEP_SECONDS,
    said: Callable[[str], None] = lambda who: None,
    wait: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Hold the workspace for the run. Waits up to `seconds`, looking again after each `step`; `said` is told once for whom.

    Raises LockedError when the time is over. Runs left `running` by dead processes are closed as failed.
    """
    held = FileLock(store.folder / "hub.lock") if store.folder is not None else runs.ServerLock(store)
    try:
        _take(held, store, seconds, step, said, wait)
        if isinstance(held, FileLock):
            held.sign(run.run_id)
        close_dead_runs(store, run)
        yield
    finally:
        _close(held)


def _take(
    held: FileLock | runs.ServerLock,
    store: Store,
    seconds: float,
    step: float,
    said: Callable[[str], None],
    wait: Callable[[float], None],
) -> None:
    left, told = seconds, False
    while not held.take():
        if not told:
            said(_who(store))
            told = True
        if left <= 0:
            raise LockedError(f"another run holds the workspace: {_who(store)}", hint="wait for it, or end it")
        wait(step)
        left -= step


def _close(held: FileLock | runs.ServerLock) -> None:
    held.close()


def _who(store: Store) -> str:
    found = holder(store)
    return f"run {found['run_id']}, process {found['pid']}" if found else "an unknown process"


def start_run(store: Store, run: Run) -> None:
    """Write down that the run began (the caller holds the lock)."""
    with store.begin() as conn:
        runs.start(conn, run.run_id, run.trigger, run.now(), os.getpid())


def end_run(store: Store, run: Run, status: str, report: Mapping[str, Json] | None = None) -> None:
    """Write down how it ended: ok | degraded | held | failed."""
    with store.begin() as conn:
        runs.end(conn, run.run_id, status, run.now(), report)


def close_dead_runs(store: Store, run: Run) -> list[str]:
    """Close runs that died; only under the lock. Gives their ids. Nothing is written when there is none."""
    with store.read() as conn:
        if not runs.dead(conn, run.run_id):
            return []
    with store.begin() as conn:
        return runs.close_dead(conn, run.now(), run.run_id)
