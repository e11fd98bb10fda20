"""A cell about phones, cut into numbers: digits, a leading plus, and what the spreadsheet did to them.

Belongs here: everything about the text of a cell, for any country. Does not: what digits mean (phone.py, phone_vn.py).
Order: plain text, float and scientific text, notes in brackets, hard separators, masks, words, then digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from hub.matching.normalize.text import plain

LONG = 7
"""Digits from which on a piece can be a phone number by itself; shorter ones are parts of one, labels or extensions."""
E164_DIGITS = 15
_NOISE, _WORD, _FLOAT = "\x01", "\x02", "\x03"
_COMMA_FLOAT = re.compile(r"(?<![\d.,])([1-9][0-9]{7,14}|0[0-9]{9,10}),0{1,2}(?![\d.,])")
_FLOAT_TEXT = re.compile(r"(?<![\d.])([1-9][0-9]{7,14}|0[0-9]{9,10})\.(0{1,2})(?![\d.])")
_COMMA_E = re.compile(r"(?<![\d.,])([0-9]),([0-9]+[eE][+-]?[0-9])")
_SCIENTIFIC = re.compile(r"\+?([0-9]+)(?:\.([0-9]*))?[eE]([+-]?[0-9]{1,3})")
_BRACKETS = re.compile(r"[(\[{<]([^()\[\]{}<>]*)[)\]}>]")
_HARD = re.compile(r"[;|\n\r\t/\\,&]+|\s-+\s|\s(?:hoặc|hoac|or|và|va|and)\s", re.IGNORECASE)
_LETTER = r"[^\W\d_]"
_LETTERS = re.compile(f"{_LETTER}+")
_WORDS = re.compile(rf"{_LETTER}+(?:\s?[0-9](?=[\s.)]+[0+]))?|:")
"""A word, with the digit of a label (`SĐT 2 0912…`); a colon ends a label too."""
_LETTER_O = re.compile(rf"(?<!{_LETTER})(?:(?<=[0-9])[oO](?=[ .-]?[0-9])|(?<![0-9])[oO](?=[0-9]))")
_STARS = re.compile(r"[*•●∗]{2,}")
_MASKS = re.compile(
    rf"(?<!{_LETTER})[xX]{{2,}}(?!{_LETTER})|(?<=[0-9])(?:#{{2,}}|\.{{3,}}|_{{2,}}|\?{{2,}})|#{{2,}}(?=[0-9])"
)
_PLUS_INSIDE = re.compile(r"(?<=[0-9])[^0-9+]*(?=\+)")
_NO_DIGITS = re.compile("[^0-9]+")
_GROUPS = re.compile(r"\+?[0-9]+")


@dataclass(frozen=True, slots=True)
class Part:
    """One number of a cell as digits. text: the piece as cleaned; plus: an international prefix was typed;
    repaired: damage was undone; fault: why it cannot be read at all (empty, scientific, masked), else None."""

    text: str
    digits: str
    plus: bool = False
    repaired: bool = False
    fault: str | None = None


def split_cell(text: str) -> list[Part]:
    """The numbers in a cell, in order, at least one. Text without a digit gives one part with no digits."""
    cell = plain(text)
    if not any(c.isalnum() or c in "*•●∗" for c in cell):
        return [Part(cell, "", fault="empty")]
    cell = _COMMA_E.sub(r"\1.\2", _COMMA_FLOAT.sub(r"\1.0", cell))
    cell = _BRACKETS.sub(_bracket, cell)
    pieces = [piece for hard in _HARD.split(cell) for piece in _pieces(hard.strip())]
    return _joined(pieces) or [Part(cell, "")]


def _bracket(match: re.Match[str]) -> str:
    """Brackets around digits are punctuation; around words a note, or a number of its own when long enough."""
    inside = match.group(1)
    if not _LETTERS.search(inside):
        return f"{_NOISE}{inside}{_NOISE}"
    return f";{inside};" if _count(inside) >= LONG else f"{_NOISE}{_WORD}"


def _pieces(hard: str) -> list[Part]:
    """A piece between hard separators: scientific, masked, or words and digits."""
    scientific = _SCIENTIFIC.fullmatch(hard)
    if scientific:
        return [_unfold(hard, *scientific.groups())]
    if _masked(hard):
        return [Part(hard, _digits(hard), fault="masked")]
    hard = _FLOAT_TEXT.sub(lambda found: found.group(1) + _FLOAT * len(found.group(2)), hard)
    repaired = _LETTER_O.sub("0", hard)
    soft = [run for run in _WORDS.sub(_WORD, repaired).split(_WORD) if _count(run)]
    runs = [run for piece in soft if len(soft) == 1 or _count(piece) >= LONG for run in _runs(piece)]
    return [_part(run, repaired != hard) for run in runs if _count(run)]


def _unfold(text: str, whole: str, fraction: str | None, exponent: str) -> Part:
    """`9.89123456E8` is 989123456; when the mantissa lacks digits they are lost for ever and nothing is guessed."""
    fraction, shift = fraction or "", int(exponent)
    if shift < len(fraction) or shift > len(fraction) or len(whole) != 1:
        return Part(text, "", fault="scientific")
    return Part(text, whole + fraction, repaired=True)


def _masked(piece: str) -> bool:
    """`09****567`, `84xxxxx789`, `0912...678`: digits are hidden, so this is nobody's number."""
    count = _count(piece)
    if _STARS.search(piece) or (count < 10 and any(c in piece for c in "*•●∗")):
        return True
    return count < 9 and _MASKS.search(piece) is not None


def _runs(piece: str) -> list[str]:
    """A piece cut before an inner plus, and, when too long for one number, before groups that begin a new one."""
    return [run for start in _PLUS_INSIDE.split(piece) for run in _too_long(start)]


def _too_long(piece: str) -> list[str]:
    if _count(piece) <= E164_DIGITS:
        return [piece]
    runs: list[str] = [""]
    for group in _GROUPS.findall(piece):
        if _count(runs[-1]) >= 9 and group[0] in "0+":
            runs.append("")
        runs[-1] = f"{runs[-1]} {group}".strip()
    return runs


def _part(run: str, repaired: bool) -> Part:
    digits = _digits(run)
    plus = "+" in run.split(digits[0], maxsplit=1)[0]
    return Part(_readable(run), digits, plus, repaired or _FLOAT in run)


def _readable(run: str) -> str:
    """The piece as people see it, without the marks of this module."""
    run = run.replace(_FLOAT * 2, ".00").replace(_FLOAT, ".0")
    return " ".join(run.replace(_NOISE, " ").split())


def _joined(parts: list[Part]) -> list[Part]:
    """Separators inside one number (`0912,345,678`, `024 - 38251234`) are undone; they split only long pieces."""
    if len(parts) < 2:
        return parts
    if not any(part.fault or len(part.digits) >= LONG for part in parts):
        return [_glued(parts)]
    done: list[Part] = []
    for part in parts:
        if done and _is_area_code(done[-1]) and len(part.digits) >= LONG - 1 and _may_follow(part):
            done[-1] = _glued([done[-1], part])
        else:
            done.append(part)
    return done


def _is_area_code(part: Part) -> bool:
    short = part.fault is None and 1 < len(part.digits) <= 4
    return short and (part.plus or part.digits.startswith(("0", "84")))


def _may_follow(part: Part) -> bool:
    return part.fault is None and not part.plus and not part.digits.startswith("0")


def _glued(parts: list[Part]) -> Part:
    first = parts[0]
    whole = " ".join(part.text for part in parts)
    return replace(first, text=whole, digits="".join(p.digits for p in parts), repaired=any(p.repaired for p in parts))


def _digits(text: str) -> str:
    return _NO_DIGITS.sub("", text)


def _count(text: str) -> int:
    return len(_NO_DIGITS.sub("", text))
