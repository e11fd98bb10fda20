"""Pairs the words of two names: each word of the shorter with a word of its own in the longer, as well as it goes.

Belongs here: ties between two words, edit distance, the best pairing. Does not: what a pairing means for two people
(names.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from operator import attrgetter

from hub.matching.normalize.name_fold import Word
from hub.matching.normalize.name_variants import known_names, stands_for

_MARKED: Callable[[Word], str] = attrgetter("marked")
_ASCII: Callable[[Word], str] = attrgetter("ascii")
_MOST_OPEN = 6
"""More unmatched words than this are not paired one by one: the names differ."""


class Tie(IntEnum):
    """How two words hang together, best first."""

    EQUAL = 0
    NICKNAME = 1
    INITIAL = 2
    EDIT = 3
    NEAR = 20
    NONE = 1000


@dataclass(frozen=True, slots=True)
class Pairing:
    """The ties found: (word of the shorter, word of the longer, tie), in the shorter's order."""

    ties: tuple[tuple[Word, Word | None, Tie], ...]

    def of(self, tie: Tie) -> tuple[tuple[str, str], ...]:
        """The pairs of one tie, as typed; "" for a word without a partner."""
        return tuple((a.text, b.text if b else "") for a, b, t in self.ties if t == tie)

    @property
    def has_whole_word(self) -> bool:
        """Whether some pair rests on more than an initial."""
        return any(t in (Tie.EQUAL, Tie.NICKNAME, Tie.EDIT) and len(a.ascii) > 1 for a, _, t in self.ties)

    def tones_apart(self) -> tuple[tuple[str, str], ...]:
        """Equal in ASCII, not with their marks; family names and Thị, Văn aside, which are often typed without."""
        return tuple(
            (a.text, b.text) for a, b in self._equal() if a.marked != b.marked and not (a.middle or _same_family(a, b))
        )

    def marks_apart(self) -> tuple[tuple[str, str], ...]:
        """As tones_apart, for names of which one may be toneless."""
        return self.tones_apart()

    def _equal(self) -> list[tuple[Word, Word]]:
        return [(a, b) for a, b, t in self.ties if t == Tie.EQUAL and b]


def _same_family(a: Word, b: Word) -> bool:
    """nguyen, Nguyễn: a family name and its toneless spelling."""
    return bool(a.family and b.family) and not (a.marks and b.marks)


def pair_up(short: tuple[Word, ...], long: tuple[Word, ...], *, vietnamese: bool, names: bool = True) -> Pairing:
    """The pairing with the best ties in sum. `vietnamese`: both names are, so no misspelling is assumed; `names`:
    false for words of companies."""
    open_long = list(long)
    found: dict[int, tuple[Word, Word | None, Tie]] = {}
    for form in (_MARKED, _ASCII):
        forms = [form(b) for b in open_long]
        for i, a in enumerate(short):
            if i not in found and form(a) in forms:
                match = forms.index(form(a))
                del forms[match]
                found[i] = (a, open_long.pop(match), Tie.EQUAL)
    rest = [i for i in range(len(short)) if i not in found]
    for i, (b, tie) in zip(
        rest, _best([short[i] for i in rest], open_long, vietnamese=vietnamese, names=names), strict=True
    ):
        found[i] = (short[i], b, tie)
    return Pairing(tuple(found[i] for i in range(len(short))))


def _best(short: list[Word], long: list[Word], *, vietnamese: bool, names: bool) -> list[tuple[Word | None, Tie]]:
    if not short:
        return []
    if len(short) > _MOST_OPEN or len(long) > _MOST_OPEN + 2:
        return [(None, Tie.NONE)] * len(short)
    costs = [[tie(a, b, vietnamese=vietnamese, names=names) for b in long] for a in short]
    columns = _assign(tuple(tuple(int(c) for c in row) for row in costs))
    return [(long[j], costs[i][j]) for i, j in enumerate(columns)]


@lru_cache(maxsize=4096)
def _assign(costs: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    """The column of each row, least sum, the first such in order. At most six rows."""

    @cache
    def best(row: int, taken: int) -> tuple[int, tuple[int, ...]]:
        if row == len(costs):
            return 0, ()
        options = []
        for column, cost in enumerate(costs[row]):
            if not taken >> column & 1:
                rest, columns = best(row + 1, taken | 1 << column)
                options.append((cost + rest, (column, *columns)))
        return min(options)

    return best(0, 0)[1]


def tie(a: Word, b: Word, *, vietnamese: bool, names: bool = True) -> Tie:
    """How two words of unequal spelling hang together."""
    if a.ascii == b.ascii:
        return Tie.EQUAL
    if any(w.initial or w.shortened for w in (a, b)):
        return Tie.INITIAL if names and _shortens(a, b) else Tie.NONE
    if vietnamese:
        return Tie.NEAR if _vietnamese_near(a, b) else Tie.NONE
    if names and stands_for(a.ascii, b.ascii):
        return Tie.NICKNAME
    if _misspelt(a, b):
        return Tie.EDIT
    return Tie.NEAR if near(a, b) else Tie.NONE


def _shortens(a: Word, b: Word) -> bool:
    """N for Nam; Ng for Nguyễn or Ngô, the beginning of a family name."""
    if a.initial or b.initial:
        return a.ascii[:1] == b.ascii[:1]
    short, long = sorted((a.ascii, b.ascii), key=len)
    return bool(a.family and b.family) and long.startswith(short)


def _vietnamese_near(a: Word, b: Word) -> bool:
    """A word that is no syllable, one edit from one that is (Hươg, Hương); or i for y at the end (Mỹ, Mĩ)."""
    if a.syllable != b.syllable:
        return distance(a.ascii, b.ascii, 1) <= 1
    return a.tone == b.tone and with_i(a.ascii) == with_i(b.ascii)


def with_i(text: str) -> str:
    """A syllable with i for the y at its end, where the two are said alike (Mỹ, Mĩ; not in Thúy)."""
    after_vowel = len(text) > 1 and text[-2] in "aeou" and not text.startswith("qu")
    return text[:-1] + "i" if text.endswith("y") and not after_vowel else text


def _misspelt(a: Word, b: Word) -> bool:
    """One edit, two from seven letters on; never between two names that are both right as they are, nor into the
    other gender's form."""
    short, long = sorted((a.ascii, b.ascii), key=len)
    if len(short) < 3 or len(long) < 4 or not _alphabetic(short, long):
        return False
    if len(short) == 3 and short[0] != long[0]:
        return False
    if (short in known_names() and long in known_names()) or (a.syllable and b.syllable) or _gendered(short, long):
        return False
    allowed = 2 if len(short) >= 7 else 1
    return distance(short, long, allowed) <= allowed


def _gendered(short: str, long: str) -> bool:
    """Daniel, Daniela; Antonio, Antonia; Ivanov, Ivanova."""
    if long in (short + "a", short + "e", short + "а"):
        return True
    ends = {short[-1], long[-1]}
    return (
        len(short) == len(long) and short[:-1] == long[:-1] and ends in ({"o", "a"}, {"e", "a"}, {"i", "a"}, {"й", "я"})
    )


def _alphabetic(*texts: str) -> bool:
    """Scripts of letters (Latin, Greek, Cyrillic, Armenian): elsewhere one sign is a word or a syllable."""
    return all(c < "\u0590" for text in texts for c in text)


def near(a: Word, b: Word) -> bool:
    """Close enough to ask, too far to join: one begins the other, or one edit more than a misspelling may have, or
    equal by sound."""
    short, long = sorted((a.ascii, b.ascii), key=len)
    if len(short) < 3 or not _alphabetic(short, long):
        return False
    if long.startswith(short) or _gendered(short, long):
        return True
    allowed = 1 if len(short) < 5 else 2 if len(short) < 7 else 3
    if distance(short, long, allowed) <= allowed:
        return len(short) > 3 or short[0] == long[0]
    return len(short) > 3 and _sound(short) == _sound(long)


_SOUNDS = str.maketrans(
    {
        "z": "s",
        "k": "c",
        "q": "c",
        "y": "i",
        "v": "f",
        "h": None,
        "w": None,
        "a": None,
        "e": None,
        "i": None,
        "o": None,
        "u": None,
    }
)


def _sound(text: str) -> str:
    """First letter by sound and the consonants after it, doubles once."""
    first = text[0].translate(_SOUNDS) or "a"
    rest = text[1:].replace("ph", "f").replace("y", "i").translate(_SOUNDS)
    result = first
    for letter in rest:
        if letter != result[-1]:
            result += letter
    return result


@lru_cache(maxsize=1 << 16)
def distance(a: str, b: str, most: int) -> int:
    """Insertions, deletions, replacements and swaps of neighbours, each 1; `most` + 1 stands for anything above
    `most`."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most and (i < 2 or min(previous) > most):
            return most + 1
        before, previous = previous, row
    return min(previous[-1], most + 1)
