"""How two values of one kind compare: the level of every pair of values, whole columns at a time.

Belongs here: one function per kind of comparison and the table of levels. Does not: facts of single values (forms),
records (compare), shares and bits (model, training). A level is a place in the kind's list, strongest first. Every
function is symmetric in its columns. Texts are compared only where numbers do not tell already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from itertools import zip_longest

import numpy as np
import numpy.typing as npt
import polars as pl

from hub.matching.normalize.name_variants import groups, stands_for
from hub.matching.score.forms import Bools, Forms, alike, edits, holds, one_edit, sorted_alike
from hub.matching.score.model import Levels, Whole

CLOSE, SIMILAR = 0.92, 0.82
"""Jaro–Winkler similarity from which two words are nearly equal, and alike."""

Kind = Callable[[Forms, Whole, Whole], Mapping[str, Bools]]


@cache
def table(name: str = "levels.tsv") -> tuple[Mapping[str, str], ...]:
    """The rows of a file of data/ (levels.tsv: kind, level, m, u, vi, en); cells left out at the end are empty."""
    text = (resources.files(__package__) / "data" / name).read_text(encoding="utf-8")
    head, *lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return tuple(dict(zip_longest(head, line, fillvalue="")) for line in lines)


@cache
def levels_of(kind: str) -> tuple[str, ...]:
    """The names of a kind's levels, strongest first."""
    return tuple(row["level"] for row in table() if row["kind"] == kind)


def level_pairs(kind: str, a: pl.Series, b: pl.Series) -> Levels:
    """The level of each pair of values; equal values need not be asked."""
    values = pl.concat([a, b]).unique().sort()
    codes = [side.cast(pl.Enum(values)).to_physical().to_numpy().astype(np.int64) for side in (a, b)]
    return level_codes(kind, Forms(values), *codes)


def level_codes(kind: str, forms: Forms, x: Whole, y: Whole) -> Levels:
    """The level of each pair of codes: the first, in the kind's order, that holds; else the last."""
    names = levels_of(kind)
    found: Levels = np.full(x.size, len(names) - 1, dtype=np.int8)
    if x.size:
        told = _KINDS[kind](forms, x, y)
        for place in range(len(names) - 2, -1, -1):
            if names[place] in told:
                found[told[names[place]]] = place
    return found


def _asked(where: Bools, check: Callable[[npt.NDArray[np.int64]], Bools]) -> Bools:
    """A check of two texts, made only where it can matter; rows elsewhere are false."""
    found = np.zeros(where.size, dtype=np.bool_)
    rows = np.flatnonzero(where)
    if rows.size:
        found[rows] = check(rows)
    return found


def _words(forms: Forms, x: Whole, y: Whole, where: Bools) -> tuple[Bools, Bools, Bools]:
    """contained, close, similar: of texts that are not equal, where asked. Every two texts are compared once."""
    rows = np.flatnonzero(where)
    low, high = np.minimum(x[rows], y[rows]), np.maximum(x[rows], y[rows])
    size = np.int64(forms.values.len())
    asked, of = np.unique(low * size + high, return_inverse=True)
    levels = _word_pairs(forms, asked // size, asked % size)
    found = np.zeros((3, x.size), dtype=np.bool_)
    found[:, rows] = levels[:, of]
    return found[0], found[1], found[2]


def _word_pairs(forms: Forms, x: Whole, y: Whole) -> Bools:
    """contained, close, similar as rows."""
    least = np.minimum(forms.size[x], forms.size[y])
    several = (forms.several[x] | forms.several[y]) & (least > 1)
    contained = _asked(several, lambda r: holds(forms.texts[x[r]], forms.texts[y[r]]))
    like = alike(forms.texts[x], forms.texts[y], SIMILAR)
    near = (like < CLOSE) & (least >= 3) & (np.abs(forms.size[x] - forms.size[y]) <= 1)
    edit = _asked(near, lambda r: edits(forms.texts[x[r]], forms.texts[y[r]], 1) == 1)
    return np.stack([contained, (like >= CLOSE) | edit, like >= SIMILAR])


def _given(forms: Forms, x: Whole, y: Whole) -> Mapping[str, Bools]:
    """Vietnamese given names agree only whole, or where one is the end of the other (Lan, Thị Lan)."""
    equal, both = forms.bare[x] == forms.bare[y], forms.vietnamese[x] & forms.vietnamese[y]
    marks = forms.marked[x] & forms.marked[y] & (forms.spelt[x] != forms.spelt[y])
    foreign = ~both & ~equal
    contained, close, similar = _words(forms, x, y, foreign)
    ends = _asked(both & ~equal & (forms.last[x] == forms.last[y]), lambda r: _ends(forms, x[r], y[r]))
    short = np.minimum(forms.size[x], forms.size[y]) == 1
    return {
        "exact": equal & ~marks,
        "tones": equal,
        "contained": contained | ends,
        "nickname": _asked(foreign, lambda r: _nicknames(forms, x[r], y[r])),
        "initial": _asked(foreign & short, lambda r: _begins(forms, x[r], y[r])),
        "close": close,
        "similar": similar,
    }


def _ends(forms: Forms, x: Whole, y: Whole) -> Bools:
    pairs = zip(forms.texts[x], forms.texts[y], strict=True)
    return np.array([f" {a}".endswith(f" {b}") or f" {b}".endswith(f" {a}") for a, b in pairs], dtype=np.bool_)


def _begins(forms: Forms, x: Whole, y: Whole) -> Bools:
    pairs = zip(forms.texts[x], forms.texts[y], strict=True)
    return np.array([a.startswith(b) or b.startswith(a) for a, b in pairs], dtype=np.bool_)


def _nicknames(forms: Forms, x: Whole, y: Whole) -> Bools:
    """Whether the first words stand for each other (Bob, Robert)."""
    first = forms.bare_text.str.extract("^([^ ]+)")
    known = first.is_in(pl.Series(sorted(groups())).implode()).fill_null(value=False).to_numpy()
    rows = np.flatnonzero(known[x] & known[y])
    found = np.zeros(x.size, dtype=np.bool_)
    found[rows] = [stands_for(a, b) for a, b in zip(first.gather(x[rows]), first.gather(y[rows]), strict=True)]
    return found


def _family(forms: Forms, x: Whole, y: Whole) -> Mapping[str, Bools]:
    equal, both = forms.bare[x] == forms.bare[y], forms.vietnamese[x] & forms.vietnamese[y]
    contained, close, similar = _words(forms, x, y, ~both & ~equal)
    several = both & ~equal & (forms.several[x] | forms.several[y])
    held = _asked(several & (np.minimum(forms.size[x], forms.size[y]) > 1),
                  lambda r: holds(forms.texts[x[r]], forms.texts[y[r]]))  # fmt: skip
    return {"exact": equal, "contained": contained | held, "close": close, "similar": similar}


def _birth(forms: Forms, x: Whole, y: Whole) -> Mapping[str, Bools]:
    """Whole dates and shorter ones (a year, a month of a year, a day without a year)."""
    a, b = ({part: told[side] for part, told in forms.dates.items()} for side in (x, y))
    whole = a["whole"] & b["whole"]
    equal = [(a[part] == b[part]) & (a[part] >= 0) for part in ("year", "month", "day")]
    vague = ~whole | a["first"] | b["first"]
    crossed = (a["month"] == b["day"]) & (a["day"] == b["month"]) & (a["month"] >= 0) & (a["day"] >= 0)
    days = whole & (np.abs(a["days"] - b["days"]) <= 731) & a["real"] & b["real"]
    years = ~whole & (np.abs(a["year"] - b["year"]) <= 1) & (a["year"] >= 0) & (b["year"] >= 0)
    yearless = (a["year"] < 0) | (b["year"] < 0)
    digit = _asked(whole & ~(vague & equal[0]), lambda r: one_edit(forms, x[r], y[r]))
    return {
        "exact": x == y,
        "swapped": whole & equal[0] & crossed,
        "digit": digit,
        "parts": whole & (sum(one.astype(np.int8) for one in equal) == 2),
        "year": equal[0] | (~whole & equal[1] & equal[2] & yearless),
        "near": days | years,
    }


def _phone(forms: Forms, x: Whole, y: Whole) -> Mapping[str, Bools]:
    return {"exact": x == y, "close": one_edit(forms, x, y)}


def _email(forms: Forms, x: Whole, y: Whole) -> Mapping[str, Bools]:
    """Mailboxes whose names differ in digits alone are those of namesakes (lan.nguyen81, lan.nguyen84), not misspelt."""
    local, letters, digits, many = forms.mailbox
    same = (local[x] == local[y]) & (forms.local_size[x] >= 5)
    numbered = (letters[x] == letters[y]) & (many[x] >= 3) & (digits[x] != digits[y])
    open_ = (x != y) & ~numbered & ~same
    rows = np.flatnonzero(open_)
    like = np.zeros(x.size)
    like[rows] = alike(forms.texts[x[rows]], forms.texts[y[rows]], 0.88)
    near = open_ & (like < 0.95) & (np.abs(forms.size[x] - forms.size[y]) <= 2)
    few = _asked(near, lambda r: edits(forms.texts[x[r]], forms.texts[y[r]], 2) <= 2)
    return {"exact": x == y, "local": same, "close": (like >= 0.95) | few, "similar": (like >= 0.88) | numbered}


def _id(forms: Forms, x: Whole, y: Whole) -> Mapping[str, Bools]:
    """Compared only within one type and issuer (compare sees to it)."""
    near = np.abs(forms.size[x] - forms.size[y]) <= 1
    return {
        "exact": x == y,
        "close": _asked(near & (x != y), lambda r: edits(forms.texts[x[r]], forms.texts[y[r]], 1) == 1),
    }


def _street(forms: Forms, x: Whole, y: Whole) -> Mapping[str, Bools]:
    """Nearly equal only where the first numbers do not differ."""
    number = forms.number
    agree = (number[x] == number[y]) | (number[x] < 0) | (number[y] < 0)
    equal = forms.bare[x] == forms.bare[y]
    like = np.zeros(x.size)
    rows = np.flatnonzero(~equal)
    like[rows] = sorted_alike(forms.texts[x[rows]], forms.texts[y[rows]], 0.75)
    several = forms.several[x] | forms.several[y]
    held = _asked(agree & ~equal & several & (like < 0.86), lambda r: holds(forms.texts[x[r]], forms.texts[y[r]]))
    return {"exact": equal, "close": agree & ((like >= 0.86) | held), "similar": like >= 0.75}


def _text(forms: Forms, x: Whole, y: Whole) -> Mapping[str, Bools]:
    equal = forms.bare[x] == forms.bare[y]
    contained, close, similar = _words(forms, x, y, ~equal)
    return {"exact": equal, "close": close | contained, "similar": similar}


def _code(forms: Forms, x: Whole, y: Whole) -> Mapping[str, Bools]:
    """Two codes begin alike when their first half, three signs or more, is the same."""
    equal, least = forms.bare[x] == forms.bare[y], np.minimum(forms.size[x], forms.size[y])
    near = ~equal & (np.abs(forms.size[x] - forms.size[y]) <= 1)
    return {
        "exact": equal,
        "close": _asked(near, lambda r: edits(forms.texts[x[r]], forms.texts[y[r]], 1) == 1),
        "begins": _asked(~equal & (least >= 4), lambda r: _half(forms, x[r], y[r], least[r])),
    }


def _half(forms: Forms, x: Whole, y: Whole, least: Whole) -> Bools:
    told = zip(forms.texts[x], forms.texts[y], ((least + 1) // 2).tolist(), strict=True)
    return np.array([a[:half] == b[:half] for a, b, half in told], dtype=np.bool_)


def _category(forms: Forms, x: Whole, y: Whole) -> Mapping[str, Bools]:
    del forms
    return {"same": x == y}


def _company(forms: Forms, x: Whole, y: Whole) -> Mapping[str, Bools]:
    equal = forms.bare[x] == forms.bare[y]
    least = np.minimum(forms.size[x], forms.size[y])
    several = forms.several[x] | forms.several[y]
    rows = np.flatnonzero(~equal)
    like = np.zeros(x.size)
    like[rows] = alike(forms.texts[x[rows]], forms.texts[y[rows]], 0.94)
    near = ~equal & (least >= 3) & (np.abs(forms.size[x] - forms.size[y]) <= 1)
    edit = _asked(near, lambda r: edits(forms.texts[x[r]], forms.texts[y[r]], 1) == 1)
    held = _asked(~equal & several & (least > 1), lambda r: holds(forms.texts[x[r]], forms.texts[y[r]]))
    return {"exact": equal, "contained": held, "close": (like >= 0.94) | edit}


_KINDS: dict[str, Kind] = {
    "given": _given, "family": _family, "birth": _birth, "phone": _phone, "email": _email, "id": _id,
    "street": _street, "text": _text, "code": _code, "category": _category, "company": _company,
}  # fmt: skip
