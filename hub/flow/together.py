"""What runs together in a workspace (`hub up`): who holds it, which processes there are and how each does.

Belongs here: the lock and the small file that says so (`data/up.lock`, `data/up.json`). Does not: starting and restarting (cli).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from hub.errors import LockedError
from hub.flow.lock import FileLock
from hub.flow.run import utc_now
from hub.settings import Settings


@dataclass(frozen=True, slots=True)
class Process:
    """One process. since: time of its state, canonical. restarts: how often it was begun again. port: 0 where it has none.

    state: starting (begun, does not answer yet) | running | waiting (it ended and begins again soon) | stopped.
    """

    state: str
    pid: int = 0
    restarts: int = 0
    since: str = ""
    port: int = 0


def state_file(settings: Settings) -> Path:
    """Where the states stand while `hub up` runs."""
    return _folder(settings) / "up.json"


def _folder(settings: Settings) -> Path:
    folder = settings.workspace / "data"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def held(settings: Settings, address: str, pid: int | None = None) -> Iterator[None]:
    """Hold the workspace for one `hub up` (or `hub dagster`). pid: the process to end, where that is not this one.

    Raises LockedError, which says who has it.
    """
    lock = FileLock(_folder(settings) / "up.lock")
    if not lock.take():
        raise LockedError(
            f"this workspace is up already: {_holder(lock.path)}", hint="end that one first", code="up.held"
        )
    told = {"pid": pid or os.getpid(), "since": utc_now(), "address": address}
    lock.path.write_bytes(orjson.dumps(told))
    try:
        yield
    finally:
        lock.close()


def _holder(path: Path) -> str:
    try:
        told = orjson.loads(path.read_bytes())
        return f"process {told['pid']}, since {told['since']}, {told['address']}"
    except (OSError, ValueError, KeyError):
        return "a process that is just beginning"


def tell(path: Path, processes: Mapping[str, Process]) -> None:
    """Replace the file of states at once, so that nobody reads half of it."""
    fresh = path.with_suffix(".new")
    fresh.write_bytes(orjson.dumps({name: asdict(one) for name, one in processes.items()}))
    fresh.replace(path)


def told(path: Path) -> dict[str, Process]:
    """The processes by name; none when the file is missing or not one of ours."""
    try:
        found: Any = orjson.loads(path.read_bytes())
        return {str(name): Process(**one) for name, one in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
