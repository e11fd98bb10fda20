"""Which pairs are worth scoring: records that share a key of some rule.

Belongs here: rules, blocks, pairs within blocks in bounded parts. Does not: what a key is (keys), comparing (compare),
how good blocking is (reach).
A rule is a set of keys taken together; a value that more records share than the largest block makes no pairs, counted
over the whole current set, so that the pairs do not depend on the order of arrival. A block's key is 64 bits out of the
rule, the kind of record and the values, stable for ever (hashing): it may be stored and counted elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from hub.matching.score.fields import Features, read_features
from hub.matching.score.hashing import Hashes, hashed, paired
from hub.matching.score.keys import Keys, about_of
from hub.matching.score.levels import table
from hub.matching.score.model import Parameters, Whole

Rule = tuple[str, ...]
Places = npt.NDArray[np.int32]
PART = 500_000
"""Pairs are handed on in parts of about so many."""
COUNTED = {"key": pl.Int64, "count": pl.Int64}
ROWS = {"n": pl.Int64, "key": pl.Int64}


@dataclass(frozen=True, slots=True)
class Blocked:
    """One rule of data/blocking.tsv. about: the comparisons that its keys decide. train: EM learns from its pairs."""

    keys: Rule
    about: frozenset[str]
    train: bool


@cache
def shipped_rules() -> tuple[Blocked, ...]:
    """The rules of data/blocking.tsv in its order."""
    rows = ((tuple(row["keys"].split("+")), row["train"]) for row in table("blocking.tsv"))
    return tuple(Blocked(keys, about_of(keys), train == "yes") for keys, train in rows)


@cache
def _starts(rule: Rule) -> Hashes:
    """With what the keys of persons and of organisations begin."""
    name = "+".join(rule)
    return hashed(pl.Series([name, f"{name} of organisations"]))


@dataclass(frozen=True, slots=True)
class Focus:
    """Only pairs with one of some records. asked: bool by place. counts: key, count: how many records of the whole list
    bear each block key; a key that is not there is counted among the records at hand."""

    asked: npt.NDArray[np.bool_]
    counts: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class _Listed:
    """The blocks of one rule: places block by block, ascending within; `end`: where each row's block ends; `order`: rows
    that are not the last of their block, by place."""

    n: Places
    end: Places
    order: Places

    def pairs(self, low: int, high: int) -> tuple[Whole, Whole]:
        """The pairs (a, b) whose a is low <= a < high."""
        by_place = self.n[self.order]
        first, last = np.searchsorted(by_place, (low, high))
        rows = self.order[first:last].astype(np.int64)
        many = self.end[rows] - rows - 1
        step = np.arange(1, int(many.sum()) + 1) - np.repeat(np.cumsum(many) - many, many)
        left = np.repeat(rows, many)
        return self.n[left].astype(np.int64), self.n[left + step].astype(np.int64)


class Blocks:
    """The blocks of some features. keep: each rule's rows are made once and kept, 16 bytes a row."""

    def __init__(self, features: Features, *, keep: bool = False) -> None:
        self.features = features
        self.keys = Keys(features)
        self._kept: dict[Rule, pl.DataFrame] | None = {} if keep else None

    def rows(self, rule: Rule) -> pl.DataFrame:
        """Rows (n, key: Int64) of a rule, each once."""
        if self._kept is None:
            return self._rows(rule)
        if rule not in self._kept:
            self._kept[rule] = self._rows(rule)
        return self._kept[rule]

    def _rows(self, rule: Rule) -> pl.DataFrame:
        rows = self.keys.rows(rule[0])
        for more in rule[1:]:
            if rows.is_empty():
                break
            both = rows.join(self.keys.rows(more), on="n", suffix="_o")
            key = paired(both["key"].to_numpy(), both["key_o"].to_numpy())
            rows = both.select("n", key=pl.Series(key, dtype=pl.UInt64))
        if rows.is_empty():
            return pl.DataFrame(schema=ROWS)
        begun = _starts(rule)[self.features.organisation[rows["n"].to_numpy()].astype(np.int64)]
        key = paired(begun, rows["key"].to_numpy()).view(np.int64)
        return rows.select("n", key=pl.Series(key, dtype=pl.Int64)).unique()

    def listed(self, rule: Rule, largest: int, focus: Focus | None = None) -> _Listed:
        """The blocks of a rule that make pairs."""
        rows = self.rows(rule)
        if rows.is_empty():
            nothing = np.zeros(0, dtype=np.int32)
            return _Listed(nothing, nothing, nothing)
        if focus is not None:
            near = rows.filter(pl.Series(focus.asked).gather(rows["n"]))
            rows = rows.join(near.select("key").unique(), on="key", how="semi")
        rows = rows.with_columns(here=pl.len().over("key").cast(pl.Int64))
        size = pl.col("here")
        if focus is not None and focus.counts is not None:
            rows = rows.join(focus.counts.select("key", "count"), on="key", how="left")
            size = pl.coalesce("count", "here")
        rows = rows.filter((size <= largest) & (pl.col("here") > 1)).select("n", "key", "here").sort("key", "n")
        n, here = rows["n"].to_numpy().astype(np.int32), rows["here"].to_numpy()
        within = np.arange(n.size) - np.searchsorted(rows["key"].to_numpy(), rows["key"].to_numpy())
        end = (np.arange(n.size) - within + here).astype(np.int32)
        leads = np.flatnonzero(within + 1 < here).astype(np.int32)
        return _Listed(n, end, leads[np.argsort(n[leads], kind="stable")])

    def candidates(
        self, rules: Sequence[Rule], largest: int, focus: Focus | None = None, part: int = PART
    ) -> Iterator[Whole]:
        """Codes a * size + b (a < b) of the pairs of all rules, each once, ascending, in parts."""
        lists = [self.listed(rule, largest, focus) for rule in rules]
        for low, high in _parts(lists, self.features.size, part):
            found = [one.pairs(low, high) for one in lists]
            codes = _distinct([a * self.features.size + b for a, b in found])
            if focus is not None:
                codes = codes[focus.asked[codes // self.features.size] | focus.asked[codes % self.features.size]]
            if codes.size:
                yield codes

    def borne(self, rules: Sequence[Rule]) -> pl.DataFrame:
        """rid, key (Int64): every block of every record under the rules, each once, sorted.

        A record's keys follow from its features and the rules alone; they are the same in every process and on every
        machine. Two records whose keys meet in a block of `largest_block` records or fewer are a candidate pair.
        """
        rids = pl.Series("rid", self.features.rids, dtype=pl.Int64)
        rows = pl.concat([self.rows(rule) for rule in rules])
        return pl.DataFrame({"rid": rids.gather(rows["n"]), "key": rows["key"]}).unique().sort("rid", "key")

    def pairs(self, rule: Rule, largest: int) -> Whole:
        """All codes of one rule, ascending."""
        return np.concatenate([np.zeros(0, dtype=np.int64), *self.candidates([rule], largest)])

    def counted(self, rules: Sequence[Rule], largest: Sequence[int]) -> list[int]:
        """How many pairs the rules make with blocks of each such size, those that several rules make counted for each."""
        found = np.zeros(len(largest), dtype=np.int64)
        for rule in rules:
            sizes = self.rows(rule).group_by("key").len()["len"].to_numpy().astype(np.int64)
            found += [int((sizes * (sizes - 1) // 2)[sizes <= most].sum()) for most in largest]
        return found.tolist()


def _parts(lists: Sequence[_Listed], size: int, part: int) -> Iterator[tuple[int, int]]:
    """Ranges of places whose pairs are about `part`; a place's pairs are never parted."""
    many = np.zeros(size + 1, dtype=np.int64)
    for one in lists:
        leads = one.n[one.order]
        many[:size] += np.bincount(leads, weights=one.end[one.order] - one.order - 1, minlength=size).astype(np.int64)
    summed = np.cumsum(many)
    low = 0
    while low < size:
        before = summed[low - 1] if low else 0
        high = max(int(np.searchsorted(summed, before + part, side="right")), low + 1)
        yield low, min(high, size)
        low = high


def _distinct(parts: Sequence[Whole]) -> Whole:
    """All codes once, sorted (by sorting: hashing codes that lie close together is slow)."""
    codes = np.concatenate([np.zeros(0, dtype=np.int64), *parts])
    codes.sort()
    return codes[np.concatenate([np.ones(1, dtype=np.bool_), codes[1:] != codes[:-1]])] if codes.size else codes


def block_keys(
    records: pl.DataFrame, identifiers: pl.DataFrame, blocked: pl.DataFrame, parameters: Parameters
) -> pl.DataFrame:
    """`Blocks.borne` of records by the parameters' rules. blocked: values that say nothing."""
    return Blocks(read_features(records, identifiers, blocked, parameters.extras)).borne(parameters.rules)


def block_counts(keys: pl.DataFrame) -> pl.DataFrame:
    """key, count: how many records bear each key of `block_keys`."""
    return keys.group_by("key").agg(count=pl.len().cast(pl.Int64)).sort("key")
