"""Tables of the Vietnamese plan as numpy arrays, derived from phonenumbers' own metadata at first use.

Belongs here: arrays for phone_bulk.py. Does not: prefixes written by hand (wrong on one number in a hundred).
A prefix whose numbers differ among themselves, or are hotlines, is UNDECIDED: the reference decides.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from hub.matching.normalize.phone import listed_placeholders
from hub.matching.normalize.phone_plan import lines
from hub.matching.normalize.phone_vn import is_ambiguous, landline_of_2017, old_mobile, safe_codes

UNDECIDED, MOBILE, LANDLINE, VOIP, INVALID = 0, 1, 2, 3, 4
LINES = ("unknown", "mobile", "landline", "voip", "unknown")
"""Line by code."""
VIETNAM = 84
PREFIX = 4
"""Digits of an NSN that decide its line; no pattern of the plan looks further (the tails below would differ)."""
_CODES = {"mobile": MOBILE, "landline": LANDLINE, "voip": VOIP, None: INVALID}
_TAILS = ("0000000", "9999999", "1234567", "5061728")

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]


@cache
def lines_by_prefix(digits: int) -> Bytes:
    """Line code of every NSN of `digits` digits by its first four (index 0..9999)."""
    prefixes = [str(prefix) for prefix in range(10 ** (PREFIX - 1), 10**PREFIX)]
    numbers = pl.Series([prefix + tail[: digits - PREFIX] for tail in _TAILS for prefix in prefixes])
    coded = lines(numbers, VIETNAM).replace_strict(_CODES, default=UNDECIDED, return_dtype=pl.UInt8)
    found = coded.to_numpy().reshape(len(_TAILS), len(prefixes))
    table = np.zeros(10**PREFIX, dtype=np.uint8)
    table[10 ** (PREFIX - 1) :] = np.where((found == found[0]).all(axis=0), found[0], UNDECIDED)
    return table


@cache
def migrated_prefix() -> Integers:
    """New two digits by old three (NSN), 0 where the prefix did not change in 2018."""
    table = np.zeros(1000, dtype=np.int64)
    for old, new in old_mobile().items():
        table[int(old)] = int(new)
    return table


@cache
def landline_heads(digits: int) -> Integers:
    """Digits that replace the first four of an NSN of `digits` digits with an old area code; 0 = it stays invalid."""
    tail = "0" * (digits - PREFIX)
    heads = np.zeros(10**PREFIX, dtype=np.int64)
    codes = safe_codes(digits)
    converted = {
        prefix: new
        for prefix in range(10**PREFIX)
        if f"{prefix:04d}".startswith(codes) and (new := landline_of_2017(f"{prefix:04d}{tail}")) is not None
    }
    today = lines(pl.Series(converted.values(), dtype=pl.String), VIETNAM)
    for (prefix, new), line in zip(converted.items(), today, strict=True):
        heads[prefix] = int(new.removesuffix(tail)) if line == "landline" else 0
    return heads


@cache
def ambiguous_prefix() -> npt.NDArray[np.bool_]:
    """Whether a mobile's first four digits belonged to landlines before 2017."""
    return np.array([is_ambiguous(f"{prefix:04d}00000") for prefix in range(10**PREFIX)])


@cache
def suspicious() -> Integers:
    """Digit strings, as numbers, that may be a placeholder: for the reference. Closing zeros are told by arithmetic."""
    texts = {str(d) * n for d in range(1, 10) for n in range(4, 15)}
    texts |= {("1234567890" * 2)[:n] for n in range(4, 15)} | {("9876543210" * 2)[:n] for n in range(4, 15)}
    return np.array(sorted({int(text) for text in texts | listed_placeholders()}), dtype=np.int64)
