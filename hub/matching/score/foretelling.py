"""What merging by the thresholds would get wrong in this very list: a trial of it, judged by its own weights.

Belongs here: the trial. Does not: thresholds of pairs (threshold), merging (merging), learning (training).
Pairs as such are no measure of merging: most weighty ones are joined by the rules already, or forbidden (households share
phones and addresses); what counts are the joins that are left. A join is wrong with the chance 1 / (1 + 2**weight) of the
pair it is made by. `python -m benchmarks.quality` sets it beside what is truly wrong.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from hub.matching.partition import Partition, partition
from hub.matching.policy import Policy
from hub.matching.rules.score import RULE
from hub.matching.score.merging import merge
from hub.matching.score.model import Parameters, Thresholds
from hub.matching.score.scorer import Scored, Scorer
from hub.matching.score.suggesting import floor, suggest

NO_WORDS = {"rid_a": pl.Int64, "rid_b": pl.Int64, "verdict": pl.String, "at": pl.String}
NO_RECEIPTS = {"rid": pl.Int64, "anchor_rid": pl.Int64}
PER = 1000
ASKED = 100_000
"""So many questions are judged at most."""


def foretold(
    records: pl.DataFrame, identifiers: pl.DataFrame, blocked: pl.DataFrame, learned: Parameters
) -> Parameters:
    """The parameters with the wrong merges (and wrong questions) per 1,000 to expect of this list."""
    words, sent = pl.DataFrame(schema=NO_WORDS), pl.DataFrame(schema=NO_RECEIPTS)
    rules = partition(records, identifiers, words, sent, Policy())
    scorer = Scorer(records, identifiers, blocked, learned)
    levels = learned.thresholds
    scored = scorer.candidates(min(floor(scorer), levels.balanced, levels.careful))
    frames = (records, identifiers, words, rules)
    asked = suggest(scorer, scored, *frames, most=ASKED)
    wrong = {
        "suggest": _per_thousand(1.0 - asked["probability"]),
        "balanced": _merged(scorer, scored, frames, "balanced"),
        "careful": _merged(scorer, scored, frames, "careful"),
    }
    return replace(learned, thresholds=Thresholds(levels.suggest, levels.balanced, levels.careful, wrong))


def _merged(
    scorer: Scorer, scored: Scored, frames: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, Partition], level: str
) -> float:
    edges = merge(scorer, scored, *frames, "careful" if level == "careful" else "balanced").partition.edges
    weights = edges.filter(pl.col("rule") == RULE.name)["value"].cast(pl.Float64)
    return _per_thousand(1.0 / (1.0 + (weights.clip(-60.0, 60.0) * 0.6931471805599453).exp()))


def _per_thousand(wrong: pl.Series) -> float:
    """The mean in 1,000; 0 when nothing would be done."""
    return round(float(wrong.sum()) / wrong.len() * PER, 2) if wrong.len() else 0.0
