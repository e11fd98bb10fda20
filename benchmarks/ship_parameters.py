"""Learn the parameters that come with the hub from made Vietnamese shops and write them.

python -m benchmarks.ship_parameters [--people 12000] [--seed 2026] [--to hub/matching/score/data/parameters.json]
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.made_shop import shop
from hub.matching.partition import partition
from hub.matching.policy import Policy
from hub.matching.score import Comparison, Parameters, Scorer, Thresholds, dump, floor, train
from hub.matching.score.defaults import PRIOR_BITS, unlearned
from hub.matching.score.model import MILLI
from hub.matching.score.threshold import BALANCED, LEAST_CAREFUL, SUGGEST

TARGET = Path(__file__).resolve().parent.parent / "hub/matching/score/data/parameters.json"
NAMES = {"given": 2e-4, "family": 1e-3}
"""Parts of names have term frequencies; one that is not listed is as rare as this, no rarer."""
LISTED = 1_500
UNSEEN = ("postal_code", "company", "occupation", "id")
"""Made shops hold too few of these: they keep the shares of levels.tsv."""


def shipped(people: int, seed: int) -> Parameters:
    """The parameters learned, drawn half way to what levels.tsv says, with the shipped prior and thresholds."""
    records, identifiers, _ = shop(seed, people)
    words = pl.DataFrame(schema={"rid_a": pl.Int64, "rid_b": pl.Int64, "verdict": pl.String, "at": pl.String})
    sent = pl.DataFrame(schema={"rid": pl.Int64, "anchor_rid": pl.Int64})
    blocked = partition(records, identifiers, words, sent, Policy()).blocked
    learned = train(records, identifiers, blocked, unlearned()).parameters
    first = {one.name: one for one in unlearned().comparisons}
    comparisons = tuple(_drawn(one, first[one.name]) for one in learned.comparisons)
    levels = Thresholds(SUGGEST, BALANCED, LEAST_CAREFUL, {})
    done = replace(learned, origin="shipped", prior_bits=PRIOR_BITS, comparisons=comparisons, thresholds=levels)
    return replace(done, thresholds=replace(levels, wrong=measured(done, people // 3, seed + 1)))


def measured(parameters: Parameters, people: int, seed: int) -> dict[str, float]:
    """Wrong pairs per 1,000 at every threshold, on another made shop; for `careful` those with something of a person's own.

    Never below what the number of pairs can tell (the rule of three).
    """
    records, identifiers, truth = shop(seed, people)
    words = pl.DataFrame(schema={"rid_a": pl.Int64, "rid_b": pl.Int64, "verdict": pl.String, "at": pl.String})
    sent = pl.DataFrame(schema={"rid": pl.Int64, "anchor_rid": pl.Int64})
    scorer = Scorer(records, identifiers, partition(records, identifiers, words, sent, Policy()).blocked, parameters)
    scored = scorer.candidates(floor(scorer))
    of = dict(truth.select("rid", "cluster").iter_rows())
    cluster = np.array([of[rid] for rid in scorer.rids])
    wrong = cluster[scored.a] != cluster[scored.b]
    least = {"suggest": floor(scorer), "balanced": BALANCED, "careful": LEAST_CAREFUL}
    taken = {name: scored.weight >= round(bits * MILLI) for name, bits in least.items()}
    taken["careful"] &= scored.personal
    return {
        name: round(float(max(wrong[some].sum(), 3) / max(some.sum(), 3)) * 1000, 1) for name, some in taken.items()
    }


def _drawn(one: Comparison, first: Comparison) -> Comparison:
    """Half way between learned and first shares (the geometric mean for u), names only with frequencies."""
    if one.name in UNSEEN:
        return replace(one, m=first.m, u=first.u, tf={}, tf_rest=0.0)
    m = (np.array(one.m) + np.array(first.m)) / 2
    u = np.sqrt(np.array(one.u) * np.array(first.u))
    u = u / u.sum(axis=1, keepdims=True)
    rows = [
        tuple(tuple(float(f"{x:.5g}") for x in row) for row in table) for table in (m / m.sum(axis=1, keepdims=True), u)
    ]
    if one.name not in NAMES:
        return replace(one, m=rows[0], u=rows[1], tf={}, tf_rest=0.0)
    frequent = dict(sorted(sorted(one.tf.items(), key=lambda item: -item[1])[:LISTED]))
    listed = {value: share for value, share in frequent.items() if share >= NAMES[one.name]}
    return replace(one, m=rows[0], u=rows[1], tf=listed, tf_rest=NAMES[one.name])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ship_parameters", description=__doc__)
    parser.add_argument("--people", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--to", type=Path, default=TARGET)
    chosen = parser.parse_args()
    chosen.to.write_bytes(dump(shipped(chosen.people, chosen.seed)) + b"\n")


if __name__ == "__main__":
    main()
