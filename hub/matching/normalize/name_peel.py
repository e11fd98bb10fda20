"""Takes off a row of words what is not the name: honorific, notes, relations, suffix.

Belongs here: the order in which they come off, and when a word that may be both stays. Does not: the tables
(name_words.py), the result (name.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from hub.matching.normalize import name_words
from hub.matching.normalize.name_fold import Word, all_vietnamese, word
from hub.matching.normalize.name_words import Phrase, fits

_GLUED = re.compile(r"([^\W\d_]{2,})(\d+)")
_BARE = ("ba", "bo", "con")
_CODES = frozenset("q p kh t x h k d sn hk tp cs f no so lo ct cc r b dc dt nv ctv stt".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Peeled:
    """Words that are the name, and what came off. `missing`: why nobody is named (a reason code), null when somebody
    may be."""

    words: tuple[Word, ...]
    honorific: str | None = None
    gender: str | None = None
    ambiguous: bool = False
    """The honorific may be part of the name (Anh Tuấn)."""
    suffix: str | None = None
    suffix_text: str | None = None
    notes: tuple[str, ...] = field(default=())
    missing: str | None = None


def peel(words: tuple[Word, ...]) -> Peeled:
    """Front to back: codes and prefixes, relation, honorific, relation again; then digits, notes and suffixes
    behind."""
    result = _front(Peeled(words))
    result = _relation(result)
    if not result.missing:
        result = _address(result)
    if not result.missing and result.honorific:
        result = _birth_order(_relation(result))
    return result if result.missing else _behind(result)


def _text(words: tuple[Word, ...]) -> str:
    return " ".join(w.text for w in words)


def _has_digit(w: Word) -> bool:
    return not w.text.isalpha() and any(c.isdigit() for c in w.text)


def _front(p: Peeled) -> Peeled:
    """Numbers and notes before the name, as long as something is left."""
    words, notes = p.words, p.notes
    while len(words) > 1:
        found = fits(name_words.prefixes(), words)
        size = 1 if _has_digit(words[0]) and not _glued(words[0]) else len(found.words) if found else 0
        if not size or size >= len(words):
            break
        notes, words = (*notes, _text(words[:size])), words[size:]
    return replace(p, words=words, notes=notes)


def _relation(p: Peeled) -> Peeled:
    """Mẹ Bin, vợ anh Tuấn: nobody is named; the words are a note. Ba, bo, con before a family name or several words
    are none."""
    found = fits(name_words.relations(), p.words)
    if not found or len(p.words) <= len(found.words):
        return p
    after = p.words[len(found.words)]
    if (p.words[0].ascii == "em" and p.words[1].text == "Anh") or (p.honorific and p.words[0].marked in _BARE):
        return p
    if (
        len(found.words) == 1
        and p.words[0].marked in _BARE
        and (after.family or not after.syllable or len(p.words) > 2)
    ):
        return p
    return replace(p, words=(), notes=(*p.notes, _text(p.words)), missing=f"name.{found.kind}")


def _address(p: Peeled) -> Peeled:
    """Takes the honorific off; foreign ones may come in a row (Prof. Dr.)."""
    taken: list[Word] = []
    words, gender, ambiguous = p.words, p.gender, False
    while len(words) > 1:
        found = fits(name_words.honorifics(), words)
        if (
            not found
            or len(found.words) >= len(words)
            or not _applies(found, words)
            or (taken and not _chains(found, taken))
        ):
            break
        ambiguous = ambiguous or _maybe_name(found, words)
        taken.extend(words[: len(found.words)])
        gender = found.info or gender
        words = words[len(found.words) :]
    if not taken:
        return p
    return replace(p, words=words, honorific=_text(tuple(taken)), gender=gender, ambiguous=ambiguous)


def _bare_name(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words up to the first digit or note."""
    trailers = name_words.trailers()
    end = next((i for i in range(1, len(words)) if _has_digit(words[i]) or fits(trailers, words, i)), len(words))
    return words[:end]


def _chains(found: Phrase, taken: list[Word]) -> bool:
    """A second title after a first; never anh or a toneless form, which would be a name there (em Anh Thư)."""
    return found.kind == "sure" and len(taken) < 4 and found.words[0].ascii != "be"


def _applies(found: Phrase, words: tuple[Word, ...]) -> bool:
    rest = _bare_name(words[len(found.words) :])
    if found.kind == "letter":
        return all_vietnamese(rest) and not rest[0].initial and not (len(rest) == 1 and rest[0].family == "sure")
    if found.kind == "ambiguous":
        return not _part_of_name(found.words[0], rest)
    return True


def _part_of_name(first: Word, rest: tuple[Word, ...]) -> bool:
    """Chu Văn An, Anh Nguyễn, Chi Mai Nguyen: what follows shows that the word is a name."""
    if rest[0].middle and len(rest) > 1:
        return True
    if rest[-1].family == "sure" and (len(rest) == 1 or not rest[0].family):
        return True
    foreign = first.ascii != "anh" and not all_vietnamese(rest)
    return foreign or (bool(first.family) and len(rest) > 1 and not rest[0].family)


def _maybe_name(found: Phrase, words: tuple[Word, ...]) -> bool:
    rest = _bare_name(words[len(found.words) :])
    return found.kind == "ambiguous" and not (len(rest) > 1 and rest[0].family == "sure")


def _birth_order(p: Peeled) -> Peeled:
    """Chị Hai, anh Ba, dì Út: who that is only the speaker knows. Cô Ba Lan is Lan."""
    if p.missing or p.words[0].marked not in name_words.birth_orders():
        return p
    if len(p.words) == 2 and p.words[1].family != "sure" and not _has_digit(p.words[1]):
        return replace(p, words=p.words[1:], notes=(*p.notes, p.words[0].text))
    if len(p.words) == 1:
        note = f"{p.honorific} {p.words[0].text}"
        return replace(p, words=(), honorific=None, gender=None, notes=(*p.notes, note), missing="name.birth_order")
    return p


def _behind(p: Peeled) -> Peeled:
    """Cuts at the first digit or note behind the name; takes suffixes out."""
    words: list[Word] = []
    notes, suffix = p.notes, p.suffix
    typed: str | None = None
    for at, w in enumerate(p.words):
        tail = p.words[at:]
        if at and w.ascii in name_words.suffixes():
            suffix, typed = name_words.suffixes()[w.ascii], w.text
            continue
        glued = _glued(w)
        if glued:
            words.append(word(glued[0]))
            notes = (*notes, " ".join([glued[1], *(x.text for x in tail[1:])]))
            break
        if _cuts(words, p, at):
            notes = (*notes, _text(tail))
            break
        words.append(w)
    return replace(p, words=tuple(words), notes=notes, suffix=suffix, suffix_text=typed)


def _glued(w: Word) -> tuple[str, str] | None:
    """Lan2: the name and the digits behind it; null for codes such as Q7."""
    match = _GLUED.fullmatch(w.text) if _has_digit(w) else None
    return (match[1], match[2]) if match and match[1].lower() not in _CODES else None


def _cuts(before: list[Word], p: Peeled, at: int) -> bool:
    """Whether a note begins at `at`: a digit does always, a phrase only when a name stands before it."""
    if _has_digit(p.words[at]):
        return True
    found = fits(name_words.trailers(), p.words, at)
    if not found:
        return False
    if not before:
        return len(found.words) == len(p.words)
    return not all(w.family == "sure" or w.middle for w in before)
