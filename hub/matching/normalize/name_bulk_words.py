"""What the bulk path must know of each distinct word, as arrays; and which words and neighbours send a name to the
reference.

Belongs here: one row per distinct word. Does not: names (name_bulk.py). Sending too many names to the reference
costs time only; too few would be wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from hub.matching.normalize import name_words
from hub.matching.normalize.company import forms
from hub.matching.normalize.name import THI
from hub.matching.normalize.name_fold import Word, proper_syllable, word
from hub.matching.normalize.name_words import Phrases, fits
from hub.matching.normalize.tables import read_table

Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]
_FAMILY = {"": 0, "also_given": 1, "sure": 2}


@dataclass(frozen=True, slots=True)
class Words:
    """Arrays over the distinct words: flags, the rank of the ASCII form among `ascii` (sorted), and what sends a
    name to the reference."""

    ascii: list[str]
    rank: Codes
    syllable: Flags
    marks: Flags
    family: Codes
    """0 none, 1 also_given, 2 sure."""
    middle: Flags
    thi: Flags
    special: Flags
    """Anywhere in a name."""
    special_first: Flags
    """As the first word."""


def describe(texts: Sequence[str]) -> Words:
    """The arrays for words made of Latin letters only, each of two letters or more."""
    words = [word(t) for t in texts]
    ascii_forms = sorted({w.ascii for w in words})
    ranks = {form: i for i, form in enumerate(ascii_forms)}
    return Words(
        ascii=ascii_forms,
        rank=np.fromiter((ranks[w.ascii] for w in words), np.int64, len(words)),
        syllable=_flags(w.syllable for w in words),
        marks=_flags(w.marks for w in words),
        family=np.fromiter((_FAMILY[w.family] for w in words), np.int64, len(words)),
        middle=_flags(w.middle for w in words),
        thi=_flags(w.marked == THI for w in words),
        special=_flags(_special(w) for w in words),
        special_first=_flags(_special_first(w) for w in words),
    )


def _flags(values: Iterable[bool]) -> Flags:
    return np.array(list(values), dtype=np.bool_)


def _alone(tables: Iterable[Phrases], w: Word) -> bool:
    return any(fits(table, (w,)) is not None for table in tables)


def _special(w: Word) -> bool:
    """Not written properly, a shortened family name, a suffix, a note or a company form of one word, the words for and."""
    if not (w.text.isascii() or proper_syllable(w.text)):
        return True
    if w.shortened or w.ascii in name_words.suffixes() or w.text.lower() in ("và", "and"):
        return True
    return _alone((name_words.trailers(), forms("any"), forms("end"), forms("start")), w)


def _special_first(w: Word) -> bool:
    """An honorific, a note before a name, a relation, the start of an organisation."""
    tables = (name_words.honorifics(), name_words.prefixes(), name_words.relations(), forms("marked_start"))
    return _alone(tables, w)


@cache
def neighbours() -> frozenset[tuple[str, str]]:
    """ASCII forms of the first two words of every phrase of two or more, wherever it may stand; words of one letter
    never do."""
    tables = [name_words.trailers(), name_words.honorifics(), name_words.prefixes(), name_words.relations()]
    tables += [forms(place) for place in ("start", "any", "end", "marked_start")]
    listed = [p.words for table in tables for phrases in table.values() for p in phrases]
    listed += [tuple(word(t) for t in row["text"].split()) for row in read_table("name_placeholders.tsv")]
    return frozenset((ws[0].ascii, ws[1].ascii) for ws in listed if len(ws) > 1 and all(len(w.text) > 1 for w in ws))
