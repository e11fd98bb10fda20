"""The best spelling of a name, and the capitals of one typed all alike.

Belongs here: comparing spellings of the same words, recasing. Does not: which words win (survivorship).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NUMERALS = re.compile(r"(ii|iii|iv)\Z", re.IGNORECASE)
_PARTS = re.compile(r"([-'’ʼ])")


def marks(text: str) -> int:
    """How many letters carry a mark (đ counts); names equal in ASCII letters are better with more."""
    return sum(unicodedata.combining(c) > 0 or c in "đĐ" for c in unicodedata.normalize("NFD", text))


def one_case(text: str) -> bool:
    """Typed in capitals or in small letters only; scripts without cases are not."""
    return text.isupper() or text.islower()


def recase(text: str) -> str:
    """A name in one case with a capital to each word: NGUYỄN THỊ LAN, ray o'hare, MARY-ANN, john smith ii."""
    return " ".join(_word(word) for word in text.split(" ")) if one_case(text) else text


@lru_cache(maxsize=1 << 16)
def _word(word: str) -> str:
    if _NUMERALS.match(word):
        return word.upper()
    low = word.lower()
    if low.startswith("mc") and len(low) > 4 and low.isascii():
        return "Mc" + low[2:].capitalize()
    return "".join(part[:1].upper() + part[1:] for part in _PARTS.split(low))


def words(text: str | None) -> int:
    """How many words of a name say something: initials, notes and signs do not count."""
    return sum(map(_says, (text or "").split()))


@lru_cache(maxsize=1 << 16)
def _says(word: str) -> bool:
    return sum(c.isalpha() for c in word) > 1
