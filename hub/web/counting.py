"""Requests counted by route and status: for metrics, nothing else.

Belongs here: counting. Does not: showing them (api/health.py). A route is its template; no address is kept.
"""

from __future__ import annotations


class Counts:
    """Used by one thread. Keys: route, status."""

    def __init__(self) -> None:
        self.requests: dict[tuple[str, int], int] = {}
        self.seconds: dict[str, float] = {}

    def add(self, route: str, status: int, seconds: float) -> None:
        """One request was answered."""
        key = (route, status)
        self.requests[key] = self.requests.get(key, 0) + 1
        self.seconds[route] = self.seconds.get(route, 0.0) + seconds
