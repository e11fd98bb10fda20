"""From a cell of text to pieces and words: what stands outside the name by its punctuation alone.

Belongs here: cleaning, brackets, dashes, commas, dots, several people in one cell, masks, phones and e-mails typed
as names. Does not: what words mean (name_peel.py).
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import NamedTuple

from hub.matching.normalize.text import INVISIBLE

_SIMPLE = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿĂăĐđĨĩŨũƠơƯưẠ-ỹ]{2,}(?: [A-Za-zÀ-ÖØ-öø-ÿĂăĐđĨĩŨũƠơƯưẠ-ỹ]{2,})*")
_SPACES = re.compile(r"[\s_]+")
_BRACKETS = re.compile(r"[(\[{<【（](.*?)(?:[)\]}>】）]|$)")
_BORDER = re.compile(r"\s+[-–—~]+\s*|\s*[-–—~]+\s+|\s*[|/;:+&\n]\s*|\s+(?:và|and)\s+", re.IGNORECASE)
_JOINING = re.compile(r"[/+&]|và|and", re.IGNORECASE)
_COMRADE = re.compile(r"\b[đd]/c\b\.?", re.IGNORECASE)
_APOSTROPHES = str.maketrans("’‘`´ʼʻ", "''''''")
_MASK = re.compile(r"\*{2,}|[^\W\d_]\*|\*[^\W\d_]|[•●∗＊×]{2,}|^\*+$")
_TOKEN_BORDER = re.compile(r"[\s.,\"“”„!?…·\-–—~/\\|:;#@=^%$+&]+")
_CELL_ERROR = re.compile(r"#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!)")
_MAIL = re.compile(r"\S+@\S+\.\S+")


class Piece(NamedTuple):
    """One stretch of the text and whether it stood beside the one before as another person would (& / + và)."""

    text: str
    joined: bool


class Split(NamedTuple):
    """The pieces in order, and the notes that stood in brackets."""

    pieces: tuple[Piece, ...]
    bracketed: tuple[str, ...]


def clean(text: str) -> str:
    """NFC, no invisible characters, no spreadsheet or HTML escapes, one kind of apostrophe, single spaces."""
    if _SIMPLE.fullmatch(text) and unicodedata.is_normalized("NFC", text):
        return text
    text = _COMRADE.sub("đồng chí ", text)
    if "&" in text:
        text = html.unescape(text)
    text = INVISIBLE.sub("", text.replace("_x000D_", " "))
    text = unicodedata.normalize("NFC", text).translate(_APOSTROPHES)
    return _SPACES.sub(" ", text).strip(" '\"=,;.")


def is_masked(text: str) -> bool:
    """Letters replaced by stars or dots, as marketplaces do."""
    return bool(_MASK.search(text))


def typed_instead(text: str) -> str | None:
    """A phone or an e-mail typed where the name belongs: name.phone, name.email; name.cell_error (#REF!);
    name.no_letters for signs and digits only."""
    if _MAIL.fullmatch(text):
        return "name.email"
    if _CELL_ERROR.match(text):
        return "name.cell_error"
    letters = sum(c.isalpha() for c in text)
    digits = sum(c.isdigit() for c in text)
    if digits >= 6 and letters < 2:
        return "name.phone"
    return None if letters else "name.no_letters"


def split(text: str) -> Split:
    """Cuts at brackets, spaced dashes, slashes and words for and; a comma is left to the caller."""
    if _SIMPLE.fullmatch(text) and not _BORDER.search(text):
        return Split((Piece(text, joined=False),), ())
    bracketed = tuple(n for m in _BRACKETS.finditer(text) if (n := m.group(1).strip(" )]}>")))
    rest = _BRACKETS.sub(" | " if _BRACKETS.match(text) else " ", text)
    pieces: list[Piece] = []
    at, joined = 0, False
    for border in _BORDER.finditer(rest):
        pieces.append(Piece(rest[at : border.start()].strip(), joined))
        at, joined = border.end(), bool(_JOINING.search(border.group()))
    pieces.append(Piece(rest[at:].strip(), joined))
    return Split(tuple(p for p in pieces if p.text), bracketed)


def tokens(text: str) -> list[str]:
    """Words of a piece: cut at spaces, dots, hyphens; symbols and emoji dropped; digits stay where they stand."""
    plain = text.replace(" ", "").isalnum()
    found = []
    for part in text.split() if plain else _TOKEN_BORDER.split(text):
        kept = part if part.isalnum() else "".join(c for c in part if _belongs(c))
        kept = kept.strip("'")
        if kept:
            found.append(_without_eth(kept))
    return found


def _belongs(letter: str) -> bool:
    return letter == "'" or unicodedata.category(letter)[0] in "LMN"


def _without_eth(token: str) -> str:
    """The Icelandic capital that some Vietnamese keyboards write for Đ, at the start of a word."""
    return "Đ" + token[1:] if token[0] == "Ð" else token


def comma_parts(text: str) -> list[str]:
    """The parts between commas, empty ones left out."""
    return [p.strip() for p in text.split(",") if p.strip()]
