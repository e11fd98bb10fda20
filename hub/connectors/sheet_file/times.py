"""Times as typed in a column to canonical UTC text.

Belongs here: the column `updated_at` and `created_at`. Does not: birth dates, which are normalized elsewhere.
"""

from __future__ import annotations

import polars as pl

CLOCKS = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
DAYS = {
    "dmy": ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d"),
    "mdy": ("%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%Y/%m/%d"),
    "ymd": ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d/%m/%Y"),
}
CANONICAL = "%Y-%m-%dT%H:%M:%S%.3fZ"


def moments(text: pl.Series, order: str, timezone: str) -> pl.Series:
    """Canonical time text; null where no known form fits. A time without a zone is in `timezone`."""
    plain = text.str.strip_chars().str.replace(r"[.,]\d+(Z|[+-]\d\d:?\d\d)?$", "${1}")
    zoned = plain.str.contains(r"\d(?:Z|[+-]\d\d:?\d\d)$")
    local, left = pl.Series(text.name, [None] * text.len(), dtype=pl.Datetime("us")), plain.set(zoned, None)
    for day in DAYS[order]:
        for clock in CLOCKS:
            if left.null_count() == left.len():
                break
            found = left.str.to_datetime(day + clock, strict=False, exact=True, time_unit="us")
            local = local.zip_with(local.is_not_null(), found)
            left = left.set(local.is_not_null(), None)
    utc = local.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
    if zoned.any():
        exact = plain.str.replace(" ", "T").str.to_datetime("%Y-%m-%dT%H:%M:%S%#z", strict=False, time_unit="us")
        utc = utc.zip_with(utc.is_not_null(), exact.dt.convert_time_zone("UTC"))
    return utc.dt.strftime(CANONICAL)
