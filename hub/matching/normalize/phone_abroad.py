"""Cells that hold one number of another country, typed with a plus: decided whole columns at a time.

Belongs here: which cells these are, their rows. Does not: the plans (phone_plan.py); it agrees exactly with `normalize_phone`.
What a national prefix, a leading zero or a placeholder might change is left to the reference.
"""

from __future__ import annotations

import polars as pl

from hub.matching.normalize.phone_plan import codes, lines, trunk
from hub.matching.normalize.phone_tables import suspicious

FEW = 50
"""Numbers of one country below which reading its patterns does not pay."""
_PLUS = r"^\+[1-9][0-9 .\-]*$"


def abroad(cells: pl.DataFrame, doubtful: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(decided rows: row, raw, e164, line; cells left). cells: row, raw, text without edges. doubtful: pattern of texts
    that may hold more than one number."""
    plus = pl.col("text").str.contains(_PLUS) & ~pl.col("text").str.contains(doubtful)
    work = cells.with_columns(digits=pl.when(plus).then(pl.col("text").str.replace_all(r"[ .\-+]", "")))
    work = work.with_columns(code=_code())
    ready = work.filter(pl.col("digits").str.len_bytes().is_between(9, 15), pl.col("code").is_not_null())
    ready = ready.with_columns(nsn=pl.col("digits").str.slice(pl.col("code").str.len_bytes())).filter(_plain())
    counts = ready["code"].value_counts().filter(pl.col("count") >= FEW)
    parts = [_country(ready, code) for code in counts["code"].sort()]
    schema = {"row": pl.UInt32, "raw": pl.String, "e164": pl.String, "line": pl.String}
    found = pl.concat([pl.DataFrame(schema=schema), *parts])
    return found, cells.select("row", "raw").filter(~pl.col("row").is_in(found["row"].implode()))


def _code() -> pl.Expr:
    """The country code at the start of the digits; no code begins another."""
    heads = [pl.col("digits").str.head(size) for size in (1, 2, 3)]
    known = [code for code in codes() if code != "84"]
    return pl.coalesce([pl.when(head.is_in(known)).then(head) for head in heads])


def _plain() -> pl.Expr:
    """Numbers that need no second look: no leading zero, nothing that may stand for "none"."""
    listed = [str(number) for number in suspicious().tolist()]
    nsn, digits = pl.col("nsn"), pl.col("digits")
    odd = nsn.str.starts_with("0") | nsn.str.ends_with("0000000") | nsn.is_in(listed) | digits.is_in(listed)
    return ~odd & (nsn.str.len_bytes() >= 6)


def _country(ready: pl.DataFrame, code: str) -> pl.DataFrame:
    mine, prefix = ready.filter(pl.col("code") == code), trunk(int(code))
    if prefix is not None:
        mine = mine.filter(~pl.col("nsn").str.contains(prefix))
    line = lines(mine["nsn"], int(code))
    e164 = pl.when(line.is_not_null()).then(pl.lit("+") + pl.col("digits"))
    return mine.select("row", "raw", e164=e164, line=line)
