"""Vietnamese digits to a national number: trunk and country prefixes, the tables of 2017 and 2018, lost zeros.

Belongs here: what only the Vietnamese plan knows. Does not: cutting cells (phone_text.py), validity (phone.py).
"NSN" is the number without trunk zero and country code: 912345678, 2438251234, 19001234.
Tables: vn_old_mobile.tsv, vn_old_landline.tsv.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from hub.matching.normalize.tables import read_table

_HOTLINE = re.compile(r"1[89]00[0-9]{4,6}")
_MOBILE_SHAPE = re.compile(r"[35789][0-9]{8}")
_LANDLINE_SHAPE = re.compile(r"2[0-9]{9}")


@dataclass(frozen=True, slots=True)
class Reading:
    """nsn: None without a Vietnamese form. migrated: by the table of 2018. repaired: a zero was added or taken."""

    nsn: str | None
    migrated: bool = False
    repaired: bool = False


@cache
def old_mobile() -> dict[str, str]:
    """Old prefix -> new prefix, both without the trunk zero: `120` -> `70`."""
    return {row["old"][1:]: row["new"][1:] for row in read_table("vn_old_mobile.tsv")}


@cache
def ambiguous_codes() -> tuple[str, ...]:
    """Old area codes, without trunk zero, whose numbers read as somebody's mobile today."""
    return tuple(row["old"][1:] for row in read_table("vn_old_landline.tsv") if row["safety"] == "ambiguous")


def read_vn(digits: str, plus: bool) -> Reading:
    """The NSN behind digits as typed (plus: with an international prefix, then they begin with 84)."""
    rest, lost, repaired = _without_prefix(digits, plus)
    if len(rest) == 10 and rest[:3] in old_mobile():
        return Reading(old_mobile()[rest[:3]] + rest[3:], migrated=True, repaired=repaired or lost)
    if not lost or _HOTLINE.fullmatch(rest):
        return Reading(rest, repaired=repaired)
    if _MOBILE_SHAPE.fullmatch(rest) or _LANDLINE_SHAPE.fullmatch(rest):
        return Reading(rest, repaired=True)
    return Reading(None)


def _without_prefix(digits: str, plus: bool) -> tuple[str, bool, bool]:
    """(digits after country code and trunk zero, neither was there, a wrong prefix was mended)."""
    if plus:
        return digits[2:].removeprefix("0"), False, False
    if digits.startswith("0084"):
        return digits[4:].removeprefix("0"), False, False
    if digits.startswith("84") and (11 <= len(digits) <= 13 or _HOTLINE.fullmatch(digits[2:])):
        return digits[2:].removeprefix("0"), False, False
    if digits.startswith("084") and 12 <= len(digits) <= 13:
        return digits[3:], False, True
    return digits.removeprefix("0"), not digits.startswith("0"), False


def landline_of_2017(nsn: str) -> str | None:
    """The NSN of today for a landline written with its old area code, where that is certain; else None.

    The caller has found that `nsn` is no valid number today; codes whose old form is a mobile are never converted.
    """
    for code, size, barred, new in _safe_landlines():
        if len(nsn) == size and nsn.startswith(code):
            return None if nsn[len(code)] in barred else new + nsn[len(code) :]
    return None


@cache
def _safe_landlines() -> tuple[tuple[str, int, str, str], ...]:
    """Old area code, digits of a whole number, digits that may not follow the code, new area code."""
    rows = [row for row in read_table("vn_old_landline.tsv") if row["safety"] == "safe"]
    return tuple(
        (row["old"][1:], len(row["old"]) - 1 + int(row["local"]), row["except"], row["new"][1:]) for row in rows
    )


@cache
def safe_codes(digits: int) -> tuple[str, ...]:
    """Old area codes (without the trunk zero) of which NSNs of so many digits are converted for certain."""
    return tuple(sorted({code for code, size, *_ in _safe_landlines() if size == digits}))


def is_ambiguous(nsn: str) -> bool:
    """Whether a mobile's NSN was a landline before 2017: on a record that old it may be another person's number."""
    return len(nsn) == 9 and nsn.startswith(ambiguous_codes())


def is_unassigned(nsn: str) -> bool:
    """Whether an invalid NSN has a mobile's shape: the plan grows, so the block may be younger than our tables."""
    return _MOBILE_SHAPE.fullmatch(nsn) is not None
