"""How fast a vendor may be asked: token buckets shared by everything in this process that talks to one account, in any thread.

Belongs here: the arithmetic of budgets. Does not: sleeping (kit.http), a vendor's figures (its folder).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

BURST_SHARE = 0.25
"""Part of a window's budget that may go at once; at a budget of 50% three runs an hour stay inside the limit."""


@dataclass(slots=True)
class Limiter:
    """A token bucket. rate: requests per second; burst: requests that may go at once; both already the hub's share.

    `take` returns the seconds to wait before sending; the request is counted at once, so callers simply sleep. `hold` keeps
    everybody back for as long as the vendor told one of them. rate None: no budget is known, there are holds only.
    """

    rate: float | None
    burst: float = 0.0
    clock: Callable[[], float] = time.monotonic
    _tokens: float = field(init=False)
    _at: float = field(init=False)
    _until: float = field(init=False, default=float("-inf"))
    _lock: threading.Lock = field(init=False, repr=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._tokens, self._at = self.burst, self.clock()

    def take(self) -> float:
        """Count one request; the seconds until it may be sent (0 = now)."""
        if self.rate is None:
            return 0.0
        with self._lock:
            now = self.clock()
            self._tokens = min(self.burst, self._tokens + max(0.0, now - self._at) * self.rate) - 1
            self._at = max(now, self._at)
            return max(0.0, -self._tokens / self.rate)

    def drain(self) -> None:
        """The vendor said "too many": start again from an empty bucket."""
        with self._lock:
            self._tokens = min(self._tokens, 0.0)

    def hold(self, seconds: float) -> None:
        """The vendor told one of us to wait so long: nobody asks it before that."""
        with self._lock:
            self._until = max(self._until, self.clock() + seconds)

    def held(self) -> float:
        """Seconds for which nobody may ask (0 = go on)."""
        with self._lock:
            return max(0.0, self._until - self.clock())


def window_limiter(limit: float, seconds: float, share: float, clock: Callable[[], float] = time.monotonic) -> Limiter:
    """A bucket for a vendor's limit of `limit` requests per window of `seconds`, of which the hub may use `share`.

    In any one window of an undisturbed process at most share x limit requests are sent, burst included.
    """
    budget = max(1.0, limit * share)
    burst = max(1.0, budget * BURST_SHARE)
    return Limiter(max(budget - burst, 0.5) / seconds, burst, clock)


_shared: dict[str, Limiter] = {}
_guard = threading.Lock()


def shared(key: str, make: Callable[[], Limiter]) -> Limiter:
    """The one limiter of this process for `key` (host and account); the first caller makes it."""
    with _guard:
        if key not in _shared:
            _shared[key] = make()
        return _shared[key]
