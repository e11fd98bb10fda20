"""Names in encodings older than Unicode, as they look after a program read their bytes as Windows Latin.

Belongs here: recognising TCVN3, VNI, UTF-8 and windows-1258 read as windows-1252; repairing what is certain. Does
not: files and fonts (the sheet connector).
Certain: UTF-8 bytes that decode whole; TCVN3 and windows-1258 when every word becomes a Vietnamese syllable, one of
them shows letters no European name has,
and there is a family name of the list. Everything else that shows such letters is refused; what could be a
European name is left alone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from hub.matching.normalize.name_fold import proper_syllable, word
from hub.matching.normalize.tables import read_table

REFUSED = "name.legacy_encoding"
LOST = "name.lost_letters"
MOJIBAKE = "name.repaired_mojibake"
TCVN3 = "name.repaired_tcvn3"
CP1258 = "name.repaired_cp1258"

_MOJIBAKE = re.compile(
    "(?:[\u00c2-\u00df\u0102]|[\u00e0-\u00ef].|Æ|Ä)[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2026\u2030\u2039\u203a\u20ac\u2122]"
)
_STRONG = re.compile(
    "[\u00a1-\u00b4\u00b5-\u00bf](?=\\w)|(?<=\\w)[\u00a1-\u00ad\u00ae\u00b1-\u00b3\u00b5\u00b6\u00b8-\u00bf]"
)
_CAPITAL_INSIDE = re.compile("[a-z\u00df-\u00ff][\u00c0-\u00de]|[A-Z][\u00c6-\u00cf\u00d0-\u00de][a-z]")
_LOST = re.compile("\ufffd|[^\\W\\d_]\\?[^\\W\\d_]|^\\?+$|[^\\W\\d_]\\?(?= \\S)")
_VNI_PAIR = re.compile("[aeouyôöAEOUY][øùûõïâáàåãäêéèúüëØÙÛÕÏÂÁÀÅÃÄÊÉÈÚÜË]")


class Legacy(NamedTuple):
    """The text to go on with, and what was done: null, a repair's code, or a refusal's (REFUSED, LOST: the text is
    as it came)."""

    text: str
    reason: str | None

    @property
    def refused(self) -> bool:
        """Whether the text cannot be used."""
        return self.reason in (REFUSED, LOST)


@lru_cache(maxsize=1 << 16)
def repair(text: str) -> Legacy:
    """Repairs or refuses a name in a legacy encoding; leaves every other text untouched."""
    if text.isascii():
        return Legacy(text, LOST if "?" in text and _LOST.search(text) else None)
    if _LOST.search(text):
        return Legacy(text, LOST)
    decoded = _utf8(text)
    if decoded is not None:
        return Legacy(decoded, MOJIBAKE)
    if _properly_written(text):
        return Legacy(text, None)
    for change, code in ((_tcvn3, TCVN3), (_cp1258, CP1258)):
        repaired = change(text)
        if repaired is not None:
            return Legacy(repaired, code)
    return Legacy(text, REFUSED if _suspicious(text) else None)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", text))


def _properly_written(text: str) -> bool:
    words = _words(text)
    return (
        bool(words)
        and not _STRONG.search(text)
        and all(w.isascii() or proper_syllable(w) for w in words)
        and not _vni(text)
    )


def _utf8(text: str) -> str | None:
    """UTF-8 read as windows-1252 or Latin-1, once or twice."""
    result = text
    for _ in range(2):
        if not _MOJIBAKE.search(result):
            break
        decoded = _decoded(result)
        if decoded is None:
            break
        result = decoded
    return result if result != text and _letters_only(result) else None


def _decoded(text: str) -> str | None:
    try:
        return b"".join(_byte(c) for c in text).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None


def _byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")


def _letters_only(text: str) -> bool:
    return all(c.isalnum() or unicodedata.combining(c) or c in " .,'’-–()/&" for c in text)


@cache
def _tcvn3_table() -> dict[int, str]:
    return {ord(r["sign"]): r["letter"] for r in _table("tcvn3")}


def _table(encoding: str) -> list[dict[str, str]]:
    rows = read_table("legacy_encodings.tsv")
    return [{"sign": _spelt(r["surface"]), "letter": r["letter"]} for r in rows if r["encoding"] == encoding]


def _spelt(points: str) -> str:
    return "".join(chr(int(p, 16)) for p in points.split())


def _tcvn3(text: str) -> str | None:
    """TCVN3 bytes read as windows-1252. Capital fonts (.VnTimeH) cannot be told from the bytes."""
    if not (_STRONG.search(text) or _CAPITAL_INSIDE.search(text)) or any(ord(c) > 0xFF for c in text):
        return None
    return _certain(text.translate(_tcvn3_table()))


def _cp1258(text: str) -> str | None:
    """windows-1258 read as windows-1252: base letters with spacing letters where the combining tones were."""
    try:
        changed = text.encode("cp1252").decode("cp1258")
    except UnicodeError:
        return None
    result = unicodedata.normalize("NFC", changed)
    return _certain(result) if result != changed else None


def _certain(text: str) -> str | None:
    words = _words(text)
    if not words or not all(proper_syllable(w) for w in words) or not _letters_only(text):
        return None
    return text if any(word(w).family for w in (words[0], words[-1])) else None


@cache
def _vni_table() -> dict[str, str]:
    return {r["sign"]: r["letter"] for r in _table("vni")}


@cache
def _vni_pairs() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _vni_table()), key=len, reverse=True)))


def _vni(text: str) -> bool:
    """VNI surface: pairs of vowel and mark, every word a syllable after the table, and a family name or two changed
    words."""
    if not _VNI_PAIR.search(text):
        return False
    table, pairs = _vni_table(), _vni_pairs()
    words = _words(text)
    changed = [pairs.sub(lambda m: table[m.group()], w) for w in words]
    if not all(proper_syllable(w) for w in changed):
        return False
    moved = [
        (a, b) for a, b in zip(words, changed, strict=True) if _VNI_PAIR.search(a) and a != b and not proper_syllable(a)
    ]
    return len(moved) > 1 or (len(words) > 1 and any(word(b).family and word(b).marks for _, b in moved))


def _suspicious(text: str) -> bool:
    """Signs inside words that no European name has."""
    return bool(_STRONG.search(text)) or _vni(text) or bool(re.search("áº|á»|Ã[^a-zà-öø-ÿ\\s]|Æ°|Ä‘|NGUYÁ", text))
