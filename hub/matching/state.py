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
        self.foes: list[dict[int, str]] = [{} for _ in items]

    def copy(self) -> State:
        """A state that can be joined further without touching this one."""
        twin = State.__new__(State)
        twin.items, twin.book = self.items, self.book
        twin.root, twin.members = list(self.root), [list(one) for one in self.members]
        twin.faces, twin.national, twin.foes = list(self.faces), list(self.national), list(self.foes)
        return twin

    def part(self, a: int, b: int, reason: str) -> None:
        """Keep two records apart from now on: no join may bring them into one cluster."""
        for one, other in ((a, b), (b, a)):
            root = self.root[one]
            self.foes[root] = _foes(self.foes[root], {other: reason})

    def join(self, a: int, b: int) -> None:
        """Make the clusters of two records one; its root is its first record."""
        first, second = sorted((self.root[a], self.root[b]))
        for member in self.members[second]:
            self.root[member] = first
        self.members[first].extend(self.members[second])
        self.members[second] = []
        self.faces[first] |= self.faces[second]
        self.national[first] |= self.national[second]
        self.foes[first] = _foes(self.foes[first], self.foes[second])

    def against(self, a: int, b: int, need: Need, later: State | None = None) -> str | None:
        """Why cluster a and cluster b (of `later`, when given) may not be one, None when they may. a, b: roots."""
        there = later or self
        parted = {reason for foe, reason in self.foes[a].items() if there.root[foe] == b}
        if parted:
            return min(parted)
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

    def _kinds(self, a: int) -> set[str]:
        return {kind for kind, _, _ in self.faces[a]}


def _foes(one: dict[int, str], other: dict[int, str]) -> dict[int, str]:
    """Records that a cluster may not be one with, and why; of two reasons the first by name (cannot_link before held)."""
    return one | {foe: min(reason, one.get(foe, reason)) for foe, reason in other.items()} if other else one


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
