"""Holidays on which shops in Vietnam greet or sell, as they come (occasions.tsv).

Belongs here: which are near. Does not: birthdays (segments.py). Days without a year are the same every year. Those of the lunar
calendar stand in the table for 2025 to 2045: computed from new moons and solar terms as they fall in UTC+7, which is how the
calendar is defined; a test computes them again. Bodies that announce days off (and days between) are not followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from hub.flow.segments import day_of, today
from hub.flow.texts import texts
from hub.model import Json
from hub.settings import Settings

TABLE = "occasions.tsv"
HOME = "VN"
DAYS = 45
"""So far ahead one looks: people prepare a month before."""


def coming(settings: Settings, now: str, days: int = DAYS) -> list[dict[str, Json]]:
    """Holidays from today on, the nearest first: key, title, on (YYYY-MM-DD), ahead (days). None outside Vietnam."""
    if settings.region != HOME:
        return []
    here = day_of(today(settings, now))
    language = "vi" if settings.language == "vi" else "en"
    found = [
        {"key": key, "title": row[language], "on": f"{one:%Y-%m-%d}", "ahead": (one - here).days}
        for key, row in texts(TABLE).items()
        for one in _days(row, here)
        if here <= one <= here + timedelta(days=days)
    ]
    return sorted(found, key=lambda one: (one["ahead"], one["key"]))


def _days(row: Mapping[str, str], here: date) -> Iterator[date]:
    for text in row["days"].split():
        whole = [text] if row["lunar"] else [f"{year}-{text}" for year in (here.year, here.year + 1)]
        yield from map(date.fromisoformat, whole)
