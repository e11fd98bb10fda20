"""How good blocking is: the share of true pairs that it keeps, and of all pairs that it leaves out.

Belongs here: pairs completeness and reduction ratio (Christen 2012) against truth. Does not: blocking (blocking).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from hub.matching.score.blocking import Blocks
from hub.matching.score.model import Whole
from hub.matching.score.scorer import Scorer


@dataclass(frozen=True, slots=True)
class Reach:
    """pairs: candidates. completeness: share of the true pairs among them. reduction: share of all pairs left out."""

    pairs: int
    true: int
    completeness: float
    reduction: float


def blocking_quality(scorer: Scorer, truth: pl.DataFrame) -> Reach:
    """How the scorer's rules do against truth: rid and cluster of records, or rid_a and rid_b of true pairs.

    Records that are no customers (of no person or organisation) are not asked about.
    """
    size = scorer.features.size
    true = _codes(scorer, truth)
    pairs = kept = 0
    for codes in Blocks(scorer.features).candidates(scorer.parameters.rules, scorer.parameters.largest_block):
        pairs += codes.size
        kept += int(
            np.isin(true[np.searchsorted(true, codes[0]) : np.searchsorted(true, codes[-1], "right")], codes).sum()
        )
    everything = size * (size - 1) // 2
    return Reach(pairs, true.size, kept / true.size if true.size else 1.0, 1.0 - pairs / max(everything, 1))


def _codes(scorer: Scorer, truth: pl.DataFrame) -> Whole:
    """Codes of the true pairs, ascending, each once."""
    places = pl.DataFrame({"rid": scorer.rids, "n": np.arange(scorer.features.size)})
    if "cluster" in truth.columns:
        known = truth.join(places, on="rid").select("n", "cluster")
        both = known.join(known, on="cluster", suffix="_o")
    else:
        named = truth.select(rid="rid_a", other="rid_b").join(places, on="rid")
        both = named.join(places.select(other="rid", n_o="n"), on="other")
    both = both.filter(pl.col("n") != pl.col("n_o"))
    low, high = pl.min_horizontal("n", "n_o"), pl.max_horizontal("n", "n_o")
    codes = both.select((low * scorer.features.size + high).unique().sort()).to_series()
    return codes.to_numpy().astype(np.int64)
