"""Clusters out of scored pairs: which records become one, when many pairs speak and some speak against.

Belongs here: average linkage over the pairs of one component, with what forbids a join. Does not: weights (weigh),
which guards there are (guarding), frames of a partition (merging).
Two clusters join when their strongest pair reaches the threshold and the mean over all pairs of their records stays
within SLACK below it, the highest mean first (average linkage, Sokal & Michener 1958): one strong pair between two groups
that else do not fit joins nobody. Weights are whole thousandths of a bit and means are compared as fractions: exact, and
the same in any order of rows.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

SLACK = 4_000
"""Thousandths of a bit by which the mean of all pairs may stay below the threshold (measured on made lists)."""
UNKNOWN = -10_000
"""The weight of a pair that was not compared, in components too large to compare all."""

Pair = tuple[int, int]
Against = Callable[[Sequence[int], Sequence[int]], str | None]


@dataclass(frozen=True, slots=True)
class Joined:
    """groups: the members of every cluster, sorted, in order of their first. steps: the strongest pair of every join, in
    the order of joining. refused: the same for joins that were forbidden, with the reason."""

    groups: list[list[int]]
    steps: list[Pair]
    refused: list[tuple[int, int, str]]


@dataclass(slots=True)
class _Tie:
    """All pairs between two clusters that were compared: their sum, number and the strongest."""

    total: int
    known: int
    strongest: tuple[int, int, int]
    """(-weight, a, b): the least is the strongest pair, ties by record order."""

    def add(self, other: _Tie) -> _Tie:
        """Both ties as one."""
        return _Tie(self.total + other.total, self.known + other.known, min(self.strongest, other.strongest))


class _Linkage:
    def __init__(self, atoms: Sequence[Sequence[int]], weights: Mapping[Pair, int], threshold: int) -> None:
        self.threshold = threshold
        self.members = [sorted(one) for one in sorted(atoms, key=min)]
        self.ties: list[dict[int, _Tie]] = [{} for _ in self.members]
        self.heap: list[tuple[Fraction, int, int, int, int]] = []
        home = {one: number for number, of in enumerate(self.members) for one in of}
        for (a, b), weight in weights.items():
            self._tie(home[a], home[b], _Tie(weight, 1, (-weight, a, b)))
        for x, ties in enumerate(self.ties):
            for y in ties:
                if x < y:
                    self._offer(x, y)

    def _tie(self, x: int, y: int, tie: _Tie) -> None:
        if x != y:
            known = self.ties[x].get(y)
            self.ties[x][y] = self.ties[y][x] = tie.add(known) if known else tie

    def _offer(self, x: int, y: int) -> None:
        """Onto the heap, when the two may join by their weights."""
        tie, pairs = self.ties[x][y], len(self.members[x]) * len(self.members[y])
        mean = Fraction(tie.total + UNKNOWN * (pairs - tie.known), pairs)
        if -tie.strongest[0] >= self.threshold and mean >= self.threshold - SLACK:
            first, second = sorted((self.members[x][0], self.members[y][0]))
            heapq.heappush(self.heap, (-mean, first, second, x, y))

    def run(self, against: Against) -> Joined:
        steps: list[Pair] = []
        refused: list[tuple[int, int, str]] = []
        while self.heap:
            *_, x, y = heapq.heappop(self.heap)
            tie = self.ties[x].get(y) if self.members[x] and self.members[y] else None
            if tie is None:
                continue
            pair = tie.strongest[1:]
            reason = against(self.members[x], self.members[y])
            if reason:
                refused.append((*pair, reason))
                del self.ties[x][y], self.ties[y][x]
            else:
                steps.append(pair)
                self._join(x, y)
        return Joined(sorted(one for one in self.members if one), steps, refused)

    def _join(self, x: int, y: int) -> None:
        """A new cluster of both. A cluster that was refused by one of them stays refused: the reason stands within."""
        self.members.append(sorted([*self.members[x], *self.members[y]]))
        self.ties.append({})
        new = len(self.members) - 1
        for other in sorted((self.ties[x].keys() | self.ties[y].keys()) - {x, y}):
            for old in (x, y):
                tie = self.ties[old].get(other)
                if tie:
                    self._tie(new, other, tie)
                    del self.ties[other][old]
        self.members[x], self.members[y] = [], []
        self.ties[x], self.ties[y] = {}, {}
        for other in self.ties[new]:
            self._offer(min(new, other), max(new, other))


def average_linkage(
    atoms: Sequence[Sequence[int]], weights: Mapping[Pair, int], threshold: int, against: Against
) -> Joined:
    """Join atoms (records that are one already) by the weights of pairs of records.

    weights: (a, b) with a < b → thousandths of a bit. against: why two sets of records may not be one, None when they may.
    """
    return _Linkage(atoms, weights, threshold).run(against)
