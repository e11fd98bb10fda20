"""Which pairs are worth scoring: records that share a key of some rule, and how many true pairs that keeps.

Belongs here: keys, rules, pairs within blocks, pairs completeness and reduction ratio. Does not: comparing (compare).
A rule is a set of keys taken together; a value that more records share than the largest block makes no pairs, counted
over the whole current set, so that the pairs do not depend on the order of arrival.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from hub.matching.score import texts
from hub.matching.score.fields import Features, Field
from hub.matching.score.levels import table
from hub.matching.score.model import Whole

Rule = tuple[str, ...]
GATHERED = 2_000_000
"""Pairs of rules are gathered up to so many before those that occur twice are dropped."""


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


_ABOUT = {
    "phone": ("phone",),
    "phone_head": ("phone",),
    "phone_tail": ("phone",),
    "email": ("email",),
    "local": ("email",),
    "domain": ("email",),
    "id": ("id",),
    "birth": ("birth_date",),
    "year": ("birth_date",),
    "month_day": ("birth_date",),
    "month": ("birth_date",),
    "given": ("given", "order"),
    "family": ("family", "order"),
    "given_sound": ("given", "order"),
    "family_sound": ("family", "order"),
    "both": ("given", "family", "order"),
    "both_sound": ("given", "family", "order"),
    "any_name": ("given", "family", "order"),
    "postal": ("postal_code",),
    "locality": ("locality",),
    "province": ("province",),
    "street": ("street",),
    "house": ("street",),
    "number_word": ("street",),
    "company": ("company",),
    "company_word": ("company",),
    "occupation": ("occupation",),
}


def about_of(keys: Rule) -> frozenset[str]:
    """The comparisons that a rule's keys decide."""
    return frozenset(name for key in keys for name in _ABOUT.get(key, (key,)))


class Blocks:
    """The keys of every record of some features, each made once, when a rule asks for it."""

    def __init__(self, features: Features) -> None:
        self.features = features
        self._keys: dict[str, pl.DataFrame] = {}

    def keys(self, name: str) -> pl.DataFrame:
        """Rows (n, key) of one key; a record may have several, or none."""
        if name not in self._keys:
            rows = _KEYS[name](self) if name in _KEYS else self.values(name)
            self._keys[name] = rows.filter(pl.col("key").is_not_null() & (pl.col("key") != "")).unique()
        return self._keys[name]

    def values(self, field: str) -> pl.DataFrame:
        """The values of a field, bare."""
        held = self.features.fields.get(field)
        if held is None:
            return pl.DataFrame(schema={"n": pl.Int64, "key": pl.String})
        return pl.DataFrame({"n": _owners(held), "key": held.bare.gather(held.codes)})

    def rows(self, rule: Rule) -> pl.DataFrame:
        """Rows (n, key) of a rule, key a 64-bit hash of its keys' values. The hash only tells values apart."""
        rows = self.keys(rule[0]).select("n", key=pl.col("key").hash(seed=0))
        for more in rule[1:]:
            other = self.keys(more).select("n", other=pl.col("key").hash(seed=0))
            rows = rows.join(other, on="n").select("n", key=pl.struct("key", "other").hash(seed=1))
        kind = pl.Series("kind", self.features.organisation)
        return (
            rows.with_columns(kind=kind.gather(rows["n"]))
            .select("n", key=pl.struct("key", "kind").hash(seed=2))
            .unique()
        )

    def pairs(self, rule: Rule, largest: int) -> Whole:
        """Sorted codes a * size + b (a < b) of the pairs that share a block of the rule."""
        rows = self.rows(rule)
        rows = (
            rows.with_columns(size=pl.len().over("key")).filter(pl.col("size").is_between(2, largest)).sort("key", "n")
        )
        keys, n = rows["key"].to_numpy(), rows["n"].to_numpy()
        found = []
        for step in range(1, min(largest, n.size)):
            same = keys[step:] == keys[:-step]
            if not same.any():
                break
            found.append(n[:-step][same] * self.features.size + n[step:][same])
        return _distinct(found)

    def candidates(self, rules: Sequence[Rule], largest: int) -> Whole:
        """The pairs of all rules, each once, sorted."""
        found: list[Whole] = []
        for rule in rules:
            found.append(self.pairs(rule, largest))
            if sum(part.size for part in found[1:]) > max(found[0].size, GATHERED):
                found = [_distinct(found)]
        return _distinct(found)


def _distinct(parts: Sequence[Whole]) -> Whole:
    """All codes once, sorted (by sorting: hashing codes that lie close together is slow)."""
    codes = np.concatenate([np.zeros(0, dtype=np.int64), *parts])
    codes.sort()
    return codes[np.concatenate([np.ones(1, dtype=np.bool_), codes[1:] != codes[:-1]])] if codes.size else codes


def _owners(field: Field) -> Whole:
    return np.repeat(np.arange(field.held.size), field.held)


def _told(blocks: Blocks, field: str, key: pl.Expr) -> pl.DataFrame:
    return blocks.values(field).select("n", key=key)


def _words(blocks: Blocks, part: str) -> pl.DataFrame:
    """The word that stands for a part of a name: the last of a Vietnamese given name, else the first."""
    held = blocks.features.fields[part]
    vietnamese = held.values.str.starts_with(texts.VIETNAMESE)
    rows = pl.DataFrame({"n": _owners(held), "key": held.bare.gather(held.codes), "v": vietnamese.gather(held.codes)})
    parted = pl.col("key").str.split(" ")
    last = pl.col("v") if part == "given" else pl.lit(value=False)
    return rows.select("n", key=pl.when(last).then(parted.list.last()).otherwise(parted.list.first()))


def _sounded(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(key=texts.sounds(rows["key"]))


def _both(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Given and family name together, in either order."""
    pairs = one.join(other, on="n", suffix="_o")
    low, high = pl.min_horizontal("key", "key_o"), pl.max_horizontal("key", "key_o")
    return pairs.select("n", key=low + " " + high)


def _house(blocks: Blocks, words: int) -> pl.DataFrame:
    """Every number of an address with the words after it, and long words with the number after them."""
    after = r"\d+ \p{L}[\p{L}\p{M}]+" + r" [\p{L}\p{N}]+" * (words - 1)
    rows = blocks.values("street")
    parts = [pl.col("key").str.extract_all(pattern) for pattern in (after, r"\p{L}{6,} \d+")]
    return pl.concat([rows.select("n", key=part).explode("key", empty_as_null=True) for part in parts])


def _company_words(blocks: Blocks) -> pl.DataFrame:
    long = pl.col("key").str.extract_all(r"[\p{L}\p{N}]{4,}")
    return _told(blocks, "company", long).explode("key", empty_as_null=True)


_HALF = 5
_KEYS = {
    "given": lambda b: _words(b, "given"),
    "family": lambda b: _words(b, "family"),
    "any_name": lambda b: pl.concat([_words(b, "given"), _words(b, "family")]),
    "given_sound": lambda b: _sounded(_words(b, "given")),
    "family_sound": lambda b: _sounded(_words(b, "family")),
    "any_sound": lambda b: _sounded(b.keys("any_name")),
    "both": lambda b: _both(b.keys("given"), b.keys("family")),
    "both_sound": lambda b: _both(b.keys("given_sound"), b.keys("family_sound")),
    "birth": lambda b: _told(b, "birth_date", pl.when(pl.col("key").str.len_bytes() == 10).then("key")),
    "year": lambda b: _told(b, "birth_date", pl.col("key").str.extract(r"^(\d{4})")),
    "month": lambda b: _told(b, "birth_date", pl.col("key").str.extract(r"^(\d{4}-\d{2})")),
    "month_day": lambda b: _told(b, "birth_date", pl.col("key").str.extract(r"-(\d{2}-\d{2})$")),
    "phone_head": lambda b: _told(b, "phone", pl.col("key").str.head(-_HALF)),
    "phone_tail": lambda b: _told(b, "phone", pl.col("key").str.tail(_HALF)),
    "local": lambda b: _told(b, "email", pl.col("key").str.extract(r"^(.{5,})@")),
    "domain": lambda b: _told(b, "email", pl.col("key").str.extract(r"@(.*)$")),
    "postal": lambda b: b.values("postal_code"),
    "house": lambda b: _house(b, 2),
    "number_word": lambda b: _house(b, 1),
    "company_word": _company_words,
}


@dataclass(frozen=True, slots=True)
class Reach:
    """pairs: candidates. completeness: share of the true pairs among them. reduction: share of all pairs left out."""

    pairs: int
    true: int
    completeness: float
    reduction: float


def reach(candidates: Whole, features: Features, truth: pl.DataFrame) -> Reach:
    """Pairs completeness and reduction ratio (Christen 2012) against truth: rid, cluster."""
    numbers = pl.DataFrame({"rid": features.rids, "n": np.arange(features.size)})
    known = truth.join(numbers, on="rid").select("n", "cluster")
    both = known.join(known, on="cluster", suffix="_o").filter(pl.col("n") < pl.col("n_o"))
    true = both["n"].to_numpy() * features.size + both["n_o"].to_numpy()
    found = int(np.isin(true, candidates, assume_unique=True).sum())
    everything = features.size * (features.size - 1) // 2
    return Reach(
        int(candidates.size),
        true.size,
        found / true.size if true.size else 1.0,
        1.0 - candidates.size / max(everything, 1),
    )
