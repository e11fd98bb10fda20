"""How likely two records are one person, in bits: scoring, suggesting, merging by score, learning the parameters.

Belongs here: everything between the frames of `hub.matching.partition` and scored pairs; pure, no clock. Does not: the
rules by which records join for sure (rules, cluster), storing pairs or parameters (store), when to train (flow).

    scorer = Scorer(records, identifiers, partition.blocked, parameters)
    scored = scorer.candidates(floor(scorer))
    merged = merge(scorer, scored, records, identifiers, judgements, partition, "balanced")
    questions = suggest(scorer, scored, records, identifiers, judgements, merged.partition)

The model is Fellegi & Sunter's (1969): fields (fields), candidate pairs (blocking), levels (levels, compare), weights
(weigh, frequency), parameters (model, defaults; em, training), thresholds (threshold), linkage and guards (linkage, guarding).
"""

from hub.matching.score.blocking import Blocks, block_counts, block_keys
from hub.matching.score.defaults import shipped
from hub.matching.score.merging import Merged, merge
from hub.matching.score.model import Comparison, Parameters, Thresholds, dump, load, probability
from hub.matching.score.reach import Reach, blocking_quality
from hub.matching.score.scorer import Scored, Scorer
from hub.matching.score.suggesting import floor, suggest
from hub.matching.score.telling import Step, sentence, total, waterfall
from hub.matching.score.threshold import calibration
from hub.matching.score.training import Trained, train

__all__ = [
    "Blocks",
    "Comparison",
    "Merged",
    "Parameters",
    "Reach",
    "Scored",
    "Scorer",
    "Step",
    "Thresholds",
    "Trained",
    "block_counts",
    "block_keys",
    "blocking_quality",
    "calibration",
    "dump",
    "floor",
    "load",
    "merge",
    "probability",
    "sentence",
    "shipped",
    "suggest",
    "total",
    "train",
    "waterfall",
]
