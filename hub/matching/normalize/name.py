"""One name as people type it -> what it says about who it is. The reference; name_bulk.py must agree with it.

Belongs here: the noun Name and parse_name. Does not: comparing names (matching/names.py), choosing or recasing one
(golden record), organisations' keys (company.py).
The spelling is kept: capitals stay capitals. Nothing is guessed: each change or refusal has its reason code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from hub.matching.normalize import legacy, name_words
from hub.matching.normalize.company import company_key, company_words, forms, is_company, organisation_words
from hub.matching.normalize.name_fold import Word, all_vietnamese, vietnamese_order, word
from hub.matching.normalize.name_peel import Peeled, peel
from hub.matching.normalize.name_split import (
    Piece,
    clean,
    comma_parts,
    is_masked,
    split,
    tokens,
    typed_instead,
)
from hub.matching.normalize.name_variants import known_names
from hub.matching.normalize.name_words import fits

THI = "thi\u0323"
"""Thị in Word.marked: a middle name, never the given one."""
Level = Literal["full", "partial", "missing"]
Kind = Literal["organisation", "anonymous", "test", "masked"]


@dataclass(frozen=True, slots=True)
class Name:
    """A name read once. `tokens` in the order given name last (Vietnamese) or first (others), as typed; `folded`,
    `ascii` beside them."""

    raw: str
    display: str | None
    """NFC, single spaces, without honorific and notes, spelling kept; null when missing."""
    tokens: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    ascii: tuple[str, ...] = ()
    honorific: str | None = None
    """As typed."""
    gender_hint: str | None = None
    """male or female by honorific, or by Thị; a hint."""
    notes: tuple[str, ...] = ()
    level: Level = "missing"
    given: str | None = None
    """ASCII; null when missing or unknown."""
    family: str | None = None
    """As typed; null when there is none or it is not known."""
    suffix: str | None = None
    toned: bool = False
    """Vietnamese and written with tones or marks, be it in the honorific."""
    vietnamese: bool = False
    ambiguous: bool = False
    """The honorific may be part of the name (Anh Tuấn)."""
    kind: Kind | None = None
    reason: str | None = None
    """Why it is missing or what was repaired; null when nothing was."""

    @property
    def words(self) -> tuple[Word, ...]:
        """The tokens with all their forms."""
        return tuple(word(t) for t in self.tokens)

    @property
    def parts(self) -> tuple[str | None, str | None]:
        """Family name and all the other tokens in their order; null where there is none or, of a lone foreign word,
        nobody can tell."""
        if not self.tokens or self.kind == "organisation":
            return None, None
        _, at = name_order(self.words, vietnamese=self.vietnamese)
        rest = " ".join(t for i, t in enumerate(self.tokens) if i != at)
        return self.family, rest if at is not None or self.vietnamese else None

    @property
    def key(self) -> str | None:
        """ASCII tokens and suffix, sorted, one space between; null when missing."""
        if self.level == "missing":
            return None
        return " ".join(sorted((*self.ascii, self.suffix) if self.suffix else self.ascii)) or None


@lru_cache(maxsize=1 << 16)
def parse_name(text: str, extra: frozenset[str] = frozenset()) -> Name:
    """Reads one name. `extra`: more texts that name nobody, such as the shop's own name, in any case."""
    decoded = legacy.repair(text)
    if decoded.refused:
        return _missing(text, decoded.reason)
    cleaned = clean(decoded.text)
    whole = tuple(word(t) for t in tokens(cleaned))
    refused = _names_nobody(text, cleaned, whole, extra)
    if refused:
        return refused
    if names_organisation(cleaned, whole):
        return _organisation(text, cleaned, decoded.reason)
    return _person(text, cleaned, extra, decoded.reason)


def names_organisation(text: str, words: Sequence[Word]) -> bool:
    """Whether the whole text is an organisation's name, and not a person's with the employer behind (chị Lan kế toán
    cty ABC)."""
    if not is_company(text) and not is_company(text.split(",", maxsplit=1)[0]):
        return False
    if fits(forms("start"), words):
        return True
    later = [organisation_words(p.text) for p in split(text).pieces[1:]] + [
        organisation_words(n) for n in split(text).bracketed
    ]
    if any(p and fits(forms("start"), p) for p in later):
        return False
    at = next((i for i in range(1, len(words) - 1) if fits(forms("start"), words, i)), None)
    if at is None:
        return not (titled := fits(name_words.honorifics(), words)) or titled.kind != "sure"
    return not (all_vietnamese(tuple(words[:at])) and company_key(" ".join(w.text for w in words[at:])))


def _missing(raw: str, reason: str | None, kind: Kind | None = None, notes: tuple[str, ...] = ()) -> Name:
    return Name(raw, None, reason=reason, kind=kind, notes=notes)


def _names_nobody(raw: str, text: str, whole: Sequence[Word], extra: frozenset[str]) -> Name | None:
    if not text:
        return _missing(raw, "name.empty")
    if is_masked(text):
        return _missing(raw, "name.masked", "masked")
    instead = typed_instead(text)
    if instead or not whole:
        return _missing(raw, instead or "name.no_letters")
    placeholder = name_words.placeholder(whole, extra)
    return _missing(raw, "name.placeholder", _kind(placeholder)) if placeholder else None


def _kind(placeholder: str) -> Kind | None:
    kinds: dict[str, Kind] = {"anonymous": "anonymous", "test": "test"}
    return kinds.get(placeholder)


def _organisation(raw: str, text: str, reason: str | None) -> Name:
    words = organisation_words(text)
    return Name(
        raw,
        text,
        tokens=tuple(w.text for w in words),
        folded=tuple(w.folded for w in words),
        ascii=company_words(text) or tuple(w.ascii for w in words),
        level="full",
        kind="organisation",
        reason=reason,
    )


def _person(raw: str, text: str, extra: frozenset[str], reason: str | None) -> Name:
    """The first piece that names somebody is the name; the others are notes."""
    cut = split(text)
    pieces = [p for piece in cut.pieces for p in _uncomma(piece)]
    read = [(p, _read(p.text, extra)) for p in pieces]
    at = next((i for i, (_, r) in enumerate(read) if r.words), None)
    if at is None:
        notes = tuple(n for _, r in read for n in r.notes) + cut.bracketed
        why = next((r.missing for _, r in read if r.missing), None)
        return _missing(raw, why or "name.placeholder", notes=_once(notes))
    before, after = read[:at], read[at + 1 :]
    found = read[at][1]
    notes = (*(p.text for p, _ in before), *found.notes, *(p.text for p, _ in after), *cut.bracketed)
    several = any(p.joined and _someone(r) for p, r in after)
    return _built(raw, pieces[at].text, found, _once(notes), several=several, reason=reason)


def _once(notes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(n.replace("|", "/") for n in notes if n))


def _read(text: str, extra: frozenset[str]) -> Peeled:
    """Peels a piece; what then is a placeholder (anh khách) names nobody."""
    words = tuple(word(t) for t in tokens(text))
    if not words:
        return Peeled((), missing="name.no_letters")
    result = peel(words)
    if result.words and name_words.placeholder(result.words, extra) and not result.words[0].marks:
        return Peeled((), notes=(text,), missing="name.placeholder")
    return result


def _someone(read: Peeled) -> bool:
    return bool(read.words) and not read.notes


def _uncomma(piece: Piece) -> list[Piece]:
    """`Smith, John` turned round; other commas part pieces, and part people when both sides are Vietnamese names."""
    parts = comma_parts(piece.text)
    if len(parts) < 2:
        return [piece]
    sides = [tuple(word(t) for t in tokens(p)) for p in parts]
    if _turned(sides):
        return [Piece(" ".join((parts[1], parts[0], *parts[2:])), piece.joined)]
    if len(sides[1]) == 1 and sides[1][0].ascii in name_words.suffixes():
        return [Piece(" ".join(parts), piece.joined)]
    return [Piece(parts[0], piece.joined), *(Piece(p, True) for p in parts[1:])]


def _turned(sides: list[tuple[Word, ...]]) -> bool:
    left, right = sides[0], sides[1]
    if len(sides) > 3 or not left or not right or any(c.isdigit() for w in (*left, *right) for c in w.text):
        return False
    if len(sides) == 3 and not (len(sides[2]) == 1 and sides[2][0].ascii in name_words.suffixes()):
        return False
    if right[0].ascii in name_words.suffixes() or fits(name_words.trailers(), right):
        return False
    if all_vietnamese(left):
        return len(left) == 1 and left[0].family == "sure"
    return len(left) == 1 or left[0].ascii not in known_names()


def _built(raw: str, piece: str, found: Peeled, notes: tuple[str, ...], *, several: bool, reason: str | None) -> Name:
    words = found.words
    vietnamese = all_vietnamese(words)
    given, family = name_order(words, vietnamese=vietnamese)
    return Name(
        raw,
        _display(piece, found),
        tokens=tuple(w.text for w in words),
        folded=tuple(w.folded for w in words),
        ascii=tuple(w.ascii for w in words),
        honorific=found.honorific,
        gender_hint=found.gender or ("female" if vietnamese and any(w.ascii == "thi" for w in words[1:-1]) else None),
        notes=notes,
        level="partial" if several else level_of(words, given),
        given=words[given].ascii,
        family=None if family is None else words[family].text,
        suffix=found.suffix,
        toned=vietnamese and (any(w.marks for w in words) or _marked(found.honorific)),
        vietnamese=vietnamese,
        ambiguous=found.ambiguous,
        reason="name.several" if several else reason,
    )


def _marked(honorific: str | None) -> bool:
    return honorific is not None and any(word(t).marks for t in honorific.split())


def name_order(words: tuple[Word, ...], *, vietnamese: bool) -> tuple[int, int | None]:
    """Places of given and family name. Others: given first, family last."""
    if vietnamese:
        return vietnamese_order(words)
    return 0, len(words) - 1 if len(words) > 1 else None


def level_of(words: tuple[Word, ...], given: int) -> Level:
    """full: two whole words, the given name among them, or a name in a script that writes it as one word; else
    partial."""
    if len(words) == 1:
        return "full" if len(words[0].text) > 1 and _ideographs(words[0].text) else "partial"
    whole = sum(not w.initial for w in words)
    return "full" if whole > 1 and not words[given].initial and words[given].marked != THI else "partial"


def _ideographs(text: str) -> bool:
    return all("\u3400" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3" or "\u3040" <= c <= "\u30ff" for c in text)


def _display(piece: str, found: Peeled) -> str:
    """The words with one space between, hyphens inside kept, the suffix behind."""
    shown = " ".join(w.text for w in found.words)
    if "-" in piece:
        match = re.search(r"[\s.-]+".join(re.escape(w.text) for w in found.words), piece)
        shown = " ".join(match.group().split()) if match else shown
    return f"{shown} {found.suffix_text}" if found.suffix_text else shown
