"""How good scores are against known truth, list by list and scenario by scenario, beside what they foretold.

python -m benchmarks.quality [--set shop --set phones …] [--scale 10] [--people 20000]

Each list is learned from as `hub match --train` does and merged as `merge_above` does. Lists: a made Vietnamese shop and
made lists in the manner of public ones (lookalikes). One line per level, then the scenarios that hold strangers.
"""

from __future__ import annotations

import argparse
from typing import Any

import polars as pl

from benchmarks.lookalikes import SETS, Made
from benchmarks.made_shop import shop
from hub.matching.evaluate import evaluate
from hub.matching.normalize import canonical_frame, normalize_records
from hub.matching.partition import Partition, partition
from hub.matching.policy import Policy
from hub.matching.score import Scorer, blocking_quality, floor, merge, shipped, train

Frames = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]
NO_WORDS = pl.DataFrame(schema={"rid_a": pl.Int64, "rid_b": pl.Int64, "verdict": pl.String, "at": pl.String})
NO_RECEIPTS = pl.DataFrame(schema={"rid": pl.Int64, "anchor_rid": pl.Int64})
REGIONS = {"febrl3": "AU", "febrl4": "AU"}
CUSTOMERS = ("person", "organisation")


def frames_of(made: Made, region: str) -> Frames:
    """records, identifiers and truth (rid, cluster) of a made list."""
    done = normalize_records(canonical_frame(made.rows), region=region, date_order="ymd", today="2026-01-01")
    ids = [str(row["source_id"]) for row in made.rows]
    numbers = pl.DataFrame({"source_id": ids, "source": "list"}).with_row_index("rid").cast({"rid": pl.Int64})
    truth = numbers.select("rid", cluster=pl.Series([made.truth[one] for one in ids]))
    return done.records.join(numbers, on="source_id"), done.identifiers.join(numbers, on="source_id"), truth


def judge(name: str, frames: Frames) -> None:
    """Print what rules alone, careful and balanced merging reach on one list."""
    records, identifiers, truth = frames
    truth = truth.join(records.filter(pl.col("kind").is_in(CUSTOMERS)), on="rid", how="semi")
    rules = partition(records, identifiers, NO_WORDS, NO_RECEIPTS, Policy())
    learned = train(records, identifiers, rules.blocked, shipped()).parameters
    scorer = Scorer(records, identifiers, rules.blocked, learned)
    reach = blocking_quality(scorer, truth)
    print(f"{name}: {records.height} records; blocks keep {reach.completeness:.4f} of the true pairs in {reach.pairs}")
    _tell("rules", _judged(rules, truth))
    scored = scorer.candidates(min(floor(scorer), learned.thresholds.balanced))
    for level in ("careful", "balanced"):
        done = merge(scorer, scored, records, identifiers, NO_WORDS, rules, level).partition
        joins = done.edges.filter(pl.col("rule") == "score")
        foretold = learned.thresholds.wrong[level]
        _tell(level, _judged(done, truth), f"wrong per 1,000: {_wrong(joins, truth):.1f}, foretold {foretold}")


def _judged(found: Partition, truth: pl.DataFrame) -> dict[str, Any]:
    predicted = found.assignment.select(pl.col("rid").alias("record"), "cluster")
    return dict(evaluate(predicted, truth.rename({"rid": "record"})))


def _wrong(joins: pl.DataFrame, truth: pl.DataFrame) -> float:
    """Joins of two people among 1,000."""
    of = truth.select("rid", "cluster")
    left = joins.join(of.rename({"rid": "rid_a", "cluster": "x"}), on="rid_a")
    both = left.join(of.rename({"rid": "rid_b", "cluster": "y"}), on="rid_b")
    return 1000.0 * both.filter(pl.col("x") != pl.col("y")).height / max(both.height, 1)


def _tell(what: str, found: dict[str, Any], more: str = "") -> None:
    pairs, largest = found["pairs"], found["largest_cluster"]
    told = " ".join(f"{key[0].upper()} {pairs[key]:.4f}" for key in ("precision", "recall", "f1"))
    print(f"  {what:9} {told} largest {largest} {more}")
    for scenario, one in found.get("scenarios", {}).items():
        if one["with_strangers"]:
            told = f"P {one['pairs']['precision']:.4f} R {one['pairs']['recall']:.4f}"
            print(f"    {scenario:26} {told} records with strangers {one['with_strangers']} of {one['records']}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("--set", action="append", choices=["shop", *SETS], help="which lists (all)")
    parser.add_argument("--scale", type=int, default=10, help="10: as large as the public lists")
    parser.add_argument("--people", type=int, default=20_000, help="people of the made shop")
    chosen = parser.parse_args()
    for name in chosen.set or ["shop", *SETS]:
        made = (
            shop(31, chosen.people) if name == "shop" else frames_of(SETS[name](chosen.scale), REGIONS.get(name, "GB"))
        )
        judge(name, made)


if __name__ == "__main__":
    main()
