"""Thresholds and how well scores keep their word."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from hub.matching.score.threshold import calibration, thresholds, wrong_per_thousand


def test_wrong_merges_are_the_mean_chance_of_being_wrong():
    assert wrong_per_thousand(np.array([0.0, 0.0, -5.0]), 0.0) == 500.0
    assert wrong_per_thousand(np.array([-5.0]), 0.0) == 0.0


def test_careful_is_heavier_than_balanced_and_expects_fewer_wrong():
    found = thresholds(np.random.default_rng(1).normal(4, 8, 20_000))
    assert found.careful > found.balanced > found.suggest
    assert found.wrong["careful"] <= 1.0 < found.wrong["balanced"] < found.wrong["suggest"]


def test_calibration_tells_precision_by_weight_with_an_interval():
    weights = np.repeat([-3.0, 5.0], [100, 400])
    right = pl.Series([False] * 90 + [True] * 10 + [True] * 392 + [False] * 8)
    found = calibration(weights, right)
    assert found["least"].to_list() == [4.0, -4.0]
    assert found["precision"].to_list() == pytest.approx([0.98, 0.10])
    assert all(low < p < high for low, p, high in found.select("low", "precision", "high").iter_rows())
