"""Birth dates that differ on paper and not in life."""

from __future__ import annotations

import polars as pl

from hub.sandbox.people.draw import Draw, people
from hub.sandbox.people.record import seen


def _pair(persons: pl.DataFrame, birth: pl.Expr) -> pl.DataFrame:
    """The whole date at the till, BIRTH in the sheet, one phone."""
    return pl.concat(
        [
            seen(persons, "pos", phone="phone", birth="birth"),
            seen(persons, "events", phone="phone", birth=birth),
        ]
    )


def birth_year_only(draw: Draw, count: int) -> pl.DataFrame:
    """The sheet knows the year of birth only: 1990."""
    return _pair(people(draw, count), pl.col("birth").str.slice(0, 4))


def first_of_january(draw: Draw, count: int) -> pl.DataFrame:
    """01/01 stands for "day not known" in the sheet."""
    return _pair(people(draw, count), pl.col("birth").str.slice(0, 4) + "-01-01")


def swapped_day_and_month(draw: Draw, count: int) -> pl.DataFrame:
    """Day and month are swapped in one of two systems: 03/02 and 02/03."""
    day, month = draw.whole(2, 7, count).cast(pl.String), draw.whole(7, 13, count).cast(pl.String)
    year = draw.whole(1955, 2005, count).cast(pl.String)
    p = people(draw, count, birth=year + "-" + month.str.zfill(2) + "-" + day.str.zfill(2))
    return _pair(p, pl.lit(year + "-" + day.str.zfill(2) + "-" + month.str.zfill(2)))


def one_digit_off(draw: Draw, count: int) -> pl.DataFrame:
    """One digit of the birth year is mistyped."""
    last = (pl.col("birth").str.slice(3, 1).cast(pl.Int64) + 1) % 10
    return _pair(
        people(draw, count), pl.col("birth").str.slice(0, 3) + last.cast(pl.String) + pl.col("birth").str.slice(4)
    )


def same_name_same_birth(draw: Draw, count: int) -> pl.DataFrame:
    """Two strangers of one common name and one birth date, phones and e-mails of their own."""
    birth = "19" + draw.whole(60, 99, count).cast(pl.String) + "-08-" + draw.whole(10, 29, count).cast(pl.String)
    common = {"family": "Nguyễn", "middle": "Văn", "given": "Hùng"}
    fixed = {key: pl.Series([value] * count, dtype=pl.String) for key, value in common.items()} | {"birth": birth}
    a, b = people(draw, count, "m", **fixed), people(draw, count, "m", **fixed)
    return pl.concat([seen(p, "events", phone="phone", email="email", birth="birth") for p in (a, b)])
