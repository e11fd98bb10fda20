"""A birth date as typed to `YYYY-MM-DD`, `YYYY-MM`, `YYYY` or `--MM-DD`: pure, without a clock.

Belongs here: forms of dates, what is plausible as a birth date, its bulk twin (each distinct text is read once).
Does not: times of records (connectors give canonical UTC text), comparing birth dates (matching).
Table: months.tsv.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

import polars as pl

from hub.matching.normalize.tables import read_table
from hub.matching.normalize.text import folded, plain

FIRST_YEAR, LAST_YEAR = 1900, 2100
OLDEST_YEAR = 1200
"""From this year on a date before FIRST_YEAR is still something that two records may have in common."""
NO_DATE = frozenset({"1753-01-01", "1800-01-01", "1899-12-30", "1899-12-31", "1858-11-17", "1601-01-01", "1582-10-15"})
"""Days on which calendars of programs begin."""
PIVOT = 26
"""Two-digit years up to this one are 20yy where no `today` is given."""
NO_YEAR = frozenset({0, 1, 1604})
"""Years that programs write for "no year"; with January 1 of year 1 the whole date is none (.NET's smallest)."""
_PART = r"([0-9]{1,4})"
_TIME = re.compile(
    r"[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)? ?(?:[AaPp]\.?[Mm]\.?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?$"
)
_MIDNIGHT_OF_UTC_7 = re.compile(r"T17:00(?::00(?:\.0+)?)?(?:Z|\+00:?00)$")
_NUMBERS = re.compile(rf"{_PART}\s?[-/. ,]\s?{_PART}\s?[-/. ,]\s?{_PART}")
_PAIR = re.compile(rf"{_PART}\s?[-/.]\s?{_PART}")
_NO_YEAR = re.compile(r"--([0-9]{2})-?([0-9]{2})")
_EIGHT = re.compile(r"[0-9]{8}")
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_EPOCH = date(1899, 12, 30)
_NOTHING = frozenset({"", "khong", "khong co", "ko", "none", "null", "nan", "nat", "n a", "na", "unknown", "chua co"})
_DAY_FIRST = r"^([0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4})$"
_YEAR_FIRST = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})$"
_DAY_FORMS = {"dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y"}
_ORDERS: Mapping[str, tuple[str, ...]] = {"dmy": ("dmy", "mdy"), "mdy": ("mdy", "dmy"), "ymd": ("ymd", "dmy", "mdy")}


@dataclass(frozen=True, slots=True)
class BirthDate:
    """value: None when nothing usable was typed; reason then: date.empty | invalid (no such day) | implausible.

    old: a day that no customer of today was born on; no birth date, but two records that tell it may be compared by it.
    """

    value: str | None
    reason: str | None
    old: str | None = None


@dataclass(frozen=True, slots=True)
class _Settings:
    order: str
    today: str | None
    serial: bool


def normalize_birth_date(text: str, order: str = "dmy", *, today: str | None = None, serial: bool = False) -> BirthDate:
    """The birth date in `text`.

    order: dmy | mdy | ymd, how dates in digits are meant; a date that can only be read another way is read that way.
    today: `YYYY-MM-DD`, later dates are refused; without it only years beyond 2100 are. serial: five digits are an
    Excel day (1900 system). A day or month of 00 is unknown; January 1 of 1900 is what programs write for none.
    """
    return _birth_date(text, _Settings(order, today, serial))


@lru_cache(maxsize=1 << 17)
def _birth_date(text: str, rules: _Settings) -> BirthDate:
    typed = plain(text)
    if folded(typed) in _NOTHING:
        return BirthDate(None, "date.empty")
    found = _read(_without_time(typed), rules)
    if found is None:
        return BirthDate(None, "date.invalid")
    return _checked(found, rules) if _exists(*found) else BirthDate(None, "date.invalid")


def _without_time(typed: str) -> str:
    """The day; midnight of Vietnam told in UTC (17:00Z) belongs to the next one."""
    if _MIDNIGHT_OF_UTC_7.search(typed):
        try:
            return str(date.fromisoformat(typed[:10]) + timedelta(days=1))
        except (ValueError, OverflowError):
            return typed[:10]
    return _TIME.sub("", typed)


def _read(typed: str, rules: _Settings) -> tuple[int, int, int] | None:
    """(year, month, day), 0 where not told, not yet checked against the calendar; None when no form fits."""
    no_year = _NO_YEAR.fullmatch(typed)
    if no_year:
        return 0, int(no_year.group(1)), int(no_year.group(2))
    if rules.serial and (serial := _SERIAL.fullmatch(typed)):
        day = _EPOCH + timedelta(days=int(serial.group(1)))
        return day.year, day.month, day.day
    if _EIGHT.fullmatch(typed):
        return _eight(typed, rules)
    words = _month_in_digits(typed)
    numbers = _NUMBERS.fullmatch(words)
    if numbers:
        return _three(numbers.groups(), rules, named=words != typed)
    pair = _PAIR.fullmatch(words)
    if pair:
        return _two(pair.group(1), pair.group(2), rules)
    year = re.fullmatch(r"([0-9]{4})(?:\.0)?", words)
    return (int(year.group(1)), 0, 0) if year else None


def _month_in_digits(typed: str) -> str:
    """`24-May-11` to `24/5/11`, `Mar 1 1970` to `1/3/1970`, `20 tháng 5 năm 1990` to `20/5/1990`; digits stay."""
    if not any(c.isalpha() for c in typed):
        return typed
    text = re.sub(r"(?<=[0-9])(?:st|nd|rd|th)\b|\b(?:ngay|nam|sinh)\b", " ", folded(typed))
    text = re.sub(r"\bthang (?=[0-9])", " ", text)
    for name, month in sorted(_months().items(), key=lambda item: -len(item[0])):
        text, swaps = re.subn(rf"(?<![a-z]){name}(?![a-z])", f" m{month} ", text, count=1)
        if swaps:
            break
    parts = text.split()
    if len(parts) == 3 and parts[0].startswith("m"):
        parts = [parts[1], parts[0], parts[2]]
    return "/".join(part.removeprefix("m") for part in parts)


@cache
def _months() -> Mapping[str, str]:
    return {row["name"]: row["month"] for row in read_table("months.tsv")}


def _eight(digits: str, rules: _Settings) -> tuple[int, int, int] | None:
    """`19900520`, else `20051990` in the order asked for."""
    iso, first, second = (digits[:4], digits[4:6], digits[6:]), digits[:2], digits[2:4]
    day_first, month_first = (digits[4:], second, first), (digits[4:], first, second)
    for form in (iso, month_first, day_first) if rules.order == "mdy" else (iso, day_first, month_first):
        year, month, day = (int(part) for part in form)
        if FIRST_YEAR <= year <= LAST_YEAR and _exists(year, month, day):
            return year, month, day
    return None


def _three(parts: tuple[str, ...], rules: _Settings, *, named: bool) -> tuple[int, int, int] | None:
    """Three numbers in the order asked for, else in one that gives a day that exists; a named month comes second."""
    if len(parts[0]) >= 3:
        orders: tuple[str, ...] = ("ymd",)
    elif named:
        orders = ("dmy", "ymd")
    else:
        orders = _ORDERS.get(rules.order, _ORDERS["dmy"])
        orders = orders if len(parts[2]) < 3 else tuple(o for o in orders if o != "ymd")
    readings = [_in_order(parts, order, rules) for order in orders]
    return next((r for r in readings if _exists(*r)), readings[0])


def _in_order(parts: tuple[str, ...], order: str, rules: _Settings) -> tuple[int, int, int]:
    told = dict(zip(order, parts, strict=True))
    return _year(told["y"], rules), int(told["m"]), int(told["d"])


def _year(text: str, rules: _Settings) -> int:
    """Two digits: the latest such year that is not in the future."""
    if len(text) > 2:
        return int(text)
    pivot = int(rules.today[2:4]) if rules.today else PIVOT
    return (2000 if int(text) <= pivot else 1900) + int(text)


def _two(first: str, second: str, rules: _Settings) -> tuple[int, int, int] | None:
    """Month and year (`05/1990`, `1990-05`), else day and month without a year."""
    if len(first) == 4 and len(second) <= 2:
        return int(first), int(second), 0
    if len(second) == 4 and len(first) <= 2:
        return int(second), int(first), 0
    if len(first) > 2 or len(second) > 2:
        return None
    day, month = (int(second), int(first)) if rules.order in {"mdy", "ymd"} else (int(first), int(second))
    return (0, month, day) if _exists(0, month, day) else (0, day, month)


def _exists(year: int, month: int, day: int) -> bool:
    """Whether the calendar has it; 0 is unknown, a day without a month is told by nobody but `00`."""
    if not 0 <= year <= 9999 or month > 12 or day > 31:
        return False
    try:
        date(year if year not in NO_YEAR and year else 2000, month or 1, day or 1)
    except ValueError:
        return False
    return True


def _checked(found: tuple[int, int, int], rules: _Settings) -> BirthDate:
    year, month, day = found
    if year in NO_YEAR:
        if month and day and found != (1, 1, 1):
            return BirthDate(f"--{month:02d}-{day:02d}", None)
        return BirthDate(None, "date.implausible" if month or day else "date.empty")
    value = f"{year:04d}" + (f"-{month:02d}" + (f"-{day:02d}" if day else "") if month else "")
    future = rules.today is not None and value > rules.today[: len(value)]
    if future or not FIRST_YEAR <= year <= LAST_YEAR or value == "1900-01-01":
        old = value if OLDEST_YEAR <= year < FIRST_YEAR and value not in NO_DATE else None
        return BirthDate(None, "date.implausible", old)
    return BirthDate(value, None)


def _usual(texts: pl.Series, order: str, today: str | None) -> pl.Series:
    """The value of whole plausible dates with a year of four digits, in the order asked for; null for all else."""
    day_first = pl.col("text").str.extract(_DAY_FIRST).str.replace_all("[-.]", "/")
    days = [day_first.str.to_date(_DAY_FORMS[order], strict=False)] if order in _DAY_FORMS else []
    days.append(pl.col("text").str.extract(_YEAR_FIRST).str.to_date("%Y-%m-%d", strict=False))
    value = pl.coalesce(days).dt.strftime("%Y-%m-%d")
    last = today or f"{LAST_YEAR}-12-31"
    plausible = (value > f"{FIRST_YEAR}-01-01") & (value <= last)
    return pl.DataFrame({"text": texts}).select(value=pl.when(plausible).then(value))["value"]


def normalize_birth_dates(
    values: pl.Series, order: str = "dmy", *, today: str | None = None, serial: bool = False
) -> pl.DataFrame:
    """value, reason and old (all null for null cells), one row per cell in the same order."""
    distinct = values.cast(pl.String).unique().drop_nulls()
    usual = pl.DataFrame({"text": distinct, "value": _usual(distinct, order, today)})
    decided = pl.col("value").is_not_null()
    rest = usual.filter(~decided)["text"]
    found = [normalize_birth_date(text, order, today=today, serial=serial) for text in rest]
    none = pl.lit(None, pl.String)
    parts = {"value": [f.value for f in found], "reason": [f.reason for f in found], "old": [f.old for f in found]}
    read = pl.DataFrame({"text": rest, **parts}, schema=dict.fromkeys(("text", *parts), pl.String))
    answers = pl.concat([usual.filter(decided).with_columns(reason=none, old=none), read])
    cells = pl.DataFrame({"text": values.cast(pl.String)})
    return cells.join(answers, on="text", how="left", maintain_order="left").select(*parts)
