"""Clusters out of weighted pairs."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.matching.score.linkage import average_linkage


def _free(xs, ys):
    return None


def _groups(size, weights, threshold=0, against=_free):
    return average_linkage([[n] for n in range(size)], weights, threshold, against).groups


def test_one_strong_pair_does_not_fuse_two_groups_that_else_differ():
    weights = dict.fromkeys(combinations(range(8), 2), -15_000)
    weights |= dict.fromkeys(combinations(range(4), 2), 9_000) | dict.fromkeys(combinations(range(4, 8), 2), 9_000)
    weights[3, 4] = 5_000
    assert _groups(8, weights) == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_a_record_that_is_like_one_of_a_group_and_not_unlike_the_others_joins_it():
    weights = {(0, 1): 9_000, (1, 2): 8_000, (0, 2): -3_000}
    assert _groups(3, weights) == [[0, 1, 2]]


def test_weights_below_the_threshold_join_nobody():
    assert _groups(2, {(0, 1): 4_999}, threshold=5_000) == [[0], [1]]


def test_what_is_one_already_is_never_parted():
    done = average_linkage([[0, 1], [2]], {(0, 2): -9_000, (1, 2): -9_000}, 0, _free)
    assert done.groups == [[0, 1], [2]]


def test_a_forbidden_join_is_told_with_its_reason():
    done = average_linkage([[0], [1]], {(0, 1): 9_000}, 0, lambda xs, ys: "cannot_link")
    assert (done.groups, done.refused) == ([[0], [1]], [(0, 1, "cannot_link")])


def test_a_forbidden_pair_is_not_brought_together_by_a_third():
    weights = {(0, 1): 9_000, (0, 2): 8_000, (1, 2): 7_000}

    def against(xs, ys):
        return "cannot_link" if {0, 2} <= {*xs, *ys} else None

    assert _groups(3, weights, against=against) == [[0, 1], [2]]


PAIRS = st.dictionaries(st.sampled_from(list(combinations(range(7), 2))), st.integers(-12_000, 12_000), max_size=21)


@settings(deadline=None)
@given(weights=PAIRS, order=st.permutations(range(21)))
def test_the_order_of_pairs_does_not_matter(weights, order):
    listed = list(weights.items())
    mixed = dict(sorted(listed, key=lambda item: order[list(weights).index(item[0])]))
    assert _groups(7, weights) == _groups(7, mixed)
