"""How two values of one kind compare: the level of every pair of distinct values, whole columns at a time.

Belongs here: one function per kind of comparison and the table of levels. Does not: records (compare), shares and bits
(model, training). A level is a place in the kind's list, strongest first. Every function is symmetric in its columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from itertools import zip_longest

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.fuzz import token_sort_ratio
from rapidfuzz.process import cpdist

from hub.matching.normalize.name_variants import groups, stands_for
from hub.matching.score import texts
from hub.matching.score.model import Floats, Levels

CLOSE, SIMILAR = 0.92, 0.82
"""Jaro–Winkler similarity (Winkler 1990) from which two words are nearly equal, and alike."""

Kind = Callable[[pl.DataFrame], pl.Expr]


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
    frame = pl.DataFrame({"a": a, "b": b})
    if frame.is_empty():
        return np.zeros(0, dtype=np.int8)
    found = frame.lazy().with_columns(_FORMS[kind](frame)).collect() if kind in _FORMS else frame
    return found.select(_KINDS[kind](found).cast(pl.Int8)).to_series().to_numpy()


def _first(kind: str, **when: pl.Expr) -> pl.Expr:
    """The first level, in the kind's order, whose condition holds; else the last."""
    names = levels_of(kind)
    found = pl.lit(len(names) - 1)
    for place in range(len(names) - 2, -1, -1):
        if names[place] in when:
            found = pl.when(when[names[place]].fill_null(value=False)).then(pl.lit(place)).otherwise(found)
    return found


def _alike(a: pl.Series, b: pl.Series) -> Floats:
    return np.asarray(cpdist(a.to_list(), b.to_list(), scorer=JaroWinkler.similarity), dtype=np.float64)


def _apart(a: pl.Series, b: pl.Series) -> pl.Series:
    """Edits of optimal string alignment: insert, delete, replace, swap neighbours."""
    return pl.Series(np.asarray(cpdist(a.to_list(), b.to_list(), scorer=OSA.distance), dtype=np.int64))


def _fuzzy(frame: pl.DataFrame, a: str = "a", b: str = "b") -> list[pl.Series]:
    """`alike`, `apart`, and the length of the shorter value."""
    one, other = frame[a], frame[b]
    least = np.minimum(one.str.len_chars().to_numpy(), other.str.len_chars().to_numpy())
    return [
        pl.Series("alike", _alike(one, other)),
        _apart(one, other).alias("apart"),
        pl.Series("least", least.astype(np.int64)),
    ]


_ONE_EDIT = (pl.col("apart") == 1) & (pl.col("least") >= 3)
_WORDS_A, _WORDS_B = pl.col("x").str.split(" "), pl.col("y").str.split(" ")
_HOLDS = (
    _WORDS_A.list.set_intersection(_WORDS_B).list.len()
    == pl.min_horizontal(_WORDS_A.list.unique().list.len(), _WORDS_B.list.unique().list.len())
) & (pl.min_horizontal(pl.col("x").str.len_chars(), pl.col("y").str.len_chars()) > 1)


def _name_forms(frame: pl.DataFrame) -> list[pl.Series]:
    """x, y: bare words; both: both Vietnamese; apart_marks: both bear marks, and not the same; fuzzy measures."""
    sign = texts.VIETNAMESE
    forms = frame.select(
        x=texts.bare(pl.col("a").str.strip_prefix(sign)),
        y=texts.bare(pl.col("b").str.strip_prefix(sign)),
        both=pl.col("a").str.starts_with(sign) & pl.col("b").str.starts_with(sign),
        plain_a=pl.col("a").str.strip_prefix(sign),
        plain_b=pl.col("b").str.strip_prefix(sign),
    )
    marks = (pl.col("plain_a") != pl.col("x")) & (pl.col("plain_b") != pl.col("y"))
    forms = forms.with_columns(marks=marks & (pl.col("plain_a") != pl.col("plain_b")))
    return [*forms.get_columns(), *_fuzzy(forms, "x", "y")]


def _given(frame: pl.DataFrame) -> pl.Expr:
    """Vietnamese given names agree only whole, or where one is the end of the other (Lan, Thị Lan)."""
    x, y = (" " + pl.col(one) for one in ("x", "y"))
    ends = x.str.ends_with(y) | y.str.ends_with(x)
    equal, foreign = pl.col("x") == pl.col("y"), ~pl.col("both")
    short, long = pl.min_horizontal("x", "y"), pl.max_horizontal("x", "y")
    return _first(
        "given",
        exact=equal & ~pl.col("marks"),
        tones=equal,
        contained=pl.when("both").then(ends).otherwise(_HOLDS),
        nickname=foreign & _nicknames(frame),
        initial=foreign & (pl.col("least") == 1) & long.str.starts_with(short),
        close=foreign & ((pl.col("alike") >= CLOSE) | _ONE_EDIT),
        similar=foreign & (pl.col("alike") >= SIMILAR),
    )


def _nicknames(frame: pl.DataFrame) -> pl.Series:
    """Whether the first words stand for each other (Bob, Robert)."""
    first = frame.select(x=pl.col("x").str.extract("^([^ ]+)"), y=pl.col("y").str.extract("^([^ ]+)"))
    known = pl.Series(sorted(groups())).implode()
    both = first.select(both=pl.col("x").is_in(known) & pl.col("y").is_in(known))["both"].fill_null(value=False)
    found = both.to_numpy().copy()
    found[found] = [stands_for(a, b) for a, b in first.filter(both).iter_rows()]
    return pl.Series(found)


def _family(frame: pl.DataFrame) -> pl.Expr:
    del frame
    foreign = ~pl.col("both")
    return _first(
        "family",
        exact=pl.col("x") == pl.col("y"),
        contained=_HOLDS,
        close=foreign & ((pl.col("alike") >= CLOSE) | _ONE_EDIT),
        similar=foreign & (pl.col("alike") >= SIMILAR),
    )


def _birth_forms(frame: pl.DataFrame) -> list[pl.Series]:
    return _fuzzy(frame)


def _birth(frame: pl.DataFrame) -> pl.Expr:
    """Whole dates and shorter ones (a year, a month of a year, a day without a year)."""
    del frame
    a, b = pl.col("a"), pl.col("b")
    year = [one.str.slice(0, 4) for one in (a, b)]
    month = [one.str.slice(5, 2) for one in (a, b)]
    day = [one.str.slice(8, 2) for one in (a, b)]
    whole = (a.str.len_bytes() == 10) & (b.str.len_bytes() == 10)
    equal = [one[0] == one[1] for one in (year, month, day)]
    vague = ~whole | a.str.ends_with("-01-01") | b.str.ends_with("-01-01")
    days = (a.str.to_date("%Y-%m-%d", strict=False) - b.str.to_date("%Y-%m-%d", strict=False)).dt.total_days().abs()
    years = (year[0].cast(pl.Int32, strict=False) - year[1].cast(pl.Int32, strict=False)).abs()
    same_day = (month[0] == month[1]) & (day[0] == day[1])
    return _first(
        "birth",
        exact=a == b,
        swapped=whole & equal[0] & (month[0] == day[1]) & (day[0] == month[1]),
        digit=whole & (pl.col("apart") == 1) & ~(vague & equal[0]),
        parts=whole & (equal[0].cast(pl.Int8) + equal[1].cast(pl.Int8) + equal[2].cast(pl.Int8) == 2),
        year=equal[0] | (~whole & same_day & a.str.starts_with("--") | (same_day & b.str.starts_with("--"))),
        near=pl.when(whole).then(days <= 731).otherwise(years <= 1),
    )


def _phone(frame: pl.DataFrame) -> pl.Expr:
    del frame
    return _first("phone", exact=pl.col("a") == pl.col("b"), close=pl.col("apart") == 1)


def _email(frame: pl.DataFrame) -> pl.Expr:
    del frame
    local = [pl.col(one).str.split("@").list.first() for one in ("a", "b")]
    return _first(
        "email",
        exact=pl.col("a") == pl.col("b"),
        local=(local[0] == local[1]) & (local[0].str.len_chars() >= 5),
        close=(pl.col("apart") <= 2) | (pl.col("alike") >= 0.95),
        similar=pl.col("alike") >= 0.88,
    )


def _id(frame: pl.DataFrame) -> pl.Expr:
    """Compared only within one type and issuer (compare sees to it)."""
    del frame
    return _first("id", exact=pl.col("a") == pl.col("b"), close=pl.col("apart") == 1)


def _street_forms(frame: pl.DataFrame) -> list[pl.Series]:
    forms = frame.select(x=texts.bare(pl.col("a")), y=texts.bare(pl.col("b")))
    alike = np.asarray(cpdist(forms["x"].to_list(), forms["y"].to_list(), scorer=token_sort_ratio)) / 100.0
    return [*forms.get_columns(), pl.Series("sorted", alike.astype(np.float64))]


def _street(frame: pl.DataFrame) -> pl.Expr:
    """Nearly equal only where the first numbers do not differ."""
    del frame
    number = [pl.col(one).str.extract(r"(\d+)") for one in ("x", "y")]
    agree = (number[0] == number[1]) | number[0].is_null() | number[1].is_null()
    return _first(
        "street",
        exact=pl.col("x") == pl.col("y"),
        close=agree & ((pl.col("sorted") >= 0.86) | _HOLDS),
        similar=(pl.col("sorted") >= 0.75),
    )


def _plain_forms(frame: pl.DataFrame) -> list[pl.Series]:
    forms = frame.select(x=texts.bare(pl.col("a")), y=texts.bare(pl.col("b")))
    return [*forms.get_columns(), *_fuzzy(forms, "x", "y")]


def _text(frame: pl.DataFrame) -> pl.Expr:
    del frame
    return _first(
        "text",
        exact=pl.col("x") == pl.col("y"),
        close=(pl.col("alike") >= CLOSE) | _ONE_EDIT | _HOLDS,
        similar=pl.col("alike") >= SIMILAR,
    )


def _code(frame: pl.DataFrame) -> pl.Expr:
    """Two codes begin alike when their first half, three signs or more, is the same."""
    del frame
    head = [pl.col(one).str.slice(0, (pl.col("least") + 1) // 2) for one in ("x", "y")]
    return _first(
        "code",
        exact=pl.col("x") == pl.col("y"),
        close=pl.col("apart") == 1,
        begins=(head[0] == head[1]) & (pl.col("least") >= 4),
    )


def _category(frame: pl.DataFrame) -> pl.Expr:
    del frame
    return _first("category", same=pl.col("a") == pl.col("b"))


def _company(frame: pl.DataFrame) -> pl.Expr:
    del frame
    return _first(
        "company",
        exact=pl.col("x") == pl.col("y"),
        contained=_HOLDS,
        close=(pl.col("alike") >= 0.94) | _ONE_EDIT,
    )


_KINDS: dict[str, Kind] = {
    "given": _given, "family": _family, "birth": _birth, "phone": _phone, "email": _email, "id": _id,
    "street": _street, "text": _text, "code": _code, "category": _category, "company": _company,
}  # fmt: skip
_FORMS: dict[str, Callable[[pl.DataFrame], list[pl.Series]]] = {
    "given": _name_forms, "family": _name_forms, "birth": _birth_forms, "phone": _fuzzy, "email": _fuzzy, "id": _fuzzy,
    "street": _street_forms, "text": _plain_forms, "code": _plain_forms, "company": _plain_forms,
}  # fmt: skip
