"""Waiting for the feed to grow: one look every fifth of a second for everybody who waits.

Belongs here: the watch. Does not: reading the feed (api/feed.py). It watches only while somebody waits.
"""

from __future__ import annotations

import asyncio

from hub.store.engine import StoreError
from hub.store.points import Points

STEP = 0.2
MOST = 500
"""So many may wait at once; who comes then is answered at once."""


class Feed:
    """The end of the feed as it was seen last."""

    def __init__(self, points: Points) -> None:
        self._points, self._waiting = points, 0

    def end(self) -> int:
        """The last number of the feed."""
        return int(self._points.rows("end")[0]["seq"])

    async def beyond(self, seq: int, seconds: float) -> None:
        """Come back when the feed has gone beyond a number, at the latest after so many seconds."""
        if self._waiting >= MOST:
            return
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        self._waiting += 1
        try:
            while not self._grown(seq) and loop.time() < until:
                await asyncio.sleep(min(STEP, max(until - loop.time(), 0)))
        finally:
            self._waiting -= 1

    def _grown(self, seq: int) -> bool:
        try:
            return self.end() > seq
        except StoreError:
            return True
