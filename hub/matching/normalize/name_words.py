"""What words around a name stand for: honorifics, notes of a shop, relations, suffixes, texts that name nobody.

Belongs here: look-ups in the tables of data/. Does not: deciding what a text means with them (name.py),
organisations (company.py).
A phrase is a tuple of words; a word of a text fits when its marked form is equal, or, where the table allows, when
it is plain ASCII and equal to the ASCII form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from hub.matching.normalize.name_fold import Word, word
from hub.matching.normalize.tables import read_table


class Phrase(NamedTuple):
    """One row of a table: its words, whether they need their marks, and what it stands for."""

    words: tuple[Word, ...]
    needs_marks: bool
    kind: str
    info: str


Phrases = Mapping[str, tuple[Phrase, ...]]
"""ASCII form of the first word -> phrases, longest first."""


def phrase(text: str, needs_marks: bool, kind: str, info: str = "") -> Phrase:
    """A phrase out of a cell of a table."""
    return Phrase(tuple(word(t) for t in text.split()), needs_marks, kind, info)


def index(phrases: Iterable[Phrase]) -> Phrases:
    """By first word, longest first; of equal length, in the table's order."""
    found: dict[str, list[Phrase]] = {}
    for p in phrases:
        found.setdefault(p.words[0].ascii, []).append(p)
    return {key: tuple(sorted(ps, key=lambda p: -len(p.words))) for key, ps in found.items()}


def fits(table: Phrases, words: Sequence[Word], at: int = 0) -> Phrase | None:
    """The longest phrase of the table that stands in `words` from `at`; null when none does."""
    listed = table.get(words[at].ascii) if at < len(words) else None
    for p in listed or ():
        rest = words[at : at + len(p.words)]
        if len(rest) == len(p.words) and all(_equal(a, b, p.needs_marks) for a, b in zip(rest, p.words, strict=True)):
            return p
    return None


def _equal(typed: Word, listed: Word, needs_marks: bool) -> bool:
    if typed.marked == listed.marked:
        return True
    return not needs_marks and typed.text.isascii() and typed.ascii == listed.ascii


@cache
def honorifics() -> Phrases:
    """kind: sure, ambiguous, letter; info: gender hint. One syllable needs its marks (chị, not Chi), and so does
    what begins with one."""
    rows = read_table("honorifics.tsv")
    bare = {r["form"] for r in rows if r["use"] == "ambiguous"}
    return index(phrase(r["form"], _needs_marks(r["form"], bare), r["use"], r["gender"]) for r in rows)


def _needs_marks(form: str, bare: set[str]) -> bool:
    first, *rest = form.split()
    return not form.isascii() and (not rest or word(first).ascii in bare)


@cache
def prefixes() -> Phrases:
    """Notes before a name."""
    rows = [r for r in read_table("shop_notes.tsv") if r["place"] == "start"]
    return index(phrase(r["form"], r["marks"] == "yes", "note") for r in rows)


@cache
def trailers() -> Phrases:
    """Notes behind a name."""
    rows = [r for r in read_table("shop_notes.tsv") if r["place"] == "after"]
    return index(phrase(r["form"], r["marks"] == "yes", "note") for r in rows)


@cache
def relations() -> Phrases:
    """Before a name: parent, relation. Toneless forms stand in the table themselves."""
    rows = [r for r in read_table("relations.tsv") if r["kind"] != "birth_order"]
    return index(phrase(r["form"], True, r["kind"]) for r in rows)


@cache
def birth_orders() -> frozenset[str]:
    """Marked and ASCII forms of hai, ba, tư … út."""
    words = [word(r["form"]) for r in read_table("relations.tsv") if r["kind"] == "birth_order"]
    return frozenset(w.marked for w in words)


@cache
def suffixes() -> Mapping[str, str]:
    """jr, sr, ii … -> the suffix's one form."""
    return {r["form"]: r["suffix"] for r in read_table("name_suffixes.tsv")}


@cache
def placeholders() -> Mapping[str, str]:
    """Words in marked form, and in ASCII where that is no name (Chi, Ba, An), joined by one space -> anonymous, test
    or empty."""
    found: dict[str, str] = {}
    for row in read_table("name_placeholders.tsv"):
        words = [word(t) for t in row["text"].split()]
        found.setdefault(" ".join(w.marked for w in words), row["kind"])
        bare = " ".join(w.ascii for w in words)
        if bare not in _NAMES_TOO:
            found.setdefault(bare, row["kind"])
    return found


_NAMES_TOO = ("chi", "ba", "co", "bac", "di", "thay", "chau", "khong", "tam", "le", "tong", "moi", "anh chi", "co chu")


def placeholder(words: Sequence[Word], extra: frozenset[str]) -> str | None:
    """The kind of placeholder the words are, null when they may be a name. `extra`: more texts, any case (the shop's
    own name)."""
    marked = " ".join(w.marked for w in words)
    if extra and marked in _extra(extra):
        return "empty"
    kind = placeholders().get(marked)
    if kind is None and all(w.text.isascii() for w in words):
        kind = placeholders().get(" ".join(w.ascii for w in words))
    return kind


@cache
def _extra(texts: frozenset[str]) -> frozenset[str]:
    return frozenset(" ".join(word(t).marked for t in text.split()) for text in texts)
