"""The numbering plans of all countries for whole columns: phonenumbers' own patterns, in its own order, applied by polars.

Belongs here: the line of national numbers, country codes. Does not: cells (phone_abroad.py, phone_bulk.py).
`lines` agrees exactly with `phone.line_of`; patterns are phonenumbers' metadata, nothing is written by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import polars as pl
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberType

from hub.matching.normalize.phone import line_of_type

NOWHERE = "001"
"""phonenumbers' region of codes that belong to no country."""
_SPECIAL = (
    ("premium_rate", PhoneNumberType.PREMIUM_RATE),
    ("toll_free", PhoneNumberType.TOLL_FREE),
    ("shared_cost", PhoneNumberType.SHARED_COST),
    ("voip", PhoneNumberType.VOIP),
    ("personal_number", PhoneNumberType.PERSONAL_NUMBER),
    ("pager", PhoneNumberType.PAGER),
    ("uan", PhoneNumberType.UAN),
    ("voicemail", PhoneNumberType.VOICEMAIL),
)
"""Types in the order in which phonenumbers asks for them, before landlines and mobiles."""


def lines(numbers: pl.Series, code: int) -> pl.Series:
    """The line of each national number (digits without a leading zero) under a country's code; null: no valid number."""
    left = pl.DataFrame({"at": pl.int_range(len(numbers), dtype=pl.UInt32, eager=True), "nsn": numbers})
    told = []
    plans = _plans(code)
    for plan in plans:
        if left.is_empty():
            break
        mine = left
        if len(plans) > 1 and plan.leading_digits is not None:
            mine = left.filter(pl.col("nsn").str.contains(_pattern(plan.leading_digits)))
        found = mine.select("at", line=_line(plan))
        if len(plans) > 1 and plan.leading_digits is None:
            found = found.filter(pl.col("line").is_not_null())
        told.append(found)
        left = left.filter(~pl.col("at").is_in(found["at"].implode()))
    told.append(left.select("at", line=pl.lit(None, pl.String)))
    return pl.concat(told).sort("at")["line"]


def _plans(code: int) -> Sequence[Any]:
    """The metadata of the regions that share a code, in the order in which phonenumbers asks them."""
    regions = COUNTRY_CODE_TO_REGION_CODE.get(code, ())
    plans = [PhoneMetadata.metadata_for_region(region, None) for region in regions]
    return [plan for plan in plans if plan is not None]


def _line(plan: Any) -> pl.Expr:
    fixed, mobile = _fits(plan.fixed_line), _fits(plan.mobile)
    both = PhoneNumberType.FIXED_LINE_OR_MOBILE
    chain: Any = pl.when(~_fits(plan.general_desc)).then(pl.lit(None, pl.String))
    for name, kind in _SPECIAL:
        if getattr(plan, name) is not None:
            chain = chain.when(_fits(getattr(plan, name))).then(pl.lit(line_of_type(kind)))
    if plan.same_mobile_and_fixed_line_pattern:
        chain = chain.when(fixed).then(pl.lit(line_of_type(both)))
    else:
        chain = chain.when(fixed & mobile).then(pl.lit(line_of_type(both)))
        chain = chain.when(fixed).then(pl.lit(line_of_type(PhoneNumberType.FIXED_LINE)))
        chain = chain.when(mobile).then(pl.lit(line_of_type(PhoneNumberType.MOBILE)))
    whole: pl.Expr = chain.otherwise(pl.lit(None, pl.String))
    return whole


def _fits(kind: Any) -> pl.Expr:
    """Whether a number has a length and the pattern of a description."""
    if kind is None or not kind.national_number_pattern:
        return pl.lit(value=False)
    fits = pl.col("nsn").str.contains(_pattern(kind.national_number_pattern) + "$")
    return fits & pl.col("nsn").str.len_bytes().is_in(kind.possible_length) if kind.possible_length else fits


def _pattern(pattern: str) -> str:
    """The pattern at the start of a text; digits are ASCII here, which is far quicker to look for."""
    return f"^(?:{pattern})".replace(r"\d", "[0-9]")


@cache
def codes() -> tuple[str, ...]:
    """The codes of all countries."""
    return tuple(str(code) for code, regions in COUNTRY_CODE_TO_REGION_CODE.items() if regions[0] != NOWHERE)


def trunk(code: int) -> str | None:
    """Pattern of a prefix that phonenumbers may take off a national number; None where there is none."""
    prefix = _plans(code)[0].national_prefix_for_parsing
    return _pattern(prefix) if prefix else None
