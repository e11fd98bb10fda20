"""KiotViet's time stamps: naive, shop local time (+07:00), seven fraction digits."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

WHOLE = len("2020-08-22T08:40:34.0970000")
LOCAL = timezone(timedelta(hours=7))
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)[T ]?(\d\d:\d\d(?::\d\d)?)?(?:\.(\d{1,7}))?(Z|[+-]\d\d:?\d\d)?")


def stamp(at: datetime) -> str:
    """`at` is aware."""
    return at.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0"


def normal(text: str) -> str:
    """Any time stamp of the documents in the one form that sorts; ValueError when it is none.

    With an offset it is moved to local time, as the server's parser does; without one it is local time."""
    if len(text) == WHOLE and text[10] == "T" and text[19] == "." and text[20:].isdigit():
        datetime.fromisoformat(text[:19])
        return text
    match = _STAMP.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a time stamp")
    day, clock, fraction, zone = match.groups()
    moment = datetime.fromisoformat(f"{day}T{clock or '00:00:00'}")
    if zone:
        moment = _shifted(moment, zone)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + "." + (fraction or "").ljust(7, "0")


def _shifted(moment: datetime, zone: str) -> datetime:
    aware = moment.replace(tzinfo=UTC) if zone == "Z" else datetime.fromisoformat(moment.isoformat() + zone)
    return aware.astimezone(LOCAL).replace(tzinfo=None)
