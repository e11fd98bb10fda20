"""The questions that scores ask of people: pairs of customers that may be one, the likeliest first, few.

Belongs here: choosing one pair of records for two customers, leaving out what needs no question. Does not: weights
(scorer), merging (merging), telling why (telling).
Numbers shared by people whose names do not agree rest (behaviour 3.2): no question is asked of them unless they would be
one without the number. Nothing is asked that a person has answered, nor what national ids or kinds forbid.
"""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import orjson
import polars as pl

from hub.matching.book import AGREE, Book
from hub.matching.partition import Partition
from hub.matching.rules.personal_number import national_conflict
from hub.matching.score.guarding import Ground, ground
from hub.matching.score.model import MILLI, MISSING, Whole
from hub.matching.score.scorer import Scored, Scorer

MOST = 1_000
"""So many questions are asked at most; the likeliest."""
PARTNERS = 1.4
"""Shipped parameters take a pair of a list of N records for one person with odds of PARTNERS / N: 0.7 partners each."""
SCHEMA = {
    "rid_a": pl.Int64, "rid_b": pl.Int64, "weight_bits": pl.Float64, "probability": pl.Float64, "levels": pl.String,
}  # fmt: skip


def suggest(
    scorer: Scorer,
    scored: Scored,
    records: pl.DataFrame,
    identifiers: pl.DataFrame,
    judgements: pl.DataFrame,
    partition: Partition,
    *,
    book: Book | None = None,
    most: int = MOST,
) -> pl.DataFrame:
    """rid_a, rid_b (in record order), weight_bits, probability, levels (JSON: comparison → level), the likeliest first.

    scored: `scorer.candidates(floor(scorer))` or with less. The frames are those of `partition`, after merging if any.
    probability: of being one customer; with shipped parameters by the prior of a list as long as this one.
    """
    cluster = clusters(scorer, partition)
    kept = scored.where((cluster[scored.a] != cluster[scored.b]) & (scored.weight >= round(floor(scorer) * MILLI)))
    rows = pl.DataFrame(
        {
            "a": kept.a,
            "b": kept.b,
            "weight": kept.weight,
            "plain": kept.plain,
            "x": cluster[kept.a],
            "y": cluster[kept.b],
        }
    )
    rows = rows.sort(["weight", "a", "b"], descending=[True, False, False])
    sides = {"low": pl.min_horizontal("x", "y"), "high": pl.max_horizontal("x", "y")}
    best = rows.with_columns(**sides).unique(["low", "high"], keep="first", maintain_order=True)
    found = ground(scorer, records, identifiers, judgements, partition)
    asked = _Asked(found, book or Book(), cluster, round(floor(scorer) * MILLI))
    chosen = list(islice((row for row in best.iter_rows(named=True) if asked.worth(row)), most))
    return _told(scorer, chosen)


def floor(scorer: Scorer) -> float:
    """The weight in bits from which a pair may be a question."""
    return scorer.parameters.thresholds.suggest - _lift(scorer)


def _lift(scorer: Scorer) -> float:
    """Bits by which this list's own prior is above the shipped one; 0 for trained parameters."""
    if scorer.parameters.origin == "trained":
        return 0.0
    return math.log2(PARTNERS / max(scorer.size, 2)) - scorer.parameters.prior_bits


def clusters(scorer: Scorer, partition: Partition) -> Whole:
    """The place of the first record of every place's cluster."""
    places = pl.DataFrame({"rid": scorer.rids, "place": np.arange(scorer.features.size)})
    own = places.join(partition.assignment, on="rid", how="left", maintain_order="left")
    return own.select(pl.col("place").min().over("cluster"))["place"].to_numpy().astype(np.int64)


class _Asked:
    """Whether two customers are worth a question."""

    def __init__(self, found: Ground, book: Book, cluster: Whole, least: int) -> None:
        self.found, self.book, self.least = found, book, least
        self.apart = {(int(cluster[a]), int(cluster[b])) for a, others in found.apart.items() for b in others}
        self.national: dict[int, list[int]] = {}
        for place in found.national:
            self.national.setdefault(int(cluster[place]), []).append(place)

    def worth(self, row: dict[str, int]) -> bool:
        """A pair's columns a, b, x, y (clusters), plain."""
        x, y = row["x"], row["y"]
        if (x, y) in self.apart or self._ids_conflict(x, y):
            return False
        one, other = self.found.faces[row["a"]], self.found.faces[row["b"]]
        if one[0] != other[0]:
            return False
        verdict = self.book.verdict(one[0], one[1], other[1])
        return verdict in AGREE or verdict in ("unsure", "missing") or row["plain"] >= self.least

    def _ids_conflict(self, x: int, y: int) -> bool:
        ids = self.found.national
        return any(
            national_conflict(ids[a], ids[b]) for a in self.national.get(x, ()) for b in self.national.get(y, ())
        )


def _told(scorer: Scorer, rows: list[dict[str, int]]) -> pl.DataFrame:
    a, b = (np.array([row[side] for row in rows], dtype=np.int64) for side in ("a", "b"))
    levels = scorer.comparer.compare(a, b).levels
    lift = _lift(scorer)
    told = []
    for row, line in zip(rows, levels, strict=True):
        weight = row["weight"] / MILLI
        chance = 1.0 / (1.0 + 2.0 ** -max(min(weight + lift, 60.0), -60.0))
        said = {
            one.name: one.levels[level]
            for one, level in zip(scorer.parameters.comparisons, line, strict=True)
            if level != MISSING
        }
        rids = scorer.rids[row["a"]], scorer.rids[row["b"]]
        told.append((*rids, weight, round(chance, 6), orjson.dumps(said).decode()))
    return pl.DataFrame(told, schema=SCHEMA, orient="row")
