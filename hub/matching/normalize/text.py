"""Text as computers mangle it, made plain: the cleaning every normalizer begins with.

Belongs here: Unicode forms, invisible characters, spreadsheet escapes, folding for look-ups in tables.
Does not: anything that knows what the text means. Names have folding of their own (name.py).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]"
)
"""Soft hyphen, joiners, direction marks, variation selectors, byte order mark, controls but tab and line ends."""
ESCAPED_RETURN = "_x000D_"
"""How an xlsx file writes a carriage return inside text."""
EDGES = " \t\r\n\u0085\u2028\u2029'\"\u2018\u2019\u201c\u201d\u00b4`="
"""What spreadsheets put around a value to keep it text: `'0912`, `="0912"`, blanks, quotes."""
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63]")
_SPACES = re.compile(r"\s+")
_LETTERS = str.maketrans({"đ": "d", "Đ": "d", "ø": "o", "ß": "ss"})


def plain(text: str, form: Literal["NFC", "NFKC"] = "NFKC") -> str:
    """Unicode form `form`, nothing invisible, one kind of dash, ASCII digits, edges trimmed; line ends inside stay."""
    if text.isascii() and text.isprintable():
        return text.replace(ESCAPED_RETURN, "\n").strip(EDGES)
    text = unicodedata.normalize(form, text.replace(ESCAPED_RETURN, "\n"))
    text = _DASHES.sub("-", INVISIBLE.sub("", text))
    return _ascii_digits(text).strip(EDGES)


def _ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def squeezed(text: str) -> str:
    """NFC, every run of white space one space, none at the ends."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", INVISIBLE.sub("", text))).strip()


def folded(text: str) -> str:
    """ASCII-like words for look-ups: small letters, tones and marks off, đ to d, every other sign one space."""
    flat = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    letters = (c if c.isalnum() else "" if unicodedata.combining(c) else " " for c in INVISIBLE.sub("", flat))
    return _SPACES.sub(" ", "".join(letters)).strip()
