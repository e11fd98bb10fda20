"""Leaving pairs out before they are compared changes nothing that is kept."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from made_scores import NOTHING_BLOCKED, normalized
from rapidfuzz.distance import OSA

from benchmarks.lookalikes import people_of_the_past, people_with_numbers, people_with_phones
from benchmarks.made_shop import shop
from hub.matching.score import Scorer, shipped, train
from hub.matching.score.defaults import unlearned
from hub.matching.score.forms import Forms, one_edit
from hub.matching.score.levels import level_pairs
from hub.matching.score.training import drawn

LISTS = [
    pytest.param(lambda: shop(19, 250)[:2], id="shop"),
    pytest.param(lambda: normalized(people_of_the_past(8, 30).rows, region="GB"), id="past"),
    pytest.param(lambda: normalized(people_with_numbers(8, 90, 90).rows, region="AU"), id="numbers"),
    pytest.param(lambda: normalized(people_with_phones(8, 90).rows, region="GB"), id="phones"),
]


def _all_pairs(scorer):
    a, b = np.triu_indices(scorer.features.size, 1)
    same = scorer.features.organisation[a] == scorer.features.organisation[b]
    return a[same].astype(np.int64), b[same].astype(np.int64)


@pytest.mark.parametrize("least", [-12_000, -1_000, 6_000])
@pytest.mark.parametrize("frames", LISTS)
@pytest.mark.parametrize("learned", [False, True], ids=["first shares", "learned"])
def test_no_pair_that_weighs_enough_is_left_out(frames, least, learned):
    records, identifiers = frames()
    parameters = train(records, identifiers, NOTHING_BLOCKED, unlearned()).parameters if learned else unlearned()
    scorer = Scorer(records, identifiers, NOTHING_BLOCKED, parameters)
    pairs = _all_pairs(scorer)
    whole = scorer.score(*pairs)
    whole = whole.where(whole.weight >= least)
    some = scorer.score(*pairs, least)
    assert whole.a.size < pairs[0].size
    for name in ("a", "b", "weight", "plain", "personal", "likely"):
        assert np.array_equal(getattr(some, name), getattr(whole, name)), name


@pytest.mark.parametrize("frames", LISTS)
def test_a_pair_weighs_the_same_whichever_record_comes_first(frames):
    scorer = Scorer(*frames(), NOTHING_BLOCKED, shipped())
    a, b = _all_pairs(scorer)
    one, other = scorer.score(a, b), scorer.score(b, a)
    for name in ("weight", "plain", "personal", "likely"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_one_edit_by_bytes_is_one_edit_by_alignment():
    rng = np.random.default_rng(3)
    values = sorted({"".join(rng.choice(list("012"), rng.integers(1, 6))) for _ in range(300)})
    x, y = (side.reshape(-1) for side in np.indices((len(values), len(values))))
    wanted = [OSA.distance(values[i], values[j]) == 1 for i, j in zip(x, y, strict=True)]
    assert one_edit(Forms(pl.Series(values)), x, y).tolist() == wanted


def test_levels_of_one_vocabulary_are_those_of_two_values_alone():
    names = pl.Series(["=lan", "=thị lan", "=thị loan", "robert", "bob", "r", "robert james", "김"])
    left, right = (pl.Series([names[int(i)] for i in side.reshape(-1)]) for side in np.indices((8, 8)))
    keep = (left != right).to_numpy()
    left, right = left.filter(keep), right.filter(keep)
    alone = [int(level_pairs("given", left[n : n + 1], right[n : n + 1])[0]) for n in range(left.len())]
    assert level_pairs("given", left, right).tolist() == alone


def test_a_draw_follows_from_the_codes_alone():
    codes = np.arange(50_000, dtype=np.int64) * 977
    once, total = drawn(iter([codes]), 8_000)
    parted, _ = drawn(iter(np.array_split(codes, 37)), 8_000)
    assert total == codes.size
    assert 3_500 <= once.size <= 8_000
    assert np.array_equal(once, parted)
    assert drawn(iter([codes]), codes.size)[0].size == codes.size
