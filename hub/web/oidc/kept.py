"""A document of the provider, kept for a while.

Belongs here: when it is fetched anew. Does not: fetching (fetch.py). For the event loop's thread only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from hub.web.oidc.fetch import Away

FRESH, STALE = 3_600.0, 86_400.0
"""Seconds after which it is fetched anew; for which it still serves when that fails."""
PAUSE, APART = 10.0, 30.0
"""Seconds after a failure in which nobody tries again; at least so many between two fetches out of turn."""
T = TypeVar("T")


class Kept(Generic[T]):
    """Fetched when it is asked for, by one at a time; a provider that is down is not asked by every visitor."""

    def __init__(self, fetch: Callable[[], Awaitable[T]], clock: Callable[[], float]) -> None:
        self._fetch, self._clock, self._lock = fetch, clock, asyncio.Lock()
        self._value: tuple[T, float] | None = None
        self._failed: tuple[float, str] | None = None
        self._hurried: float | None = None

    async def get(self) -> T:
        """The document. Raises Away."""
        async with self._lock:
            if self._value is None or self._clock() - self._value[1] > FRESH:
                await self._renew()
            return self._serving()

    async def again(self) -> T:
        """The document fetched out of turn, unless that was done a moment ago. Raises Away."""
        async with self._lock:
            if self._hurried is None or self._clock() - self._hurried > APART:
                self._hurried = self._clock()
                await self._renew()
            return self._serving()

    async def _renew(self) -> None:
        if self._failed is not None and self._clock() - self._failed[0] < PAUSE:
            return
        try:
            self._value, self._failed = (await self._fetch(), self._clock()), None
        except Away as error:
            self._failed = self._clock(), error.code

    def _serving(self) -> T:
        if self._value is not None and self._clock() - self._value[1] <= STALE:
            return self._value[0]
        raise Away(self._failed[1] if self._failed else "stale")
