"""A book of names: what two names say about each other, asked once per pair of spellings.

Belongs here: the memory of comparisons, how organisations compare. Does not: how persons' names compare (names).
"""

from __future__ import annotations

from hub.matching.names import compare_names
from hub.matching.normalize.name import Name, parse_name

AGREE = frozenset({"same", "compatible"})
EXCLUDE = frozenset({"incompatible"})


class Book:
    """Verdicts same | compatible | unsure | incompatible | missing on names; '' is a missing name. Grows with use."""

    def __init__(self) -> None:
        self._names: dict[str, Name] = {}
        self._verdicts: dict[tuple[str, str, str], str] = {}

    def name(self, text: str) -> Name:
        """The parsed form of a person's full name."""
        known = self._names.get(text)
        if known is None:
            known = self._names[text] = parse_name(text)
        return known

    def toneless(self, text: str) -> bool:
        """A Vietnamese name typed without its tones, so that it could be one of several; others have none to lose."""
        name = self.name(text)
        return name.vietnamese and not name.toned

    def verdict(self, kind: str, a: str, b: str) -> str:
        """What two names of one kind of record say; persons by full name, organisations by company key."""
        if not a or not b:
            return "missing"
        key = (kind, a, b) if a <= b else (kind, b, a)
        known = self._verdicts.get(key)
        if known is None:
            known = self._verdicts[key] = self._compare(*key)
        return known

    def _compare(self, kind: str, a: str, b: str) -> str:
        if kind == "organisation":
            return compare_companies(a, b)
        return compare_names(self.name(a), self.name(b)).verdict


def compare_companies(a: str, b: str) -> str:
    """Two company keys: same when equal, unsure when one holds all words of the other, else incompatible."""
    if a == b:
        return "same"
    words_a, words_b = set(a.split()), set(b.split())
    return "unsure" if words_a <= words_b or words_b <= words_a else "incompatible"
