"""Where to suggest and where to merge: thresholds from the scores themselves, and how well scores keep their word.

Belongs here: expected wrong merges per 1,000, recommended weights, calibration against labels. Does not: merging (merging).
A weight that includes the prior is log2 odds, so a pair's chance of being wrong is 1 / (1 + 2**weight); the expected
share of wrong pairs among those taken is the mean of that (Fellegi & Sunter 1969, their error of the first kind).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from hub.matching.score.model import Floats, Thresholds

CAREFUL = 0.001
"""Expected share of wrong pairs among those that `careful` takes."""
LEAST_CAREFUL = 10.0
"""`careful` never merges below this weight: odds of 1,000 to 1."""
BALANCED = 0.0
"""`balanced` merges what is more likely one person than two: the expected F1 is greatest near even odds (Lipton 2014)."""
SUGGEST = -1.0
"""Worth a look from a chance of one in three on."""
Z = 1.96
"""Intervals hold the truth 95 times in 100."""


def thresholds(weights: Floats) -> Thresholds:
    """Recommended weights for a list whose candidate pairs weigh as given (bits, prior included)."""
    ordered = np.sort(weights)[::-1]
    share = np.cumsum(_wrong(ordered)) / np.arange(1, ordered.size + 1)
    fine = ordered[share <= CAREFUL]
    careful = max(LEAST_CAREFUL, float(fine[-1]) if fine.size else LEAST_CAREFUL)
    levels = {"suggest": SUGGEST, "balanced": BALANCED, "careful": round(careful, 1)}
    expected = {name: wrong_per_thousand(weights, level) for name, level in levels.items()}
    return Thresholds(**levels, wrong=expected)


def wrong_per_thousand(weights: Floats, threshold: float) -> float:
    """The wrong pairs to expect among 1,000 that weigh `threshold` or more; 0 when there are none."""
    taken = weights[weights >= threshold]
    return round(float(_wrong(taken).mean()) * 1000, 2) if taken.size else 0.0


def _wrong(weights: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp2(np.clip(weights, -60, 60)))


def calibration(weights: Floats, right: pl.Series, width: float = 2.0) -> pl.DataFrame:
    """How often pairs are right, by bucket of weight, beside what the weight promises.

    right: bool per pair, from labels or truth. Gives least, most (bits), pairs, precision, low, high (Wilson's interval,
    1927), expected – from the heaviest bucket down.
    """
    frame = pl.DataFrame(
        {"bucket": np.floor(weights / width).astype(np.int64), "right": right, "wrong": _wrong(weights)}
    )
    n, p = pl.col("pairs"), pl.col("precision")
    centre, spread = p + Z**2 / (2 * n), Z * (p * (1 - p) / n + Z**2 / (4 * n**2)).sqrt()
    return (
        frame.group_by("bucket")
        .agg(pairs=pl.len(), precision=pl.col("right").mean(), expected=1 - pl.col("wrong").mean())
        .sort("bucket", descending=True)
        .select(
            (pl.col("bucket") * width).alias("least"),
            ((pl.col("bucket") + 1) * width).alias("most"),
            "pairs",
            "precision",
            ((centre - spread) / (1 + Z**2 / n)).clip(0, 1).alias("low"),
            ((centre + spread) / (1 + Z**2 / n)).clip(0, 1).alias("high"),
            "expected",
        )
    )
