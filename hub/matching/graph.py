"""Two questions about graphs: what hangs together, and which links suffice for that.

Belongs here: joining parts link by link, all parts at once (Borůvka). Does not: what the nodes are (prepare, bulk).
"""

from __future__ import annotations

import numpy as np

Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]


def components(size: int, left: Numbers, right: Numbers) -> Numbers:
    """The first node of the part of each of `size` nodes; a part is what links (left, right) hold together."""
    part, _ = _joined(size, left, right)
    first = np.zeros(size, dtype=np.int64)
    first[part[::-1]] = np.arange(size, dtype=np.int64)[::-1]  # of several the last that is written stays
    return np.asarray(first[part])


def forest(size: int, left: Numbers, right: Numbers) -> Numbers:
    """Places of the links, ascending, that a minimum spanning forest takes when earlier links are preferred."""
    return _joined(size, left, right)[1]


def _joined(size: int, left: Numbers, right: Numbers) -> tuple[Numbers, Numbers]:
    """Every node's part, told by one of its nodes, and the links taken.

    In each round every part takes its earliest link to another one, so that the parts become at most half as many.
    """
    part: Numbers = np.arange(size, dtype=np.int64)
    place: Numbers = np.arange(left.size, dtype=np.int64)
    taken: list[Numbers] = [place[:0]]
    while True:
        one, other = part[left[place]], part[right[place]]
        apart = one != other
        one, other, place = one[apart], other[apart], place[apart]
        if not place.size:
            return part, np.sort(np.concatenate(taken))
        ends, first = _earliest(size, one, other)
        some = np.zeros(place.size, dtype=np.bool_)
        some[first] = True
        taken.append(place[some])
        part = _led(part, ends, one[first] + other[first] - ends)


def _earliest(size: int, one: Numbers, other: Numbers) -> tuple[Numbers, Numbers]:
    """The parts that have links, and the first link of each."""
    first = np.full(size, one.size, dtype=np.int64)
    ways = np.arange(one.size, dtype=np.int64)[::-1]
    first[one[::-1]] = ways  # likewise: the first link
    second = np.full(size, one.size, dtype=np.int64)
    second[other[::-1]] = ways
    first = np.minimum(first, second)
    ends = np.flatnonzero(first < one.size)
    return ends, first[ends]


def _led(part: Numbers, ends: Numbers, towards: Numbers) -> Numbers:
    """The parts when each of `ends` has joined the one it leads to; of two that lead to each other the smaller stays."""
    lead = np.arange(part.size, dtype=np.int64)
    lead[ends] = towards
    mutual = ends[(lead[towards] == ends) & (ends < towards)]
    lead[mutual] = mutual
    while True:
        further = lead[lead]
        if np.array_equal(further, lead):
            return lead[part]
        lead = further
