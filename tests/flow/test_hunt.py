"""Incremental equals rebuild (promise 3.7), hunted over histories at random.

HUB_HUNT=1000 plays so many histories instead of a few, HUB_HUNT_FROM=500 begins at that seed (CONTRIBUTING.md).
"""

from __future__ import annotations

import os
import random
from typing import Any

import hunted
import hunting
import pytest
from histories import Maker, shuffled

FIRST = int(os.environ.get("HUB_HUNT_FROM", "0"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("HUB_HUNT", "1")))
STEPS, FEW = 12, 5


@pytest.fixture(autouse=True)
def _always_incremental(monkeypatch):
    """The small sets of these tests are far above the share at which everything is matched anew."""
    monkeypatch.setattr("hub.flow.match.FULL_SHARE", 2.0)


@pytest.mark.parametrize("seed", SEEDS)
def test_incremental_equals_rebuild(store, twin, seed, monkeypatch):
    """One store is matched by what changed, its twin anew: equal after every step, ids, codes, feed and reports too."""
    monkeypatch.setattr("hub.matching.blast.FLOOR", 2)
    _equal(store, twin, Maker(random.Random(seed)).history(STEPS))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("level", ["never", "balanced"] if len(SEEDS) == 1 else ["never", "careful", "balanced"])
def test_incremental_equals_rebuild_while_scores_suggest_and_merge(store, twin, seed, level, monkeypatch):
    """The same with parameters by which scores join often, and blocks so small that one record more closes them."""
    monkeypatch.setattr("hub.matching.blast.FLOOR", 4)
    for one in (store, twin):
        hunting.learn(one, largest_block=4)
    _equal(store, twin, Maker(random.Random(seed)).history(STEPS if len(SEEDS) > 1 else FEW), level)


def _equal(store, twin, steps, level=None):
    last: dict[str, list[dict[str, Any]]] = {}
    both = zip(
        hunting.play(store, steps, level=level), hunting.play(twin, steps, rebuild=True, level=level), strict=True
    )
    for (number, settings, told), (_, _, again) in both:
        before = hunted.state(store)
        assert hunted.differing(before, hunted.state(twin)) == {}, number
        assert told == again, number
        hunting.settle(store, settings, number + 5, rebuild=True)
        assert hunted.differing(before, hunted.state(store)) == {}, f"a rebuild after {number} wrote something"
        assert (hunted.astray(before), hunted.untold(last, before)) == ([], []), number
        last = before


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_arrival_does_not_matter(store, twin, seed):
    """The same records and judgements in many runs, in any order, and in one: the same customers with the same values."""
    by_and_by, at_once = shuffled(random.Random(seed), 6)
    for _ in hunting.play(store, by_and_by):
        pass
    for _ in hunting.play(twin, at_once, rebuild=True):
        pass
    one, other = hunted.told(store), hunted.told(twin)
    assert {name: (one.get(name), other.get(name)) for name in one | other if one.get(name) != other.get(name)} == {}
