"""Holidays: the table against the rules of the calendar and days that are known, and which are near."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lunar import solar

from hub.flow.occasions import coming
from hub.flow.texts import texts
from hub.settings import Settings

HERE = Settings(Path("hub.toml"), "")
LUNAR = {key: row for key, row in texts("occasions.tsv").items() if row["lunar"]}


@pytest.mark.parametrize("key", LUNAR)
def test_days_of_the_lunar_calendar_are_those_of_its_rules(key: str) -> None:
    month, day = map(int, LUNAR[key]["lunar"].split("/"))
    assert LUNAR[key]["days"].split() == [str(solar(year, month, day)) for year in range(2025, 2046)]


@pytest.mark.parametrize(
    ("year", "month", "day", "known"),
    [(2020, 8, 15, "2020-10-01"), (2023, 1, 1, "2023-01-22"), (2025, 8, 15, "2025-10-06"), (2007, 1, 1, "2007-02-17"),
     (1985, 1, 1, "1985-01-21"), (2030, 1, 1, "2030-02-02"), (2026, 3, 10, "2026-04-26")],
)  # fmt: skip
def test_the_rules_give_days_that_were_or_are_announced(year: int, month: int, day: int, known: str) -> None:
    """Also where Vietnam's calendar differs from China's (1985, 2007, 2030)."""
    assert solar(year, month, day) == date.fromisoformat(known)


def test_the_nearest_comes_first_across_the_new_year() -> None:
    told = coming(HERE, "2026-12-20T05:00:00.000Z")
    assert [(one["key"], one["ahead"]) for one in told] == [("christmas", 5), ("new_year", 12), ("kitchen_gods", 41)]


def test_today_is_the_shops_day() -> None:
    eve = "2026-02-16T17:30:00.000Z"
    assert coming(HERE, eve)[0]["ahead"] == 0
    assert coming(replace(HERE, language="en"), eve)[0]["title"] == "Tết (Lunar New Year)"


def test_another_country_has_other_holidays() -> None:
    assert coming(replace(HERE, region="US"), "2026-12-20T05:00:00.000Z") == []
