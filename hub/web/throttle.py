"""Slowing down whoever guesses: failures by address, kept in memory.

Belongs here: counting failures. Does not: lock-out of a person (flow.access), rates of tokens (rates.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

MOST_KEPT = 10_000


class Throttle:
    """So many failures in a window of seconds, then nothing more until the window is over."""

    def __init__(self, most: int = 20, window: float = 300.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._window, self._clock = most, window, clock
        self._kept: dict[str, tuple[int, float]] = {}
        self._lock = Lock()

    def wait(self, key: str) -> int:
        """Seconds that this address must wait; 0: it may try."""
        count, until = self._kept.get(key, (0, 0.0))
        left = until - self._clock()
        return int(left) + 1 if count >= self._most and left > 0 else 0

    def fail(self, key: str) -> None:
        """Count a failure."""
        with self._lock:
            now = self._clock()
            count, until = self._kept.get(key, (0, 0.0))
            self._kept[key] = (1, now + self._window) if until <= now else (count + 1, until)
            if len(self._kept) > MOST_KEPT:
                self._forget(now)

    def _forget(self, now: float) -> None:
        """Drop what is over; when all still runs, the older half."""
        left = {key: kept for key, kept in self._kept.items() if kept[1] > now}
        self._kept = left if len(left) <= MOST_KEPT else dict(list(left.items())[MOST_KEPT // 2 :])
