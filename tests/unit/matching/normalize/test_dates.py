"""Birth dates as typed and what they mean."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.matching.normalize.dates import BirthDate, normalize_birth_date, normalize_birth_dates


def _told(one: BirthDate) -> tuple[str | None, str | None, str | None]:
    return one.value, one.reason, one.old


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1990-05-20", "1990-05-20"),
        ("1990-05", "1990-05"),
        ("1990", "1990"),
        ("--05-20", "--05-20"),
        ("20/05/1990", "1990-05-20"),
        ("3-2-90", "1990-02-03"),
        ("3/2/05", "2005-02-03"),
        ("20.5.1990", "1990-05-20"),
        ("Mar 1 1970", "1970-03-01"),
        ("24-May-11", "2011-05-24"),
        ("March 1st, 1970", "1970-03-01"),
        ("May 1990", "1990-05"),
        ("20 tháng 5 năm 1990", "1990-05-20"),
        ("ngày 20/5/1990", "1990-05-20"),
        ("tháng 5 1990", "1990-05"),
        ("1990-05-20T00:00:00.0000000", "1990-05-20"),
        ("1990-05-20 00:00:00", "1990-05-20"),
        ("1990-05-20T00:00:00+07:00", "1990-05-20"),
        ("5/20/1990 12:00:00 AM", "1990-05-20"),
        ("00/00/1990", "1990"),
        ("00/05/1990", "1990-05"),
        ("5/1990", "1990-05"),
        ("1990.0", "1990"),
        ("19900520", "1990-05-20"),
        ("20051990", "1990-05-20"),
        ("２０/０５/１９９０", "1990-05-20"),
        ("1604-05-20", "--05-20"),
        ("20/5", "--05-20"),
        ("29/02/2024", "2024-02-29"),
        ("--02-29", "--02-29"),
    ],
)
def test_forms_people_and_programs_type(typed: str, value: str) -> None:
    assert normalize_birth_date(typed).value == value


@pytest.mark.parametrize("typed", ["1990-05-19T17:00:00Z", "1990-05-19T17:00:00.0000000Z"])
def test_midnight_in_vietnam_told_in_utc_is_the_next_day(typed: str) -> None:
    assert normalize_birth_date(typed).value == "1990-05-20"


@pytest.mark.parametrize(
    ("typed", "order", "value"),
    [
        ("8/20/91", "dmy", "1991-08-20"),
        ("20/8/1991", "mdy", "1991-08-20"),
        ("3/2/90", "mdy", "1990-03-02"),
        ("90/05/20", "ymd", "1990-05-20"),
        ("05/20", "dmy", "--05-20"),
        ("05201990", "dmy", "1990-05-20"),
    ],
)
def test_a_date_that_can_only_be_read_another_way_is_read_that_way(typed: str, order: str, value: str) -> None:
    assert normalize_birth_date(typed, order).value == value


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "date.empty"),
        ("-", "date.empty"),
        ("không", "date.empty"),
        ("00/00/0000", "date.empty"),
        ("31/02/1990", "date.invalid"),
        ("29/02/2023", "date.invalid"),
        ("13/13/1990", "date.invalid"),
        ("abc", "date.invalid"),
        ("32983", "date.invalid"),
        ("1990-20-05", "date.invalid"),
        ("1900-01-01", "date.implausible"),
        ("01/01/1900", "date.implausible"),
        ("0001-01-01T00:00:00", "date.implausible"),
        ("1899-12-30", "date.implausible"),
        ("2150", "date.implausible"),
    ],
)
def test_what_is_no_birth_date_is_refused_with_its_reason(typed: str, reason: str) -> None:
    found = normalize_birth_date(typed)
    assert (found.value, found.reason) == (None, reason)


@pytest.mark.parametrize(("text", "old"), [("1861-08-18", "1861-08-18"), ("1753-01-01", None), ("0185-03-02", None)])
def test_a_day_too_early_for_a_customer_is_kept_for_comparing_only(text: str, old: str | None) -> None:
    assert normalize_birth_date(text) == BirthDate(None, "date.implausible", old)
    assert normalize_birth_dates(pl.Series([text])).rows() == [(None, "date.implausible", old)]


def test_a_date_after_today_is_implausible() -> None:
    assert normalize_birth_date("2026-11-22", today="2026-11-21").reason == "date.implausible"


def test_two_digits_of_a_year_never_lie_in_the_future_of_today() -> None:
    assert normalize_birth_date("1/1/27", today="2026-11-21").value == "1927-01-01"


def test_an_excel_day_is_read_only_when_asked() -> None:
    assert normalize_birth_date("32983", serial=True).value == "1990-04-20"


@given(st.dates(min_value=date(1901, 1, 1), max_value=date(2099, 1, 1)))
def test_every_day_is_found_again_in_its_own_forms(day: date) -> None:
    iso = str(day)
    year, month, dom = iso.split("-")
    forms = (iso, f"{dom}/{month}/{year}", f"{year}{month}{dom}", f"{int(dom)}.{int(month)}.{year}", f"{iso}T00:00:00")
    assert {normalize_birth_date(form).value for form in forms} == {iso}


@given(st.lists(st.one_of(st.none(), st.text("0123456789/-. :TZaMr", max_size=12)), max_size=30))
def test_bulk_agrees_with_the_reference(cells: list[str | None]) -> None:
    expected = [(None, None, None) if c is None else _told(normalize_birth_date(c)) for c in cells]
    assert normalize_birth_dates(pl.Series(cells, dtype=pl.String)).rows() == expected


@pytest.mark.parametrize("order", ["dmy", "mdy", "ymd"])
@pytest.mark.parametrize("today", [None, "2004-02-29"])
def test_dates_in_digits_agree_with_the_reference(order: str, today: str | None) -> None:
    forms = ("{d}/{m}/{y}", "{d:02d}-{m:02d}.{y:04d}", "{y:04d}-{m:02d}-{d:02d}", "{y}/{m}/{d}")
    years = (0, 1, 26, 1604, 1899, 1900, 1996, 2004, 2026, 2100, 2101)
    days = [(y, m, d) for y in years for m in (0, 1, 2, 3, 12, 13) for d in (0, 1, 12, 13, 28, 29, 30, 31, 32)]
    cells = [form.format(y=y, m=m, d=d) for form in forms for y, m, d in days]
    expected = [normalize_birth_date(cell, order, today=today) for cell in cells]
    found = normalize_birth_dates(pl.Series(cells), order, today=today).rows()
    assert found == [_told(one) for one in expected]
