"""The time of one vendor. Belongs here: now, offsets and skew. Formats of time stamps belong to the vendors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime


class Clock:
    """A vendor's own clock: real time, moved by tests (`advance`) and by a hostile profile (`skew`), or frozen."""

    def __init__(self) -> None:
        self.offset = timedelta()
        self.skew = timedelta()
        self._frozen: datetime | None = None

    def now(self) -> datetime:
        """Aware, UTC."""
        base = self._frozen if self._frozen is not None else datetime.now(UTC)
        return base + self.offset + self.skew

    def advance(self, seconds: float) -> None:
        """Moves the time by so many seconds, for good."""
        self.offset += timedelta(seconds=seconds)

    def freeze(self, at: datetime) -> None:
        """Stand still at `at` (aware); `advance` still moves it."""
        self._frozen = at.astimezone(UTC)
        self.offset = timedelta()

    def run(self) -> None:
        """Real time again."""
        self._frozen = None
        self.offset = timedelta()

    def http_date(self, seconds_ahead: float = 0.0) -> str:
        """RFC 9110 date, as in the Date and Retry-After headers."""
        return format_datetime((self.now() + timedelta(seconds=seconds_ahead)).replace(microsecond=0), usegmt=True)
