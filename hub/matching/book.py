"""A book of names: what two names say about each other, asked once per pair of spellings.

Belongs here: the memory of comparisons, how organisations compare. Does not: how persons' names compare (names).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

from hub.matching.names import compare_names
from hub.matching.normalize.name import Name, level_of, name_order
from hub.matching.normalize.name_fold import all_vietnamese, word
from hub.matching.normalize.name_split import tokens
from hub.matching.normalize.name_words import suffixes

AGREE = frozenset({"same", "compatible"})
EXCLUDE = frozenset({"incompatible"})


class Form(NamedTuple):
    """A spelling in small letters, and the same without marks."""

    low: str
    bare: str


def form(text: str) -> Form:
    """How a name looks in small letters and in bare ASCII letters (đ to d); words keep their order."""
    low = unicodedata.normalize("NFC", text).lower()
    if low.isascii():
        return Form(low, low)
    spread = unicodedata.normalize("NFD", low.replace("đ", "d"))
    return Form(low, "".join(c for c in spread if not unicodedata.combining(c)))


ODD = "[^\\x00-\\x7fđĐ\\x{300}-\\x{34e}\\x{350}-\\x{36f}]"
"""In a text that is spread out (NFD): letters beside Latin ones with marks."""


def forms(texts: pl.Series) -> pl.DataFrame:
    """`form` of many names: name, low, bare; other scripts than Latin one by one."""
    named = texts.alias("name").to_frame()
    low = pl.col("name").str.normalize("NFC").str.to_lowercase()
    odd = named.select(pl.col("name").str.normalize("NFD").str.contains(ODD)).to_series()
    latin = named.filter(~odd).with_columns(low.alias("low"))
    spread = pl.col("low").str.replace_all("đ", "d", literal=True).str.normalize("NFD")
    latin = latin.with_columns(spread.str.replace_all("[^\\x00-\\x7f]", "").alias("bare"))
    rest = [(text, *form(text)) for text in named.filter(odd).to_series()]
    return pl.concat([latin, pl.DataFrame(rest, schema=latin.schema, orient="row")])


def read_again(text: str) -> Name:
    """A full name out of normalizing, where honorific and notes are off already, so its words are the name."""
    words = tuple(word(token) for token in tokens(text))
    suffix = suffixes().get(words[-1].ascii) if len(words) > 1 else None
    words = words[:-1] if suffix else words
    if not words:
        return Name(text, None)
    vietnamese = all_vietnamese(words)
    given, family = name_order(words, vietnamese=vietnamese)
    return Name(
        text,
        text,
        tokens=tuple(one.text for one in words),
        folded=tuple(one.folded for one in words),
        ascii=tuple(one.ascii for one in words),
        level=level_of(words, given),
        given=words[given].ascii,
        family=None if family is None else words[family].text,
        suffix=suffix,
        toned=vietnamese and any(one.marks for one in words),
        vietnamese=vietnamese,
    )


def alike(a: Form, b: Form) -> bool:
    """The same words in the same order, one of them without any marks or both with the same: the names agree."""
    return a.low == b.low or (a.bare == b.bare and (a.low == a.bare or b.low == b.bare))


class Book:
    """Verdicts same | compatible | unsure | incompatible | missing on names; '' is a missing name. Grows with use."""

    def __init__(self) -> None:
        self._forms: dict[str, Form] = {}
        self._names: dict[str, Name] = {}
        self._verdicts: dict[tuple[str, str, str], str] = {}

    def name(self, text: str) -> Name:
        """The parsed form of a person's full name."""
        known = self._names.get(text)
        if known is None:
            known = self._names[text] = read_again(text)
        return known

    def form(self, text: str) -> Form:
        """`form`, remembered."""
        known = self._forms.get(text)
        if known is None:
            known = self._forms[text] = form(text)
        return known

    def toneless(self, text: str) -> bool:
        """A Vietnamese name typed without its tones, so that it could be one of several; others have none to lose."""
        name = self.name(text)
        return name.vietnamese and not name.toned

    def learn(self, asked: pl.DataFrame, told: Iterable[str]) -> None:
        """Verdicts found by other means: kind, name, other (name < other), and what each pair says."""
        self._verdicts.update(zip(asked.select("kind", "name", "other").iter_rows(), told, strict=True))

    def verdict(self, kind: str, a: str, b: str) -> str:
        """What two names of one kind of record say; persons by full name, organisations by company key."""
        if not a or not b:
            return "missing"
        key = (kind, a, b) if a <= b else (kind, b, a)
        known = self._verdicts.get(key)
        if known is None:
            known = self._verdicts[key] = self._compare(*key)
        return known

    def _compare(self, kind: str, a: str, b: str) -> str:
        if kind == "organisation":
            return compare_companies(a, b)
        one, other = self.form(a), self.form(b)
        if alike(one, other):
            return "same" if one.low == other.low else "compatible"
        return compare_names(self.name(a), self.name(b)).verdict


def compare_companies(a: str, b: str) -> str:
    """Two company keys: same when equal, unsure when one holds all words of the other, else incompatible."""
    if a == b:
        return "same"
    words_a, words_b = set(a.split()), set(b.split())
    return "unsure" if words_a <= words_b or words_b <= words_a else "incompatible"
