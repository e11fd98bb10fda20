"""What ordinary Vietnamese names say about each other, many pairs at once.

Belongs here: the verdicts of `Book.verdict` on persons, told by arrays of words. Does not: any rule of its own
(names, name_tokens).
Whatever is not ordinary is left to the book, so that too much of it costs time only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from hub.matching.name_tokens import with_i
from hub.matching.normalize.name_bulk import MOST_WORDS, ORDINARY_LETTERS, matrix, order_of, vietnamese_of
from hub.matching.normalize.name_bulk_words import Codes, Flags, Words, describe
from hub.matching.normalize.name_fold import word
from hub.matching.normalize.name_words import suffixes

SAME, COMPATIBLE, UNSURE, INCOMPATIBLE, OPEN = range(5)
VERDICTS = ("same", "compatible", "unsure", "incompatible")
"""By their number; OPEN is for the book to say."""
_ORDINARY = f"^[{ORDINARY_LETTERS}]{{2,}}(?: [{ORDINARY_LETTERS}]{{2,}}){{0,{MOST_WORDS - 1}}}$"
FEW = 64
"""Up to so many pairs the book is quicker (measured)."""


@dataclass(frozen=True, slots=True)
class _Forms:
    """Of every word of a name (row) its forms as numbers, and what it is; `there` tells where a word stands."""

    there: Flags
    low: Codes
    ascii: Codes
    marked: Codes
    near: Codes
    """Tone and the form with i for a last y: alike for words that are nearly equal."""
    marks: Flags
    family: Flags
    middle: Flags
    plain: Flags
    """Small letters without any mark, as far as the word has any."""
    syllable: Flags

    def of(self, rows: Codes) -> _Forms:
        """The same of some names."""
        return _Forms(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class _Read:
    """Names read. decided: ordinary and Vietnamese. given: ASCII form, as a number."""

    forms: _Forms
    decided: Flags
    given: Codes
    toned: Flags


def verdicts(names: pl.Series, others: pl.Series) -> npt.NDArray[np.int64]:
    """Of every pair of persons' full names (neither null nor "") the number of its verdict, OPEN where the book must say."""
    found = np.full(len(names), OPEN, dtype=np.int64)
    distinct = pl.concat([names, others]).unique().sort()
    distinct = distinct.filter(distinct.str.contains(_ORDINARY))
    if len(names) <= FEW or distinct.is_empty():
        return found
    read = _read(distinct)
    places = [
        one.cast(pl.Enum(distinct), strict=False).to_physical().cast(pl.Int64).fill_null(-1) for one in (names, others)
    ]
    a, b = (one.to_numpy() for one in places)
    known = np.flatnonzero((a >= 0) & (b >= 0) & read.decided[a] & read.decided[b])
    a, b = a[known], b[known]
    turned = read.forms.there[a].sum(axis=1) > read.forms.there[b].sum(axis=1)
    found[known] = _compared(read, np.where(turned, b, a), np.where(turned, a, b))
    return found


def toneless(names: pl.Series) -> pl.Series:
    """Whether each name is a Vietnamese one without any tone or mark (`Book.toneless`); null where the book must say."""
    distinct = names.unique().sort()
    distinct = distinct.filter(distinct.str.contains(_ORDINARY))
    if distinct.is_empty():
        return pl.Series([None] * len(names), dtype=pl.Boolean)
    read = _read(distinct)
    told = pl.DataFrame({"name": distinct, "told": pl.Series(~read.toned), "sure": pl.Series(read.decided)})
    sure = told.filter("sure").select("name", "told")
    return names.alias("name").to_frame().join(sure, on="name", how="left", maintain_order="left")["told"]


def _read(texts: pl.Series) -> _Read:
    """Names whose words are of two letters and more."""
    parted = texts.str.split(" ")
    flat = parted.explode()
    known = flat.unique().sort()
    words = describe(known.to_list())
    codes = flat.cast(pl.Enum(known)).to_physical().to_numpy().astype(np.int64)
    places = matrix(codes, parted.list.len().to_numpy().astype(np.int64))
    vietnamese = vietnamese_of(places, words)
    given, _ = order_of(places, words, vietnamese)
    forms, odd = _forms(places, words, known.to_list())
    ranks = np.sort(np.where(forms.there, forms.ascii, -np.arange(1, MOST_WORDS + 1)), axis=1)
    twice = (ranks[:, 1:] == ranks[:, :-1]).any(axis=1)
    every = np.arange(len(places))
    toned: Flags = np.asarray((forms.there & forms.marks).any(axis=1))
    return _Read(forms, vietnamese & ~odd & ~twice, forms.ascii[every, given], toned)


def _forms(places: Codes, words: Words, texts: list[str]) -> tuple[_Forms, Flags]:
    """The forms of the names' words, and the names with a word that is shortened or a suffix."""
    read = [word(text) for text in texts]
    lows = [text.lower() for text in texts]
    there = places >= 0

    def flags(values: list[bool]) -> Flags:
        return np.asarray(there & np.array(values, dtype=np.bool_)[places])

    odd: Flags = np.asarray(flags([one.shortened or one.ascii in suffixes() for one in read]).any(axis=1))
    forms = _Forms(
        there,
        _numbers(lows)[places],
        words.rank[places],
        _numbers([one.marked for one in read])[places],
        _numbers([f"{one.tone}{with_i(one.ascii)}" for one in read])[places],
        flags([one.marks for one in read]),
        flags([bool(one.family) for one in read]),
        flags([one.middle for one in read]),
        flags([low == one.ascii for low, one in zip(lows, read, strict=True)]),
        flags([one.syllable for one in read]),
    )
    return forms, odd


def _numbers(texts: list[str]) -> Codes:
    table: dict[str, int] = {}
    return np.array([table.setdefault(text, len(table)) for text in texts], dtype=np.int64)


def _compared(read: _Read, a: Codes, b: Codes) -> npt.NDArray[np.int64]:
    """Pairs of Vietnamese names, the shorter one in `a`; of a word that two names share each has it once."""
    one, other = read.forms.of(a), read.forms.of(b)
    shared = (one.ascii[:, :, None] == other.ascii[:, None, :]) & one.there[:, :, None] & other.there[:, None, :]
    missing = (one.there & ~shared.any(axis=2)).sum(axis=1)
    lone = _lone(one, other, shared)
    apart = _apart(one, other, shared)
    longer = one.there.sum(axis=1) != other.there.sum(axis=1)
    doubt = (read.given[a] != read.given[b]) | (apart & read.toned[a] & read.toned[b])
    told: Any = np.select(
        [missing > 1, missing == 1, doubt, longer | apart], [INCOMPATIBLE, lone, UNSURE, COMPATIBLE], SAME
    )
    return np.asarray(_alike(one, other, told))


def _lone(one: _Forms, other: _Forms, shared: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """What a single word that the other name has not says: UNSURE when one that is left there is nearly equal."""
    left_a, left_b = one.there & ~shared.any(axis=2), other.there & ~shared.any(axis=1)
    pairs = left_a[:, :, None] & left_b[:, None, :]
    near = (pairs & (one.near[:, :, None] == other.near[:, None, :])).any(axis=(1, 2))
    unlike = (pairs & (one.syllable[:, :, None] != other.syllable[:, None, :])).any(axis=(1, 2))
    return np.where(unlike, OPEN, np.where(near, UNSURE, INCOMPATIBLE))


def _apart(one: _Forms, other: _Forms, shared: npt.NDArray[np.bool_]) -> Flags:
    """Whether a shared word has other marks in the other name; family names typed without, Thị and Văn aside."""
    families = one.family[:, :, None] & other.family[:, None, :] & ~(one.marks[:, :, None] & other.marks[:, None, :])
    differ = one.marked[:, :, None] != other.marked[:, None, :]
    return np.asarray((shared & differ & ~one.middle[:, :, None] & ~families).any(axis=(1, 2)))


def _alike(one: _Forms, other: _Forms, told: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """As `book.alike` says it before anything else."""

    def equal(x: Codes, y: Codes) -> Flags:
        return np.asarray(((x == y) | ~one.there).all(axis=1) & (one.there == other.there).all(axis=1))

    bare = equal(one.ascii, other.ascii)
    unmarked = (one.plain | ~one.there).all(axis=1) | (other.plain | ~other.there).all(axis=1)
    return np.where(equal(one.low, other.low), SAME, np.where(bare & unmarked, COMPATIBLE, told))
