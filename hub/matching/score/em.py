"""Expectation–maximization over patterns of levels: the shares m and u, learned from pairs nobody has labelled.

Belongs here: counting patterns, the E and the M step. Does not: which pairs (training), what levels mean (levels).
The model is Fellegi & Sunter's (1969) with the latent class estimated by EM (Winkler 1988; Jaro 1989); a comparison may
depend on the level of one other (tree-augmented, after Friedman et al. 1997), so places that go together count once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hub.matching.score.model import Floats, Levels, Whole

ROUNDS = 40
U_STRENGTH = 5.0
"""What is known of u before weighs as much as so many random pairs."""
SETTLED = 1e-4
"""Rounds end when no share moves by more."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the tables: levels per comparison, and the column of its parent (-1: none)."""

    levels: tuple[int, ...]
    parents: tuple[int, ...]

    def tables(self, fill: float = 0.0) -> list[Floats]:
        """One table (parent level + 1, level) per comparison."""
        rows = [1 if parent < 0 else self.levels[parent] + 1 for parent in self.parents]
        return [np.full((row, level), fill) for row, level in zip(rows, self.levels, strict=True)]


@dataclass(frozen=True, slots=True)
class Patterns:
    """Distinct rows of levels, how many pairs show each, and for every pair the number of its row."""

    levels: Levels
    counts: Floats
    of: Whole


def patterns(levels: Levels, shape: Shape) -> Patterns:
    """Pairs by their levels."""
    key = np.zeros(levels.shape[0], dtype=np.int64)
    for place, size in enumerate(shape.levels):
        key = key * (size + 1) + (levels[:, place] + 1)
    _, first, of, counts = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    return Patterns(levels[first], counts.astype(np.float64), of.reshape(-1).astype(np.int64))


def log_shares(found: Patterns, tables: Sequence[Floats], shape: Shape, used: Sequence[int]) -> Floats:
    """The log-likelihood of every pattern under tables of shares, over the comparisons used; missing levels say nothing."""
    total = np.zeros(found.counts.size)
    for place in used:
        row, level = cells(found, shape, place)
        said = level >= 0
        total[said] += np.log(tables[place][row[said], level[said]])
    return total


def cells(found: Patterns, shape: Shape, place: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Row and column of each pattern in a comparison's table."""
    level = found.levels[:, place].astype(np.int64)
    parent = shape.parents[place]
    row = np.zeros(level.size, dtype=np.int64) if parent < 0 else found.levels[:, parent].astype(np.int64) + 1
    return row, level


def tally(found: Patterns, weights: Floats, shape: Shape, used: Sequence[int]) -> list[Floats]:
    """Expected counts in every table, patterns weighted; comparisons not used stay zero."""
    tables = shape.tables()
    for place in used:
        row, level = cells(found, shape, place)
        said = level >= 0
        np.add.at(tables[place], (row[said], level[said]), weights[said])
    return tables


def shares(counts: Sequence[Floats], prior: Sequence[Floats], strength: float) -> list[Floats]:
    """Counts as shares of each row, drawn to what is known as by `strength` pairs seen before (a Dirichlet prior).

    All rows together are drawn to `prior`, each row of several to all together: where few pairs show a parent's level,
    the child is taken to depend on it no more than on others.
    """
    result = []
    for count, before in zip(counts, prior, strict=True):
        pooled = count.sum(axis=0) + strength * before.mean(axis=0)
        pooled = pooled / pooled.sum()
        smoothed = count + strength * pooled if count.shape[0] > 1 else pooled[None, :]
        result.append(smoothed / smoothed.sum(axis=1, keepdims=True))
    return result


def posterior(
    found: Patterns, m: Sequence[Floats], u: Sequence[Floats], shape: Shape, used: Sequence[int], odds: float
) -> Floats:
    """The chance of each pattern to be of one person. odds: prior odds."""
    log_odds = np.log(odds) + log_shares(found, m, shape, used) - log_shares(found, u, shape, used)
    chance: Floats = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -60, 60)))
    return chance


def learn_u(
    found: Patterns, m: Sequence[Floats], u: Sequence[Floats], shape: Shape, prior: Sequence[Floats], odds: float
) -> list[Floats]:
    """Shares among pairs that are not one person, out of random pairs. How much a pair counts for a comparison is told
    by all the others: with its own evidence a rare agreement would talk itself into never happening by chance."""
    used = range(len(m))
    whole = np.log(odds) + log_shares(found, m, shape, used) - log_shares(found, u, shape, used)
    tables = shape.tables()
    for place in used:
        own = log_shares(found, m, shape, [place]) - log_shares(found, u, shape, [place])
        chance = 1.0 / (1.0 + np.exp(-np.clip(whole - own, -60, 60)))
        tables[place] = tally(found, found.counts * (1 - chance), shape, [place])[place]
    return shares(tables, prior, U_STRENGTH)


def learn_m(
    found: Patterns, m: Sequence[Floats], u: Sequence[Floats], shape: Shape, used: Sequence[int], strength: float
) -> tuple[list[Floats], float]:
    """Expected counts of matches per level within one block rule, u kept as it is, and the share of matches there."""
    prior, now, match = list(m), list(m), 0.2
    total = found.counts.sum()
    counts = shape.tables()
    for _ in range(ROUNDS):
        chance = posterior(found, now, u, shape, used, match / (1 - match))
        counts = tally(found, found.counts * chance, shape, used)
        after = shares(counts, prior, strength)
        moved = max(float(np.abs(after[place] - now[place]).max()) for place in used)
        now = [after[place] if place in used else now[place] for place in range(len(now))]
        match = float(np.clip((found.counts * chance).sum() / total, 1e-6, 0.999))
        if moved < SETTLED:
            break
    return counts, match
