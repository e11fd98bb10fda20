"""Names of organisations: telling them from people, their type, and a key that is equal for two spellings of one
company.

Belongs here: company_key, is_company, organisation_type and their bulk twin. Does not: names of people (name.py),
tax codes (ids.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Literal, cast

import polars as pl

from hub.matching.normalize.name_fold import Word, ascii_of, word
from hub.matching.normalize.name_words import Phrase, Phrases, fits, index, phrase
from hub.matching.normalize.tables import read_table

OrganisationType = Literal["business", "government", "charity"]
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")


@lru_cache(maxsize=1 << 16)
def organisation_words(text: str) -> tuple[Word, ...]:
    """The words of the text, digits kept, NFC, every other sign a border."""
    return tuple(word(t) for t in _WORD.findall(unicodedata.normalize("NFC", text)))


@cache
def forms(place: str) -> Phrases:
    """The phrases of one place (start, end, any, marked_start, key); kind: the type, info: drop or keep (in the
    key)."""
    rows = [r for r in read_table("company_forms.tsv") if r["place"] == place]
    return index(phrase(r["form"], r["marks"] == "yes", r["type"], r["key"]) for r in rows)


def organisation_type(text: str) -> OrganisationType | None:
    """What sort of organisation the text names; null when it does not read as one. The first word decides, then
    words inside, then the last."""
    found = _form(organisation_words(text))
    return cast(OrganisationType, found.kind) if found else None


def is_company(text: str) -> bool:
    """Whether the text names an organisation of any type."""
    return organisation_type(text) is not None


def _form(words: Sequence[Word]) -> Phrase | None:
    if len(words) < 2:
        return None
    first = fits(forms("start"), words)
    if first and len(first.words) < len(words):
        return first
    marked = fits(forms("marked_start"), words)
    if marked and len(words) > 2:
        return marked
    return _inner(words)


def _inner(words: Sequence[Word]) -> Phrase | None:
    for at in range(len(words)):
        found = fits(forms("any"), words, at)
        if found:
            return found
    last = fits(forms("end"), words, len(words) - 1)
    return last if last and not words[0].initial else None


@lru_cache(maxsize=1 << 16)
def company_key(text: str) -> str | None:
    """ASCII words in small letters without company forms, one space between; null when nothing is left."""
    words = list(organisation_words(text))
    kept: list[Word] = []
    at = 0
    while at < len(words):
        step = _dropped(words, at, start=not kept)
        if not step:
            kept.append(words[at])
        at += step or 1
    while len(kept) > 1 and fits(forms("key"), kept, len(kept) - 1):
        kept.pop()
    return " ".join(w.ascii for w in kept) or None


def _dropped(words: Sequence[Word], at: int, *, start: bool) -> int:
    """How many words from `at` on are a form that the key leaves out."""
    places = ("start", "any") if start else ("any",)
    sizes = [len(p.words) for place in places if (p := fits(forms(place), words, at)) and p.info == "drop"]
    if not start and not sizes and at == len(words) - 2:
        tail = fits(forms("key"), words, at)
        sizes = [len(tail.words)] if tail and len(tail.words) == 2 else []
    return max(sizes, default=0)


def parse_companies(values: pl.Series) -> pl.DataFrame:
    """company_key, is_company, organisation_type for every value, in order; null in, null (and false) out. Each
    distinct text is read once."""
    texts = values.cast(pl.String).unique().drop_nulls()
    table = pl.DataFrame(
        {
            "text": texts,
            "company_key": pl.Series([company_key(t) for t in texts], dtype=pl.String),
            "is_company": pl.Series([is_company(t) for t in texts], dtype=pl.Boolean),
            "organisation_type": pl.Series([organisation_type(t) for t in texts], dtype=pl.String),
        }
    )
    joined = pl.DataFrame({"text": values.cast(pl.String)}).join(table, on="text", how="left", maintain_order="left")
    return joined.select("company_key", pl.col("is_company").fill_null(value=False), "organisation_type")


def company_words(text: str) -> tuple[str, ...]:
    """The words of the key, empty when there is none."""
    return tuple((company_key(text) or "").split())


def folded_text(text: str) -> str:
    """ASCII words of any text, joined by one space: to look a company's key up in a note."""
    return " ".join(ascii_of(w.text) for w in organisation_words(text))
