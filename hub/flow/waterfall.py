"""Why two records weigh what they weigh: their score step by step, as data and in sentences.

Belongs here: a few pairs read from the store and told. Does not: scores and their sentences (hub.matching.score), which
pairs to tell of (explain, reviews).
Scored by the parameters that stand now: after a later `hub match --train` the sum may differ from what a join was made by.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.flow import scoring
from hub.matching import score
from hub.model import CUSTOMER_KINDS, Json
from hub.store import scored
from hub.store.engine import StoreConnection

Pair = tuple[int, int]


def waterfalls(conn: StoreConnection, pairs: Sequence[Pair], language: Any) -> dict[Pair, dict[str, Json]]:
    """Of every pair of rids whose records are customers': bits, probability, and steps, the prior first.

    A step: field, level, a and b (what the first and the second record of the pair say), bits, tf (what the value's
    frequency adds), sentence. The bits and tf of all steps add up to the pair's.
    """
    if not pairs:
        return {}
    rids = sorted({rid for pair in pairs for rid in pair})
    people = scored.people(conn, rids)
    scorer = score.Scorer(people, scored.borne(conn, rids), scored.blocked(conn), scoring.parameters(conn))
    there = set(people.filter(people["kind"].is_in(CUSTOMER_KINDS))["rid"])
    order = {rid: place for place, rid in enumerate(scorer.rids)}
    return {(a, b): _told(scorer, a, b, language, turned=order[a] > order[b]) for a, b in pairs if {a, b} <= there}


def _told(scorer: score.Scorer, a: int, b: int, language: Any, *, turned: bool) -> dict[str, Json]:
    steps = score.waterfall(scorer, a, b)
    bits = round(score.total(steps), 3)
    return {
        "bits": bits,
        "probability": round(score.probability(bits), 6),
        "steps": [_step(one, language, turned=turned) for one in steps],
    }


def _step(one: score.Step, language: Any, *, turned: bool) -> dict[str, Json]:
    values = (one.b, one.a) if turned else (one.a, one.b)
    return {
        "field": one.field,
        "level": one.level,
        "a": values[0],
        "b": values[1],
        "bits": one.bits,
        "tf": one.tf,
        "sentence": score.sentence(one, language),
    }
