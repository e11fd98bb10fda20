"""What comparing reads of every distinct value of a field, made once: bare texts, words, parts of a date, as numbers.

Belongs here: facts of single values and the checks of two that need nothing but them. Does not: levels (levels).
A code is a value's place among the field's values; equal facts are equal numbers.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from hub.matching.score import texts
from hub.matching.score.model import Floats, Whole

Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
PART = 200_000
"""So many texts are compared at once."""


class Forms:
    """Facts of the values of one field, by code."""

    def __init__(self, values: pl.Series) -> None:
        self.values = values
        self.plain = values.str.strip_prefix(texts.VIETNAMESE)
        self.vietnamese: Bools = values.str.starts_with(texts.VIETNAMESE).to_numpy()

    @cached_property
    def bare_text(self) -> pl.Series:
        """Values without marks."""
        return self.plain.alias("value").to_frame().select(texts.bare(pl.col("value"))).to_series()

    @cached_property
    def bare(self) -> Whole:
        """Numbers of the bare texts."""
        return numbered(self.bare_text)

    @cached_property
    def spelt(self) -> Whole:
        """Numbers of the texts with their marks."""
        return numbered(self.plain)

    @cached_property
    def marked(self) -> Bools:
        """Whether a text bears marks."""
        return (self.plain != self.bare_text).to_numpy()

    @cached_property
    def last(self) -> Whole:
        """Numbers of the last bare words."""
        return numbered(self.bare_text.str.split(" ").list.last())

    @cached_property
    def several(self) -> Bools:
        """Whether a text has two words or more."""
        return self.bare_text.str.contains(" ", literal=True).to_numpy()

    @cached_property
    def size(self) -> Whole:
        """Letters of the bare text."""
        return self.bare_text.str.len_chars().to_numpy().astype(np.int64)

    @cached_property
    def texts(self) -> Texts:
        """Bare texts as Python holds them."""
        return objects(self.bare_text)

    @cached_property
    def kind(self) -> Whole:
        """Numbers of what stands before an id: its type and issuer."""
        return numbered(self.values.str.extract("^([^:]*:[^:]*):"))

    @cached_property
    def number(self) -> Whole:
        """Numbers of the first number in a text, -1 without one."""
        return numbered(self.bare_text.str.extract(r"(\d+)"))

    @cached_property
    def mailbox(self) -> tuple[Whole, Whole, Whole, Whole]:
        """Numbers of what stands before @, of its letters and of its digits, and how many letters."""
        local = self.values.str.split("@").list.first()
        letters = local.str.replace_all(r"[\d._+-]", "")
        digits = local.str.replace_all(r"\D", "")
        return numbered(local), numbered(letters), numbered(digits), letters.str.len_chars().to_numpy().astype(np.int64)

    @cached_property
    def local_size(self) -> Whole:
        """Letters before @."""
        return self.values.str.split("@").list.first().str.len_chars().to_numpy().astype(np.int64)

    @cached_property
    def dates(self) -> dict[str, Any]:
        """Parts of a date, -1 for those it does not tell; days: since 1970; whole, first (of January), real: bool."""
        value = pl.col("value")
        whole = value.str.contains(r"^\d{4}-\d{2}-\d{2}$")
        day = value.str.to_date("%Y-%m-%d", strict=False)
        told = self.values.alias("value").to_frame().select(
            year=value.str.extract(r"^(\d{4})").cast(pl.Int64).fill_null(-1),
            month=value.str.extract(r"^(?:\d{4}|-)-(\d{2})").cast(pl.Int64).fill_null(-1),
            day=value.str.extract(r"^(?:\d{4}|-)-\d{2}-(\d{2})$").cast(pl.Int64).fill_null(-1),
            days=day.dt.epoch("d").cast(pl.Int64).fill_null(0),
            whole=whole, first=value.str.ends_with("-01-01"), real=day.is_not_null(),
        )  # fmt: skip
        return {column.name: column.to_numpy() for column in told}

    @cached_property
    def signs(self) -> tuple[npt.NDArray[np.uint8], Whole]:
        """The UTF-8 bytes of each value, a row each, filled with zeros; and how many."""
        sizes = self.values.str.len_bytes().to_numpy().astype(np.int64)
        table = np.zeros((sizes.size, int(sizes.max(initial=0)) + 1), dtype=np.uint8)
        joined = np.frombuffer("".join(self.values.to_list()).encode(), dtype=np.uint8)
        starts = np.cumsum(sizes) - sizes
        rows = np.repeat(np.arange(sizes.size), sizes)
        table[rows, np.arange(joined.size) - np.repeat(starts, sizes)] = joined
        return table, sizes


def numbered(found: pl.Series) -> Whole:
    """Equal texts as equal numbers, null as -1."""
    return (found.rank("dense").cast(pl.Int64) - 1).fill_null(-1).to_numpy()


def objects(values: pl.Series) -> Texts:
    """A column as Python's texts."""
    found: Texts = np.empty(values.len(), dtype=object)
    found[:] = values.to_list()
    return found


def alike(a: Texts, b: Texts, least: float) -> Floats:
    """Jaro–Winkler similarity (Winkler 1990); 0 below `least`."""
    from rapidfuzz.distance import JaroWinkler

    return _each(a, b, JaroWinkler.similarity, least)


def sorted_alike(a: Texts, b: Texts, least: float) -> Floats:
    """How alike two texts are, 0 to 1, words in order of letters; 0 below `least`."""
    from rapidfuzz.fuzz import token_sort_ratio

    return _each(a, b, token_sort_ratio, least * 100) / 100.0


def edits(a: Texts, b: Texts, most: int) -> Floats:
    """Edits of optimal string alignment: insert, delete, replace, swap neighbours; more than `most` as one more."""
    from rapidfuzz.distance import OSA

    return _each(a, b, OSA.distance, most)


def _each(a: Texts, b: Texts, scorer: Any, cutoff: float) -> Floats:
    from rapidfuzz.process import cpdist

    parts = [np.zeros(0)]
    for start in range(0, a.size, PART):
        here = slice(start, start + PART)
        parts.append(np.asarray(cpdist(a[here], b[here], scorer=scorer, score_cutoff=cutoff), dtype=np.float64))
    return np.concatenate(parts)


def one_edit(forms: Forms, x: Whole, y: Whole) -> Bools:
    """Whether two values of plain signs are one edit apart: one more, one other, or two neighbours swapped."""
    table, sizes = forms.signs
    found = np.zeros(x.size, dtype=np.bool_)
    apart = sizes[x] - sizes[y]
    for start in range(0, x.size, PART):
        here = np.arange(start, min(start + PART, x.size))
        same = here[apart[here] == 0]
        found[same] = _changed(table[x[same]], table[y[same]])
        for sign in (1, -1):
            more = here[apart[here] == sign]
            long, short = (x, y) if sign == 1 else (y, x)
            found[more] = _inserted(table[long[more]], table[short[more]])
    return found


def _changed(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8]) -> Bools:
    unequal = a != b
    count = unequal.sum(axis=1)
    found: Bools = count == 1
    two = np.flatnonzero(count == 2)
    if two.size:
        first = unequal[two].argmax(axis=1)
        at = np.minimum(first + 1, a.shape[1] - 1)
        rows = np.arange(two.size)
        p, q = a[two], b[two]
        found[two] = unequal[two][rows, at] & (p[rows, first] == q[rows, at]) & (p[rows, at] == q[rows, first])
    return found


def _inserted(long: npt.NDArray[np.uint8], short: npt.NDArray[np.uint8]) -> Bools:
    """Whether `long` is `short` with one sign more. Rows end in a zero at least."""
    unequal = long != short
    first = unequal.argmax(axis=1)
    after = np.arange(long.shape[1] - 1)[None, :] >= first[:, None]
    found: Bools = ~((long[:, 1:] != short[:, :-1]) & after).any(axis=1)
    return found


def holds(a: Texts, b: Texts) -> Bools:
    """Whether all words of the one stand in the other; the shorter text has two letters or more."""
    found = np.zeros(a.size, dtype=np.bool_)
    for place, (one, other) in enumerate(zip(a, b, strict=True)):
        if min(len(one), len(other)) > 1:
            x, y = set(one.split(" ")), set(other.split(" "))
            found[place] = x <= y or y <= x
    return found
