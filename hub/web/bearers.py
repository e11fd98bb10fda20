"""Whose token this is, asked of the store at most once a second for each.

Belongs here: the short memory of tokens. Does not: making and revoking them (flow.access_tokens). Used by one thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from hub.flow.access import Who, digest, who_of
from hub.flow.access_tokens import HEAD
from hub.store.points import Points

FRESH = 1.0
"""Seconds until a revoked token opens nothing more, at the latest."""
MOST_KEPT = 10_000


class Bearers:
    """Tokens by their digest; texts are kept nowhere."""

    def __init__(self, points: Points, now: Callable[[], str], clock: Callable[[], float] = time.monotonic) -> None:
        self._points, self._now, self._clock = points, now, clock
        self._kept: dict[str, tuple[float, Who | None]] = {}

    def who(self, text: str) -> Who | None:
        """The bearer; None when the token is unknown, expired or revoked."""
        if not text.startswith(HEAD) or len(text) > 200:
            return None
        key, moment = digest(text), self._clock()
        until, who = self._kept.get(key, (0.0, None))
        if until > moment:
            return who
        who = self._asked(key)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = (moment + FRESH, who)
        return who

    def _asked(self, key: str) -> Who | None:
        rows = self._points.rows("token", digest=key)
        if not rows or rows[0]["revoked_at"] or rows[0]["expires_at"] <= self._now():
            return None
        return who_of(rows[0], "token")
