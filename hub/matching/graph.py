"""Two questions about graphs: what hangs together, and which links suffice for that.

Belongs here: asking scipy, and doing without it for a few links, because loading it takes longer than they do. Does not: what the
nodes are (prepare, bulk).
"""

from __future__ import annotations

import numpy as np

Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]
FEW = 20_000
"""Links up to which plain Python is quicker than loading scipy (measured)."""


def components(size: int, left: Numbers, right: Numbers) -> Numbers:
    """A number for each of `size` nodes, the same for those that links (left, right) hold together."""
    if left.size <= FEW and size <= FEW:
        _, root = _joined(size, left, right)
        return np.fromiter((_root(root, node) for node in range(size)), dtype=np.int64, count=size)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(left.size, dtype=np.int8), (left, right)), shape=(size, size))
    return np.asarray(connected_components(graph.tocsr(), directed=False)[1], dtype=np.int64)


def forest(size: int, left: Numbers, right: Numbers) -> Numbers:
    """Places of the links, ascending, that a minimum spanning forest takes when earlier links are preferred; links distinct."""
    if left.size <= FEW and size <= FEW:
        return np.array(_joined(size, left, right)[0], dtype=np.int64)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import minimum_spanning_tree

    weights = np.arange(1, left.size + 1, dtype=np.float64)
    tree = minimum_spanning_tree(coo_array((weights, (left, right)), shape=(size, size)).tocsr())
    return np.sort(tree.data.astype(np.int64) - 1)


def _joined(size: int, left: Numbers, right: Numbers) -> tuple[list[int], list[int]]:
    """Places of the links that joined two parts, taken in order (Kruskal), and every node's parent."""
    parent, taken = list(range(size)), []
    for place, (one, other) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        a, b = _root(parent, one), _root(parent, other)
        if a != b:
            parent[max(a, b)] = min(a, b)
            taken.append(place)
    return taken, parent


def _root(parent: list[int], node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node
