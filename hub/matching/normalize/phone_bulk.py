"""A column of phone cells at once: numpy decides the ordinary Vietnamese ones, the reference everything else.

Belongs here: the fast path and putting both together. Does not: rules; it agrees exactly with `normalize_phone`.
Ordinary is one number of 9 to 13 digits with usual punctuation, whose digits the tables of phone_tables.py decide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from hub.matching.normalize import phone_abroad
from hub.matching.normalize.phone import normalize_phone
from hub.matching.normalize.phone_notes import EDGES, pieces_of, with_note
from hub.matching.normalize.phone_tables import (
    INVALID,
    LANDLINE,
    LINES,
    MOBILE,
    UNDECIDED,
    Integers,
    ambiguous_prefix,
    landline_heads,
    lines_by_prefix,
    migrated_prefix,
    suspicious,
)

Mask = npt.NDArray[np.bool_]
SCHEMA = {
    "row": pl.UInt32,
    "n": pl.UInt32,
    "raw": pl.String,
    "e164": pl.String,
    "national": pl.String,
    "line": pl.String,
    "flags": pl.String,
    "reason": pl.String,
}
_FLOAT = r"^([1-9][0-9]{7,14}|0[0-9]{9,10})[.,]0{1,2}$"
_ORDINARY = r"^\(?\+?[0-9 .()\-]+$"
_DOUBTFUL = r" -|- |\.00?(?:[^0-9]|$)"
"""A dash that may separate two numbers; a float's tail."""
_MOBILE_LEADS = (3, 5, 7, 8, 9)
_REASONS = ("phone.invalid", "phone.unassigned", None)
_FLAGS = ("ambiguous_legacy", "landline", "migrated", "repaired")
"""Flags that the fast path gives, sorted; bit k of a flag code stands for the k-th."""


@dataclass(frozen=True, slots=True)
class _Digits:
    """Digits of ordinary cells: value as an integer, length with leading zeros, plus typed, float undone."""

    value: Integers
    length: Integers
    plus: Mask
    repaired: Mask


@dataclass(frozen=True, slots=True)
class _Read:
    """nsn and its length, as numbers, and a line code; a row that is UNDECIDED goes to the reference."""

    nsn: Integers
    length: Integers
    migrated: Mask
    repaired: Mask
    line: npt.NDArray[np.uint8]

    def only(self, rows: Mask) -> _Read:
        return _Read(self.nsn[rows], self.length[rows], self.migrated[rows], self.repaired[rows], self.line[rows])


FEW = 5_000
"""Cells below which the tables (a tenth of a second to build) do not pay."""


def normalize_phones(values: pl.Series, region: str, few: int = FEW) -> pl.DataFrame:
    """The columns of SCHEMA. row: position in `values`; n: position in the cell; flags: sorted, joined by `|`.

    Below `few` cells the reference reads them, so that a small run need not build the tables.

    Sorted by row and n; a null cell gives no row, any other at least one.
    """
    cells = pl.DataFrame({"row": pl.int_range(len(values), dtype=pl.UInt32, eager=True), "raw": values.cast(pl.String)})
    cells = cells.filter(pl.col("raw").is_not_null())
    if region != "VN" or cells.height < few:
        return _reference(cells, region).sort("row", "n")
    fast, rest = _ordinary(cells.with_columns(text=pl.col("raw").str.strip_chars(EDGES)))
    if rest.is_empty():
        return fast
    abroad, rest = _abroad(rest)
    noted, rest = _ordinary(with_note(rest))
    several, rest = _several(rest)
    return pl.concat([fast, abroad, noted, several, _reference(rest, region)]).sort("row", "n")


def _ordinary(cells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(decided rows, row and raw of the cells left). text: the cell without its edges, null when it is not for here."""
    work = cells.with_columns(whole=pl.col("text").str.extract(_FLOAT))
    work = work.with_columns(text=pl.coalesce("whole", "text"))
    work = work.with_columns(
        digits=pl.col("text").str.replace_all(r"[ .()\-+]", ""),
        usual=pl.col("text").str.contains(_ORDINARY) & ~pl.col("text").str.contains(_DOUBTFUL),
    )
    work = work.with_columns(size=pl.col("digits").str.len_bytes())
    usual = (work["usual"] & work["size"].is_between(9, 13)).fill_null(value=False)
    read = _read(_digits(work.filter(usual)))
    decided = read.line != UNDECIDED
    candidates = work.filter(usual).select("row", "raw")
    fast = _frame(candidates.filter(pl.Series(decided)), read.only(decided))
    rest = pl.concat([work.filter(~usual).select("row", "raw"), candidates.filter(pl.Series(~decided))])
    return fast, rest


def _abroad(cells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Numbers of other countries typed with a plus."""
    found, rest = phone_abroad.abroad(cells.with_columns(text=pl.col("raw").str.strip_chars(EDGES)), _DOUBTFUL)
    none = pl.col("line").is_null()
    told = pl.when(pl.col("line").is_in(["landline", "hotline"])).then("line").otherwise(pl.lit(""))
    rows = found.with_columns(
        n=pl.lit(0, pl.UInt32),
        national=pl.lit(None, pl.String),
        flags=told,
        reason=pl.when(none).then(pl.lit("phone.invalid")),
        line=pl.col("line").fill_null("unknown"),
    )
    return rows.select(*SCHEMA), rest


def _several(cells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cells of several ordinary numbers: decided only when every piece is."""
    pieces = pieces_of(cells)
    numbered = pieces.with_columns(cell="row", row=pl.int_range(pl.len(), dtype=pl.UInt32))
    fast, left = _ordinary(numbered.with_columns(text="raw"))
    undecided = numbered["cell"].gather(left["row"]).unique()
    cell = pl.Series("row", numbered["cell"].gather(fast["row"]))
    found = fast.with_columns(n=numbered["n"].gather(fast["row"])).with_columns(row=cell)
    found = found.filter(~pl.col("row").is_in(undecided.implode()))
    rest = cells.filter(~pl.col("row").is_in(found["row"].unique().implode()))
    return found, rest


def _digits(work: pl.DataFrame) -> _Digits:
    return _Digits(
        work["digits"].cast(pl.Int64).to_numpy(),
        work["size"].cast(pl.Int64).to_numpy(),
        work["text"].str.contains("+", literal=True).to_numpy(),
        work["whole"].is_not_null().to_numpy(),
    )


def _read(digits: _Digits) -> _Read:
    rest, length, lost, mended = _without_prefix(digits)
    full = (length >= 9) & (length <= 10) & (rest >= _power(length - 1))
    new = np.where(length == 10, migrated_prefix()[np.clip(rest // 10**7, 0, 999)], 0)
    migrated = full & (new > 0)
    nsn = np.where(migrated, new * 10**7 + rest % 10**7, rest)
    size = np.where(migrated, 9, length)
    lead = nsn // _power(size - 1)
    shaped = np.where(size == 9, np.isin(lead, _MOBILE_LEADS), lead == 2)
    ok = full & (~lost | migrated | shaped) & ~_placeholder(digits.value) & ~_placeholder(nsn)
    read = _Read(nsn, size, migrated, digits.repaired | mended | lost, _lines(nsn, size, ok))
    return _with_old_landlines(read)


def _with_old_landlines(read: _Read) -> _Read:
    """Invalid numbers written with an area code of before 2017 become today's, where that is certain."""
    nsn, size = read.nsn, read.length
    prefix = np.where(read.line == INVALID, nsn // _power(size - 4), 0)
    heads = np.where(size == 9, landline_heads(9)[prefix], landline_heads(10)[prefix])
    found = (read.line == INVALID) & (heads > 0)
    today = np.where(found, heads * _power(size - 4) + nsn % _power(size - 4), nsn)
    line = np.where(found, LANDLINE, read.line).astype(np.uint8)
    return _Read(today, np.where(found, 10, size), read.migrated | found, read.repaired, line)


def _without_prefix(digits: _Digits) -> tuple[Integers, Integers, Mask, Mask]:
    """(digits after country code and trunk zero, their length, neither was there, a wrong prefix was mended).

    The same order as `phone_vn`; a row that fits nothing keeps a length that no NSN has.
    """
    value, length, plus = digits.value, digits.length, digits.plus
    head2, head3, head4 = (value // _power(length - k) for k in (2, 3, 4))
    abroad = plus & (head2 == 84)
    double = ~plus & (length > 4) & (head2 == 0) & (head4 == 84)
    country = ~plus & (head2 == 84) & (length >= 11)
    wrong = ~plus & (head3 == 84) & (value < _power(length - 1)) & (length >= 12)
    zero = ~plus & (value < _power(length - 1)) & ~double & ~wrong & (head2 > 0)
    lost = ~plus & (value >= _power(length - 1)) & ~country
    cut = np.select([abroad | country, double, wrong, zero, lost], [2, 4, 3, 1, 0], default=99)
    size = length - cut
    rest = np.where(size > 0, value % _power(np.maximum(size, 0)), 0)
    trunk = (abroad | country | double) & (size > 0) & (rest < _power(size - 1))
    return rest, size - trunk, lost, wrong


_POWERS: Integers = 10 ** np.arange(19, dtype=np.int64)


def _power(exponent: Integers) -> Integers:
    powers: Integers = _POWERS.take(exponent, mode="clip")
    return powers


def _placeholder(numbers: Integers) -> Mask:
    known = suspicious()
    place = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
    found: Mask = (known[place] == numbers) | (numbers % 10**7 == 0)
    return found


def _lines(nsn: Integers, size: Integers, ok: Mask) -> npt.NDArray[np.uint8]:
    """Line code of each NSN of nine or ten digits; rows that are not ok are UNDECIDED."""
    prefix = np.where(ok, nsn // _power(size - 4), 0)
    found: npt.NDArray[np.uint8] = np.where(size == 9, lines_by_prefix(9)[prefix], lines_by_prefix(10)[prefix])
    return np.where(ok, found, UNDECIDED).astype(np.uint8)


def _frame(cells: pl.DataFrame, read: _Read) -> pl.DataFrame:
    """The decided rows in the columns of SCHEMA."""
    nsn, size, line = read.nsn, read.length, read.line
    valid, lead = line != INVALID, nsn // _power(size - 1)
    ambiguous = (line == MOBILE) & ~read.migrated & ambiguous_prefix()[nsn // _power(size - 4)]
    flags = ambiguous * 1 + (line == LANDLINE) * 2 + read.migrated * 4 + read.repaired * 8
    reasons = np.where(valid, 2, ((size == 9) & np.isin(lead, _MOBILE_LEADS)) * 1)
    text = pl.when(pl.Series(valid)).then(pl.Series("nsn", nsn).cast(pl.String))
    return (
        cells.select("row", "raw")
        .with_columns(
            n=pl.lit(0, pl.UInt32),
            e164=pl.lit("+84") + text,
            national=pl.lit("0") + text,
            line=pl.Series(LINES).gather(line),
            flags=_flag_texts().gather(flags * valid),
            reason=pl.Series(_REASONS).gather(reasons),
        )
        .select(*SCHEMA)
    )


def _flag_texts() -> pl.Series:
    codes = range(1 << len(_FLAGS))
    return pl.Series(["|".join(flag for bit, flag in enumerate(_FLAGS) if code >> bit & 1) for code in codes])


def _reference(cells: pl.DataFrame, region: str) -> pl.DataFrame:
    """`normalize_phone` for each distinct cell."""
    rows = [
        (cell, n, p.raw, p.e164, p.national, p.line, "|".join(sorted(p.flags)), p.reason)
        for cell in cells["raw"].unique()
        for n, p in enumerate(normalize_phone(cell, region))
    ]
    schema = {"cell": pl.String} | {name: kind for name, kind in SCHEMA.items() if name != "row"}
    found = pl.DataFrame(rows, schema=schema, orient="row")
    return cells.rename({"raw": "cell"}).join(found, on="cell", how="inner").select(*SCHEMA)
