"""How much work one program may ask for: a bucket of units for each token, in memory.

Belongs here: buckets. Does not: what a request costs (the route table), guesses of passwords (throttle.py).
A look-up by a key is one unit, a list fifty, so that a rate that is generous to look-ups still bounds what is costly.
"""

from __future__ import annotations

import time
from collections.abc import Callable

BURST = 2.0
"""Seconds' worth of units that a bucket holds."""


class Rates:
    """Used by one thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, key: str, rate: int, cost: int) -> float:
        """Take units; seconds to wait when there are too few (nothing is taken then), else 0.

        A request that costs more than the bucket holds goes through when the bucket is full, and leaves it empty below nothing.
        """
        now = self._clock()
        left, then = self._left.get(key, (rate * BURST, now))
        left = min(left + (now - then) * rate, rate * BURST)
        needed = min(cost, rate * BURST)
        if left < needed:
            self._left[key] = (left, now)
            return (needed - left) / rate
        self._left[key] = (left - cost, now)
        return 0.0
