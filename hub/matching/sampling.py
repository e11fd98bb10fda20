"""A blind sample of pairs for stewards to label, and what the labels say of all pairs, with intervals.

Belongs here: strata, drawing, estimating. Does not: reading and keeping (store.samples), files (flow.sample).

A stratum is a set of pairs that are alike in how the hub came to its answer: `joined.RULE` (the weakest rule that holds
the customer together) or `apart.REASON` (a join refused, suggested, or the same name and birth date). Precision is asked
of the joined strata. Recall is among pairs of the strata: a pair that shares nothing is in none of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from hub.matching.rules import ORDER, SINGLE

JOINED, APART = "joined.", "apart."
DRAWS = 20_000
"""Draws behind an interval; the seed is fixed, so that the same labels give the same interval."""
LEVEL = 0.95
LEAST = 8
"""So many pairs of every stratum are asked for, when it holds them."""
PAIR = {"rid_a": pl.Int64, "rid_b": pl.Int64, "stratum": pl.String}


@dataclass(frozen=True, slots=True)
class Labelled:
    """One stratum: how many pairs it held when the sample was drawn, and the answers."""

    stratum: str
    population: int
    same: int
    different: int

    @property
    def joined(self) -> bool:
        """Whether the hub had joined these pairs."""
        return self.stratum.startswith(JOINED)


@dataclass(frozen=True, slots=True)
class Interval:
    """A share, and between which values it lies with probability LEVEL. value: None when nothing was answered."""

    value: float | None
    low: float
    high: float


def joined_strata(members: pl.DataFrame) -> pl.DataFrame:
    """Customers of two records or more: cluster, stratum, rids (sorted), pairs. members: rid, cluster, rule."""
    weakest = pl.col("rule").replace_strict(ORDER, default=len(ORDER), return_dtype=pl.Int64).max().alias("place")
    several = (
        members.sort("rid").group_by("cluster", maintain_order=True).agg(pl.col("rid").alias("rids"), weakest)
    ).filter(pl.col("rids").list.len() > 1)
    size = pl.col("rids").list.len().cast(pl.Int64)
    names = [*ORDER, SINGLE]
    stratum = pl.lit(JOINED) + pl.col("place").replace_strict(range(len(names)), names, return_dtype=pl.String)
    return several.select("cluster", stratum.alias("stratum"), "rids", (size * (size - 1) // 2).alias("pairs"))


def draw(clusters: pl.DataFrame, apart: pl.DataFrame, size: int, seed: int) -> pl.DataFrame:
    """A sample in a random order: rid_a, rid_b, stratum, population. The records of a pair stand in a random order.

    clusters: of `joined_strata`. apart: rid_a, rid_b, stratum, every pair once. Half of `size` goes to each side, within
    a side by the square root of a stratum's population, at least LEAST.
    """
    rng = np.random.default_rng(seed)
    held: dict[str, int] = dict(clusters.group_by("stratum").agg(pl.col("pairs").sum()).sort("stratum").iter_rows())
    held |= dict(apart.group_by("stratum").agg(pl.len().cast(pl.Int64)).sort("stratum").iter_rows())
    parts = [
        _joined(clusters.filter(pl.col("stratum") == name), asked, rng)
        if name.startswith(JOINED)
        else apart.filter(pl.col("stratum") == name).sort("rid_a", "rid_b")[_numbers(held[name], asked, rng)]
        for name, asked in _shares(held, size).items()
    ]
    drawn = pl.concat([pl.DataFrame(schema=PAIR), *(part.select(list(PAIR)) for part in parts)])
    mixed = drawn[rng.permutation(drawn.height)]
    turned = pl.Series(rng.random(mixed.height) < 0.5, dtype=pl.Boolean)
    one, other = pl.col("rid_a"), pl.col("rid_b")
    return mixed.select(
        pl.when(turned).then(other).otherwise(one).alias("rid_a"),
        pl.when(turned).then(one).otherwise(other).alias("rid_b"),
        "stratum",
        pl.col("stratum").replace_strict(list(held), list(held.values()), return_dtype=pl.Int64).alias("population"),
    )


def _shares(held: Mapping[str, int], size: int) -> dict[str, int]:
    """How many pairs to ask for, per stratum."""
    asked: dict[str, int] = {}
    for side in (JOINED, APART):
        roots = {name: count**0.5 for name, count in held.items() if name.startswith(side)}
        total = sum(roots.values())
        for name, root in roots.items():
            asked[name] = min(held[name], max(LEAST, round(size / 2 * root / total)))
    return asked


def _numbers(held: int, asked: int, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """`asked` different numbers below `held`."""
    return np.sort(rng.choice(held, asked, replace=False)).astype(np.int64)


def _joined(clusters: pl.DataFrame, asked: int, rng: np.random.Generator) -> pl.DataFrame:
    """Pairs within customers, every pair of the stratum with the same chance; none of them is listed before."""
    ordered = clusters.sort(pl.col("rids").list.first())
    ends = ordered["pairs"].cum_sum().to_numpy()
    numbers = _numbers(int(ends[-1]), asked, rng)
    place = np.searchsorted(ends, numbers, side="right")
    inner = numbers - (ends - ordered["pairs"].to_numpy())[place]
    later = ((1 + np.sqrt(1 + 8 * inner.astype(np.float64))) // 2).astype(np.int64)
    later -= later * (later - 1) // 2 > inner
    later += later * (later + 1) // 2 <= inner
    rids = ordered["rids"].gather(place)
    return pl.DataFrame(
        {
            "rid_a": rids.list.get(pl.Series(inner - later * (later - 1) // 2)),
            "rid_b": rids.list.get(pl.Series(later)),
            "stratum": ordered["stratum"].gather(place),
        },
        schema=PAIR,
    )


def estimate(strata: Sequence[Labelled]) -> dict[str, Interval]:
    """Precision and recall of all pairs of the strata, weighted by how many pairs each holds.

    Intervals: in every stratum the share of true pairs follows Jeffreys' posterior, Beta(same + 1/2, different + 1/2);
    of DRAWS draws the middle LEVEL is told. A stratum without an answer may have any share: it widens the interval, and
    the value speaks of the others.
    """
    rng = np.random.default_rng(0)
    true = {True: np.zeros(DRAWS), False: np.zeros(DRAWS)}
    found = {True: 0.0, False: 0.0}
    asked = {True: 0, False: 0}
    for one in strata:
        true[one.joined] += one.population * rng.beta(one.same + 0.5, one.different + 0.5, DRAWS)
        if answered := one.same + one.different:
            found[one.joined] += one.population * one.same / answered
            asked[one.joined] += one.population
    joined = max(sum(one.population for one in strata if one.joined), 1)
    both = found[True] + found[False]
    shares = true[True] / np.maximum(true[True] + true[False], 1e-9)
    return {
        "precision": _interval(found[True] / asked[True] if asked[True] else None, true[True] / joined),
        "recall": _interval(found[True] / both if asked[True] and both else None, shares),
    }


def _interval(value: float | None, draws: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Interval:
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    if value is None:
        return Interval(None, float(low), float(high))
    return Interval(value, min(float(low), value), max(float(high), value))
