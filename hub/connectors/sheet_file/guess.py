"""What the columns of a strange table probably are: by their headings, then by what they hold.

Belongs here: synonyms, a confidence from 0 to 1. Does not: showing (preview), mapping (mapping).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hub.connectors.kit.columns import LISTS, fold
from hub.connectors.sheet_file.book import Tab
from hub.connectors.sheet_file.header import Header, find_header

SURE, LIKELY, CONTENT, DOUBTFUL = 0.95, 0.75, 0.6, 0.4
MAIL = re.compile(r"\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*")
MANY = ("ids",)


@dataclass(frozen=True, slots=True)
class Guess:
    """One column. field: canonical, dotted as in `[columns]`; None when nothing fits."""

    label: str
    field: str | None
    confidence: float


@cache
def synonyms() -> Mapping[str, str]:
    """Folded heading → field; the first line that names a heading keeps it."""
    found: dict[str, str] = {}
    for line in (Path(__file__).parent / "synonyms.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            field, words = line.split("\t")
            for word in words.split("|"):
                found.setdefault(fold(word), field)
    return found


def guess_header(tab: Tab, row: int | None = None) -> Header:
    """The heading of a tab of which nothing is known."""
    return find_header(tab.head, tuple(synonyms()), tab.merges, row)


def guess_columns(header: Header, values: Sequence[Sequence[str]]) -> tuple[Guess, ...]:
    """A guess per column; `values`: some cells of each. A field that takes one column goes to the likeliest."""
    guesses = [_guess(label, cells) for label, cells in zip(header.labels, values, strict=True)]
    best: dict[str, int] = {}
    for i, guess in enumerate(guesses):
        if guess.field and (guess.field not in best or guess.confidence > guesses[best[guess.field]].confidence):
            best[guess.field] = i
    return tuple(
        g if g.field is None or best[g.field] == i or _takes_many(g.field) else Guess(g.label, None, 0.0)
        for i, g in enumerate(guesses)
    )


def _takes_many(field: str) -> bool:
    return field in LISTS or field.split(".", maxsplit=1)[0] in MANY


def _guess(label: str, cells: Sequence[str]) -> Guess:
    field, sure = _by_heading(fold(label))
    holds = _by_content(cells)
    if field in ("phones", "emails") and cells and holds != field:
        return Guess(label, field, DOUBTFUL)
    if field is None and holds:
        return Guess(label, holds, CONTENT)
    return Guess(label, field, sure)


def _by_heading(heading: str) -> tuple[str | None, float]:
    known = synonyms()
    if heading in known:
        return known[heading], SURE
    numbered = re.sub(r"\s*\(?\d+\)?$", "", heading)
    if numbered in known:
        return known[numbered], LIKELY
    inside = [word for word in known if len(word) > 3 and re.search(rf"(?:^|\W){re.escape(word)}(?:\W|$)", heading)]
    return (known[max(inside, key=len)], LIKELY) if inside else (None, 0.0)


def _by_content(cells: Sequence[str]) -> str | None:
    filled = [c for c in cells if c.strip()]
    if not filled:
        return None
    if sum(bool(MAIL.fullmatch(c)) for c in filled) >= 0.6 * len(filled):
        return "emails"
    return "phones" if sum(looks_like_phone(c) for c in filled) >= 0.6 * len(filled) else None


def looks_like_phone(text: str) -> bool:
    """Eight to fifteen digits and little else."""
    digits = sum(c.isdigit() for c in text)
    dated = re.search(r"\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{2,4}", text)
    return 8 <= digits <= 15 and digits >= len(text.replace(" ", "")) * 0.6 and not dated


def nearest_by_meaning(fields: Sequence[str], header: Header) -> str:
    """The heading that means one of these fields, "" when none does."""
    return next((label for label in header.labels if _by_heading(fold(label))[0] in fields), "")
