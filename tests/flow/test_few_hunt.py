"""A few records matched row by row equal a rebuild (promise 3.7), hunted over histories at random.

HUB_HUNT=1000 plays so many histories instead of a few, HUB_HUNT_FROM=500 begins at that seed (CONTRIBUTING.md).
"""

from __future__ import annotations

import os
import random
from collections import Counter
from unittest.mock import patch

import hunting
import pytest
from histories import Maker

from hub.flow import few

FIRST = int(os.environ.get("HUB_HUNT_FROM", "0"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("HUB_HUNT", "2")))
STEPS = 14


@pytest.fixture(autouse=True)
def _always_incremental(monkeypatch):
    """The small sets of these tests are far above the share at which everything is matched anew."""
    monkeypatch.setattr("hub.flow.match.FULL_SHARE", 2.0)


@pytest.mark.parametrize("seed", SEEDS)
def test_few_records_row_by_row_equal_a_rebuild(store, twin, seed):
    """One store is matched row by row where that is usual, its twin anew: equal after every step, ids and feed too."""
    done: Counter[bool] = Counter()
    steps = Maker(random.Random(seed)).history(STEPS)
    settled = hunting.settle

    def at_once(one, settings, number, *, rebuild=False):
        if not rebuild:
            with patch("hub.flow.match.os.urandom", hunting.entropy(number)):
                done[few.settle(one, settings, hunting.run_of(number))] += 1
        return settled(one, settings, number, rebuild=rebuild)

    with patch.object(hunting, "settle", at_once):
        both = zip(hunting.play(store, steps), hunting.play(twin, steps, rebuild=True), strict=True)
        for (number, _, _), _ in both:
            assert hunting.differing(hunting.state(store), hunting.state(twin)) == {}, number
    print(done)
    assert done[True]
