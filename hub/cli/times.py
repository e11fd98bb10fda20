"""Times as people type them, on the shop's clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.errors import ConfigError
from hub.model import from_utc_text, utc_text


def day_start(text: str, timezone: str) -> str:
    """The first moment of a day (`YYYY-MM-DD`) in a timezone, as canonical time."""
    return utc_text(datetime.combine(_date(text), time(), ZoneInfo(timezone)))


def past_moment(text: str, timezone: str) -> str:
    """A moment to look back from: a day means its last moment, a time without an offset is the shop's."""
    if len(text) <= 10:
        return utc_text(datetime.combine(_date(text) + timedelta(days=1), time(), ZoneInfo(timezone)))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{text!r} is no time", hint="YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS") from None
    return utc_text(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone)))


def day_of(text: str, timezone: str) -> str:
    """The day of a canonical time in a timezone, `YYYY-MM-DD`."""
    return from_utc_text(text).astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d")


def minute_of(text: str, timezone: str) -> str:
    """The minute of a canonical time in a timezone, `YYYY-MM-DD HH:MM`."""
    return from_utc_text(text).astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{text!r} is no date", hint="YYYY-MM-DD") from None
