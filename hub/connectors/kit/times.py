"""Vendors' ways of writing times, made canonical, and back.

Belongs here: parsing and printing of moments. Does not: dates of birth (matching), clocks (context.now).
Canonical = `2026-11-21T10:00:00.000Z`, see hub.model.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hub.errors import ConfigError
from hub.model import Json, from_utc_text, utc_text


def zone(name: str) -> tzinfo:
    """The time zone of that name; ConfigError when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError(f"unknown time zone {name}", path="hub.timezone") from None


def canonical(value: Json, assume: tzinfo = UTC) -> str | None:
    """ISO 8601 text (`Z`, offset, or naive = `assume`) as canonical text; None when it is no time."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return _text(moment if moment.tzinfo else moment.replace(tzinfo=assume))


def from_http(value: str | None) -> str | None:
    """An HTTP date (RFC 9110) as canonical text; None when missing or unreadable."""
    try:
        return _text(parsedate_to_datetime(value or ""))
    except (ValueError, TypeError, IndexError):
        return None


def _text(moment: datetime) -> str | None:
    """Years before 1000 (`0001-01-01`, the .NET way to say "never") are no times."""
    try:
        text = utc_text(moment)
    except (OverflowError, ValueError):
        return None
    return text if len(text) == 24 and moment.year >= 1000 else None


def naive(text: str, local: tzinfo = UTC) -> str:
    """Canonical text as local wall-clock time without zone, seconds precision, rounded down."""
    return from_utc_text(text).astimezone(local).strftime("%Y-%m-%dT%H:%M:%S")


def offset(text: str) -> str:
    """Canonical text with `+00:00` and seconds precision, rounded down."""
    return naive(text) + "+00:00"


def shift(text: str, seconds: float) -> str:
    """The canonical time `seconds` later (earlier when negative)."""
    return utc_text(from_utc_text(text) + timedelta(seconds=seconds))


def seconds_between(earlier: str, later: str) -> float:
    """Seconds from one canonical time to another."""
    return (from_utc_text(later) - from_utc_text(earlier)).total_seconds()


def latest(*texts: str | None) -> str | None:
    """The latest of canonical times, None when none is given."""
    return max((text for text in texts if text), default=None)


def earliest(*texts: str | None) -> str | None:
    """The earliest of canonical times, None when none is given."""
    return min((text for text in texts if text), default=None)
