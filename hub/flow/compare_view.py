"""Records side by side, field by field, with what differs marked down to letters and tones.

Belongs here: rows and marks for people's eyes. Does not: what counts as equal in matching (hub.matching), the question itself
(review_show.py).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from hub.flow.review_show import LISTS, SCALARS
from hub.model import Json

SAME, TONE, LETTER = "same", "tone", "letter"
NEAR = 0.75
"""Less alike than this, two texts are two values; marks would only be noise."""
NAMES = ("full_name", "company_name")
LONGEST = 300
"""Texts longer than this are marked as a whole."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: text, and how it differs from the text it is compared with (same | tone | letter)."""

    text: str
    mark: str = SAME


@dataclass(frozen=True, slots=True)
class Cell:
    """What one record says of a field: lines of pieces, since when; shared: lines that another customer's record says too."""

    lines: Sequence[Sequence[Piece]]
    since: str | None
    shared: frozenset[int] = frozenset()


def bare(text: str) -> str:
    """Without marks and in small letters, as long as the text where that can be (one letter for one)."""
    plain = (unicodedata.normalize("NFD", sign)[0] for sign in unicodedata.normalize("NFC", text))
    return "".join("d" if sign in "đĐ" else sign for sign in plain).lower()


def pieces(text: str, other: str) -> list[Piece]:
    """The text in pieces, each marked by how it differs from the other one."""
    mine, theirs = unicodedata.normalize("NFC", text), unicodedata.normalize("NFC", other)
    if mine == theirs or not theirs:
        return [Piece(mine)]
    if len(mine) > LONGEST or len(theirs) > LONGEST:
        return [Piece(mine, LETTER)]
    marks = [LETTER] * len(mine)
    for block in SequenceMatcher(None, bare(mine), bare(theirs), autojunk=False).get_matching_blocks():
        for at in range(block.size):
            same = mine[block.a + at] == theirs[block.b + at]
            marks[block.a + at] = SAME if same else TONE
    return _joined(mine, marks)


def _joined(text: str, marks: Sequence[str]) -> list[Piece]:
    found: list[Piece] = []
    for sign, mark in zip(text, marks, strict=True):
        if found and found[-1].mark == mark:
            found[-1] = Piece(found[-1].text + sign, mark)
        else:
            found.append(Piece(sign, mark))
    return found


def table(sides: Sequence[Row], plain: Any) -> list[dict[str, Json]]:
    """Rows of the comparison: field, agree (all that say it say the same), cells (one for each record, None: says nothing).

    sides: as `review_show.shown` gives them. plain: (value, field) → text. A text is compared with the first record of
    another customer that says something; without another customer with the first record.
    """
    records = [(place, record) for place, side in enumerate(sides) for record in side["records"]]
    rows = []
    for name in (*SCALARS, *LISTS):
        said = [(place, _lines(record["values"].get(name), name, plain)) for place, record in records]
        if any(lines for _, lines in said):
            cells = [_cell(name, at, said, record["since"].get(name)) for at, (_, record) in enumerate(records)]
            whole = {tuple(lines) for _, lines in said if lines}
            rows.append(
                {"field": name, "agree": len(whole) == 1 and sum(bool(one) for _, one in said) > 1, "cells": cells}
            )
    return rows


def _lines(value: Json, name: str, plain: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(plain(one, name) for one in items if one not in (None, "", [])))


def _cell(name: str, at: int, said: Sequence[tuple[int, list[str]]], since: str | None) -> Cell | None:
    place, lines = said[at]
    if not lines:
        return None
    others = [other for side, other in said if side != place and other] or [
        other for _, other in said[:1] if at and other
    ]
    if not others:
        return Cell([[Piece(line)] for line in lines], since)
    theirs = {line for other in others for line in other}
    shared = frozenset(number for number, line in enumerate(lines) if line in theirs)
    mark = _by_words if name in NAMES else _against
    return Cell([[Piece(line)] if line in theirs else mark(line, others[0]) for line in lines], since, shared)


def _by_words(line: str, others: Sequence[str]) -> list[Piece]:
    """A name, word by word and whatever their order: words that the other has too, those that differ by tones, others."""
    theirs = " ".join(others).split()
    told: list[Piece] = []
    for word in unicodedata.normalize("NFC", line).split():
        near = next((one for one in theirs if bare(one) == bare(word)), None)
        found = [Piece(word, LETTER)] if near is None else [Piece(word)] if word in theirs else pieces(word, near)
        told += [*([Piece(" ")] if told else []), *found]
    return told


def _against(line: str, others: Sequence[str]) -> list[Piece]:
    """Marked against the nearest of the other's lines; a line that is nothing like any is another value, not a misspelt one."""
    near = max(others, key=lambda one: SequenceMatcher(None, bare(line), bare(one)).ratio())
    if SequenceMatcher(None, bare(line), bare(near)).ratio() < NEAR:
        return [Piece(line)]
    return pieces(line, near)
