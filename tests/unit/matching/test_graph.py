"""Graphs without scipy give what scipy gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.matching import graph

LINKS = st.integers(1, 12).flatmap(
    lambda size: st.tuples(st.just(size), st.sets(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1))))
)


def both(monkeypatch, ask):
    told = [ask()]
    monkeypatch.setattr(graph, "FEW", -1)
    return [*told, ask()]


@settings(deadline=None)  # scipy is loaded by the first
@given(LINKS)
def test_few_links_hang_together_as_many_do(drawn):
    size, pairs = drawn
    left, right = (np.array([pair[side] for pair in sorted(pairs)], dtype=np.int64) for side in (0, 1))
    with pytest.MonkeyPatch.context() as patch:
        plain, fast = both(patch, lambda: graph.components(size, left, right))
    together = [[labels[a] == labels[b] for a in range(size) for b in range(size)] for labels in (plain, fast)]
    assert together[0] == together[1]


@settings(deadline=None)  # scipy is loaded by the first
@given(LINKS)
def test_few_links_are_taken_as_many_are(drawn):
    size, pairs = drawn
    ordered = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}, key=lambda pair: (pair[1], pair))
    left, right = (np.array([pair[side] for pair in ordered], dtype=np.int64) for side in (0, 1))
    with pytest.MonkeyPatch.context() as patch:
        plain, fast = both(patch, lambda: graph.forest(size, left, right))
    assert plain.tolist() == fast.tolist()
