"""Clusters while they grow, and what stands against making two of them one.

Belongs here: union, the check of two clusters, record against record. Does not: the order of joins (cluster).
"""

from __future__ import annotations

from hub.matching.births import birth_conflict
from hub.matching.book import Book
from hub.matching.component import Item
from hub.matching.rules.base import Need
from hub.matching.rules.personal_number import NationalIds, national_conflict

Face = tuple[str, str, str]


class State:
    """Clusters of a component; each keeps the distinct faces and national ids of its records, so checks stay small."""

    def __init__(self, items: list[Item], book: Book) -> None:
        self.items, self.book = items, book
        self.root = list(range(len(items)))
        self.members: list[list[int]] = [[i] for i in range(len(items))]
        self.faces: list[frozenset[Face]] = [frozenset({item.face}) for item in items]
        self.national: list[frozenset[NationalIds]] = [
            frozenset({item.national}) if item.national else frozenset() for item in items
        ]
        self.apart: dict[tuple[int, int], str] = {}

    def copy(self) -> State:
        """A state that can be joined further without touching this one."""
        twin = State.__new__(State)
        twin.items, twin.book, twin.apart = self.items, self.book, self.apart
        twin.root, twin.members = list(self.root), [list(one) for one in self.members]
        twin.faces, twin.national = list(self.faces), list(self.national)
        return twin

    def join(self, a: int, b: int) -> None:
        """Make the clusters of two records one; its root is its first record."""
        first, second = sorted((self.root[a], self.root[b]))
        for member in self.members[second]:
            self.root[member] = first
        self.members[first].extend(self.members[second])
        self.members[second] = []
        self.faces[first] |= self.faces[second]
        self.national[first] |= self.national[second]

    def against(self, a: int, b: int, need: Need, later: State | None = None) -> str | None:
        """Why cluster a and cluster b (of `later`, when given) may not be one, None when they may. a, b: roots."""
        there = later or self
        for (one, other), parted in self.apart.items():
            if self._holds(one, other, a, b, there) or self._holds(other, one, a, b, there):
                return parted
        if need == "judged":
            return None if self._kinds(a) == there._kinds(b) else "kind"
        if (
            self.national[a]
            and there.national[b]
            and any(national_conflict(x, y) for x in self.national[a] for y in there.national[b])
        ):
            return "national_id"
        if need == "sent":
            return None
        for x in self.faces[a]:
            for y in there.faces[b]:
                reason = None if x == y else faces_against(x, y, need, self.book)
                if reason:
                    return reason
        return None

    def _holds(self, x: int, y: int, a: int, b: int, there: State) -> bool:
        return self.root[x] == a and there.root[y] == b

    def _kinds(self, a: int) -> set[str]:
        return {kind for kind, _, _ in self.faces[a]}


def faces_against(x: Face, y: Face, need: Need, book: Book) -> str | None:
    """Why two records may not be one by an identifier of this need, national ids and judgements aside."""
    if x[0] != y[0]:
        return "kind"
    if need == "number":
        return None
    verdict = book.verdict(x[0], x[1], y[1])
    if verdict == "incompatible":
        return "name_incompatible"
    if need == "loyal" or verdict == "same":
        return None
    if verdict == "unsure":
        return "name_unsure"
    return "birth_date" if birth_conflict(x[2], y[2]) else None
