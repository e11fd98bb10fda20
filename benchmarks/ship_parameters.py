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
from hub.matching.score import Comparison, Parameters, Scorer, Thresholds, dump, floor, merge, suggest, train
from hub.matching.score.defaults import LARGEST_BLOCK, PRIOR_BITS, unlearned
from hub.matching.score.threshold import LEAST_CAREFUL, SUGGEST

TARGET = Path(__file__).resolve().parent.parent / "hub/matching/score/data/parameters.json"
NAMES = {"given": 2e-4, "family": 1e-3}
"""Parts of names have term frequencies; one that is not listed is as rare as this, no rarer."""
LISTED = 1_500
SHIPPED_BALANCED = 14.0
"""Before a list has been learned from, `balanced` waits for much more than even odds: its frequent names are not known."""
MEASURED_SEED, MEASURED_PEOPLE = 5, 90_000
"""The other made shop on which the thresholds are measured: 200,000 records, as many as the shipped prior is for."""
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
    levels = Thresholds(SUGGEST, SHIPPED_BALANCED, LEAST_CAREFUL, {})
    done = replace(
        learned, origin="shipped", prior_bits=PRIOR_BITS, comparisons=comparisons, largest_block=LARGEST_BLOCK,
        thresholds=levels,
    )  # fmt: skip
    return replace(done, thresholds=replace(levels, wrong=measured(done, shop(MEASURED_SEED, MEASURED_PEOPLE))))


def measured(parameters: Parameters, made: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]) -> dict[str, float]:
    """Wrong joins per 1,000 that each level makes on another made shop, and wrong questions per 1,000 for `suggest`.

    Never below what the number of joins can tell (the rule of three).
    """
    records, identifiers, truth = made
    words = pl.DataFrame(schema={"rid_a": pl.Int64, "rid_b": pl.Int64, "verdict": pl.String, "at": pl.String})
    sent = pl.DataFrame(schema={"rid": pl.Int64, "anchor_rid": pl.Int64})
    rules = partition(records, identifiers, words, sent, Policy())
    scorer = Scorer(records, identifiers, rules.blocked, parameters)
    scored = scorer.candidates(floor(scorer))
    pairs = {
        "balanced": merge(scorer, scored, records, identifiers, words, rules, "balanced").partition.edges,
        "careful": merge(scorer, scored, records, identifiers, words, rules, "careful").partition.edges,
    }
    joins = {level: edges.filter(pl.col("rule") == "score") for level, edges in pairs.items()}
    joins["suggest"] = suggest(scorer, scored, records, identifiers, words, rules)
    return {name: _wrong(found, truth) for name, found in joins.items()}


def _wrong(found: pl.DataFrame, truth: pl.DataFrame) -> float:
    """Per 1,000 pairs (rid_a, rid_b), those of two people."""
    of = truth.select("rid", "cluster")
    left = found.join(of.rename({"rid": "rid_a", "cluster": "x"}), on="rid_a")
    both = left.join(of.rename({"rid": "rid_b", "cluster": "y"}), on="rid_b")
    wrong = both.filter(pl.col("x") != pl.col("y")).height
    return round(max(wrong, 3) / max(found.height, 3) * 1000, 1)


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
