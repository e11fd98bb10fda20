"""Graphs by columns give what scipy gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from hub.matching import graph

LINKS = st.integers(1, 12).flatmap(
    lambda size: st.tuples(st.just(size), st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1))))
)


def arrays(pairs):
    return [np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1)]


def by_scipy(size, left, right):
    return connected_components(coo_array((np.ones(left.size), (left, right)), shape=(size, size)), directed=False)[1]


def together(labels):
    return [[one == other for one in labels] for other in labels]


@settings(deadline=None)
@given(LINKS)
def test_nodes_hang_together_as_scipy_says(drawn):
    size, pairs = drawn
    left, right = arrays(pairs)
    parts = graph.components(size, left, right)
    assert together(parts) == together(by_scipy(size, left, right))
    assert all(part == parts.tolist().index(part) for part in parts)


@settings(deadline=None)
@given(LINKS, st.randoms(use_true_random=False))
def test_the_links_taken_are_those_that_scipy_takes(drawn, rng):
    size, pairs = drawn
    distinct = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})
    rng.shuffle(distinct)
    left, right = arrays(distinct)
    weights = np.arange(1, left.size + 1, dtype=np.float64)
    tree = minimum_spanning_tree(coo_array((weights, (left, right)), shape=(size, size)).tocsr())
    assert graph.forest(size, left, right).tolist() == sorted(int(weight) - 1 for weight in tree.data)


@pytest.mark.parametrize("size", [2, 3, 1_000])
def test_a_chain_is_one_part_whatever_the_order_of_its_links(size):
    places = np.random.default_rng(7).permutation(size - 1)
    assert len(set(graph.components(size, places, places + 1).tolist())) == 1
    assert graph.forest(size, places, places + 1).tolist() == list(range(size - 1))
