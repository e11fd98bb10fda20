"""The time that one destination may take while others are pushed beside it.

Belongs here: slices, the turn to plan. Does not: what is done in that time (push.py, send.py).
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from types import TracebackType


@dataclass(frozen=True, slots=True)
class Others:
    """What destinations of one run share: one of them is planned at a time, and all are stopped at once."""

    planning: threading.Lock = field(default_factory=threading.Lock)
    stopped: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """End every slice now."""
        self.stopped.set()


class Slice:
    """Called: whether the slice is over. As a block: a turn to plan; the wait for it does not count."""

    def __init__(self, seconds: float, others: Others) -> None:
        self._others = others
        self._end = time.monotonic() + seconds

    def __call__(self) -> bool:
        """Whether it is over (after it, a push stops at a committed write and goes on in the next run)."""
        return self._others.stopped.is_set() or time.monotonic() >= self._end

    def __enter__(self) -> None:
        asked = time.monotonic()
        self._others.planning.acquire()
        self._end += time.monotonic() - asked

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._others.planning.release()
