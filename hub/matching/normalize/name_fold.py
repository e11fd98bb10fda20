"""How one word of a name looks with less and less: exact, tones folded, ASCII; and whether it is a Vietnamese syllable.

Belongs here: letters, marks, syllables, family names. Does not: what a whole name means (name.py) or what a word
stands for (name_words.py).
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from hub.matching.normalize.tables import read_table

TONES = "\u0300\u0301\u0303\u0309\u0323"
"""huyền, sắc, ngã, hỏi, nặng as combining marks."""
_VOWEL_MARKS = "\u0302\u0306\u031b"
_ONSETS = (
    "ngh ng nh th tr ch kh ph gh gi qu b c d đ g h k l m n r s t v x".split()  # noqa: SIM905
)
_BEFORE = {"k": "eêiy", "gh": "eêi", "ngh": "eêi", "gi": "aăâeêoôơuư"}
_NEVER_BEFORE = {"c": "eêiy", "ng": "eêiy", "g": "eêy", "qu": "uưo"}
_PLAIN = str.maketrans(
    {
        "đ": "d",
        "ø": "o",
        "ł": "l",
        "æ": "ae",
        "œ": "oe",
        "ß": "ss",
        "ı": "i",
        "þ": "th",
        "'": None,
        "ʻ": None,
        "ʼ": None,
    }
)
_MIDDLE = ("thi", "van")


class Word(NamedTuple):
    """One word of a name. `folded` keeps vowel marks and đ; `tone` is the tone's combining mark wherever it was put
    (Thuý, Thúy)."""

    text: str
    folded: str
    tone: str
    ascii: str
    syllable: bool
    """A Vietnamese syllable, with or without its marks."""
    marks: bool
    """Carries a Vietnamese tone or mark, and is a syllable."""
    family: str
    """"sure", "also_given" or "": in the list of Vietnamese family names, by its marks where it has some."""

    @property
    def marked(self) -> str:
        """Equal for two words that differ in case and in the place of the tone only."""
        return self.folded + self.tone

    @property
    def initial(self) -> bool:
        """One Latin letter that stands for a word; Ý and other letters with marks are words."""
        return len(self.ascii) == 1 and self.ascii.isalpha() and ord(self.ascii) < 0x250 and not self.marks

    @property
    def shortened(self) -> bool:
        """A family name without a vowel: Ng for Nguyễn."""
        return bool(self.family) and not set(self.ascii) & set("aeiouy")

    @property
    def middle(self) -> bool:
        """Thị or Văn, the two middle names that tell little."""
        return self.ascii in _MIDDLE


@lru_cache(maxsize=1 << 17)
def word(text: str) -> Word:
    """The word's forms; `text` is NFC and one token."""
    folded, tone = split_tone(text)
    flat = ascii_of(folded)
    syllable = flat in syllables_ascii() and (text.isascii() or _vietnamese_letters(text, folded))
    marks = syllable and not text.isascii()
    return Word(text, folded, tone, flat, syllable, marks, _family(folded + tone, flat, marks))


def split_tone(text: str) -> tuple[str, str]:
    """Small letters without tones and apostrophes, and the tones taken off (each once, sorted)."""
    low = text.lower().replace("ð", "đ").replace("'", "")
    if low.isascii():
        return low, ""
    spread = unicodedata.normalize("NFD", low)
    tones = "".join(sorted({c for c in spread if c in TONES}))
    if not tones:
        return low, ""
    return unicodedata.normalize("NFC", "".join(c for c in spread if c not in TONES)), tones


def ascii_of(text: str) -> str:
    """Small letters, Latin marks off, đ to d, apostrophes gone; other scripts stay as they are."""
    low = text.lower().replace("ð", "đ")
    if low.isascii():
        return low.replace("'", "")
    spread = unicodedata.normalize("NFD", low.translate(_PLAIN))
    return unicodedata.normalize("NFC", "".join(c for c in spread if not "\u0300" <= c <= "\u036f"))


def _vietnamese_letters(text: str, folded: str) -> bool:
    """No letter but Vietnamese ones: vowel marks and tones on vowels, đ."""
    for letter in text.lower().replace("ð", "đ"):
        spread = unicodedata.normalize("NFD", letter)
        base, marks = spread[0], spread[1:]
        if base not in "abcdeghiklmnopqrstuvxyđ" or (marks and base not in "aeiouy"):
            return False
        if any(m not in TONES and m not in _VOWEL_MARKS for m in marks):
            return False
    return bool(folded)


@lru_cache(maxsize=1 << 17)
def proper_syllable(text: str) -> bool:
    """Written as a Vietnamese speller would: vowel marks right, one tone at most. Toneless spellings with the wrong
    vowels fail."""
    folded, tone = split_tone(text)
    return len(tone) <= 1 and folded in syllables() and _vietnamese_letters(text, folded)


@cache
def syllables() -> frozenset[str]:
    """Every syllable with its vowel marks, tones left out."""
    rhymes = [row["rhyme"] for row in read_table("rhymes.tsv")]
    return frozenset(o + r for o in ["", *_ONSETS] for r in rhymes if _fits(o, r))


@cache
def syllables_ascii() -> frozenset[str]:
    """Every syllable in ASCII."""
    return frozenset(ascii_of(s) for s in syllables())


def _fits(onset: str, rhyme: str) -> bool:
    """The spelling rules k, gh, ngh before e, ê, i; c, g, ng elsewhere; qu before some; y and ynh only where they
    occur."""
    first = rhyme[0]
    if onset in _BEFORE:
        return first in _BEFORE[onset]
    if onset in _NEVER_BEFORE:
        return first not in _NEVER_BEFORE[onset]
    return rhyme not in ("ynh", "yt") and (first != "y" or onset == "" or rhyme == "y")


@cache
def family_names() -> dict[str, str]:
    """Marked form (Word.marked) -> use, for every Vietnamese family name."""
    return {"".join(split_tone(row["name"])): row["use"] for row in read_table("family_names.tsv")}


@cache
def family_names_ascii() -> dict[str, str]:
    """ASCII form -> use; sure wins where two names share a form and both are sure, else also_given."""
    forms: dict[str, str] = {}
    for marked, use in family_names().items():
        flat = ascii_of(marked)
        forms[flat] = use if forms.get(flat, use) == use else "also_given"
    return forms


def _family(marked: str, flat: str, marks: bool) -> str:
    return family_names().get(marked, "") if marks else family_names_ascii().get(flat, "")


def all_vietnamese(words: tuple[Word, ...]) -> bool:
    """Whether a name is Vietnamese: every whole word a syllable (a shortened family name before it aside); or a sure
    family name first and one word of three or more amiss."""
    whole = [w for w in words if not w.initial and not w.shortened]
    amiss = sum(not w.syllable for w in whole)
    if not whole or not amiss:
        return bool(whole)
    return amiss == 1 and len(whole) > 2 and words[0].family == "sure"


def vietnamese_order(words: tuple[Word, ...]) -> tuple[int, int | None]:
    """Where the given and the family name stand in a Vietnamese name: last and first, or, in Western order, before a
    sure family name."""
    last = len(words) - 1
    if last == 0:
        return 0, None
    family = 0 if words[0].family else None
    if last >= 2 and words[1].middle:
        return last, family
    if words[last].family == "sure" and words[0].family != "sure":
        return last - 1, last
    if family is not None:
        return last, family
    inner = next((i for i in range(1, last) if words[i].family == "sure"), None)
    return (last, None) if inner is None else (inner - 1, inner)
