"""Pairs of records to levels: how every field of every pair compares, over columns of pairs.

Belongs here: several values to a field, names whose parts stand in each other's place. Does not: how two values compare
(levels), what a level weighs (weigh), which pairs (blocking).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from hub.matching.score.fields import Features, Field, field_of
from hub.matching.score.forms import Forms
from hub.matching.score.levels import level_codes, levels_of
from hub.matching.score.model import MISSING, Comparison, Levels, Whole

NONE = np.int8(100)
"""While the best of several values is sought: a pair of values that says nothing."""
_LATIN = r"^[\x{0}-\x{24f}\x{1e00}-\x{1eff}]*$"
_QUALITY = {"exact": 6, "tones": 5, "close": 5, "contained": 4, "nickname": 4, "initial": 3, "similar": 2, "differs": 0}
_AS_FAMILY = {"tones": "close", "nickname": "similar", "initial": "similar"}


@dataclass(frozen=True, slots=True)
class Compared:
    """levels: one row per pair, one column per comparison. agreed: the code (Field.same) of the value that is equal, -1
    where none is; for given and family names codes are those of `vocabulary`."""

    levels: Levels
    agreed: dict[str, Whole]


class Comparer:
    """Compares pairs of one set of features by the comparisons of some parameters. Remembers nothing between calls."""

    def __init__(self, features: Features, comparisons: Sequence[Comparison]) -> None:
        self.features, self.comparisons = features, tuple(comparisons)
        self.fields = {**features.fields, **_name_fields(features)}
        self.forms = {name: Forms(field.values) for name, field in self.fields.items() if name != "family"}
        self.ranks = {
            one.name: _ranks(self.fields[one.name], one)
            for one in self.comparisons
            if one.name in features.fields and int(features.fields[one.name].held.max(initial=0)) > 1
        }
        self.latin = {name: self.fields[name].values.str.contains(_LATIN).to_numpy() for name in ("given", "family")}

    def compare(self, a: Whole, b: Whole) -> Compared:
        """Levels of the pairs (a, b) of places in record order."""
        levels: Levels = np.full((a.size, len(self.comparisons)), MISSING, dtype=np.int8)
        agreed: dict[str, Whole] = {}
        names = self.names(a, b)
        for place, one in enumerate(self.comparisons):
            if one.name in names:
                levels[:, place] = names[one.name][0]
                agreed[one.name] = names[one.name][1]
            elif one.name in self.fields:
                levels[:, place], agreed[one.name] = self.field(one, a, b)
        return Compared(levels, agreed)

    def field(self, one: Comparison, a: Whole, b: Whole) -> tuple[Levels, Whole]:
        """The best level over the values of both records, and the rarest equal value's code."""
        field = self.fields[one.name]
        pair, x, y = _value_pairs(field, a, b)
        found = _values(self.forms[one.name], one.kind, x, y)
        best: Levels = np.full(a.size, NONE, dtype=np.int8)
        np.minimum.at(best, pair, found)
        agreed = np.full(a.size, -1, dtype=np.int64)
        equal = found == 0
        codes = field.same[x[equal]]
        if one.name in self.ranks:
            by_rank, rank = self.ranks[one.name]
            np.maximum.at(agreed, pair[equal], rank[codes])
            agreed[agreed >= 0] = by_rank[agreed[agreed >= 0]]
        else:
            agreed[pair[equal]] = codes
        best[best == NONE] = MISSING
        return best, agreed

    def names(self, a: Whole, b: Whole) -> dict[str, tuple[Levels, Whole]]:
        """given, family and order: parts against their like, or crosswise where that fits clearly better."""
        given, family = self.fields["given"], self.fields["family"]
        ga, gb, fa, fb = (_only(field, rows) for field, rows in ((given, a), (given, b), (family, a), (family, b)))
        straight = [self._part("given", ga, gb), self._part("family", fa, fb)]
        asked = ((straight[0] != 0) | (straight[1] != 0)) & ((fa >= 0) | (fb >= 0))
        turned = [np.full(a.size, NONE, dtype=np.int8) for _ in range(2)]
        turned[0][asked] = self._part("given", ga[asked], fb[asked])
        turned[1][asked] = self._part("given", fa[asked], gb[asked])
        crossed = _quality("given", turned[0]) + _quality("given", turned[1]) > 1 + _quality(
            "given", straight[0]
        ) + _quality("family", straight[1])
        better, worse = np.minimum(*turned), np.maximum(*turned)
        first = turned[0] <= turned[1]
        left, right = np.where(first, ga, fa), np.where(first, fa, ga)
        same = np.append(given.same, -1)
        result = {
            "given": (_missing(np.where(crossed, better, straight[0])), np.where(crossed, left, ga)),
            "family": (_missing(np.where(crossed, _as_family(worse), straight[1])), np.where(crossed, right, fa)),
        }
        said = (straight[0] != NONE) | (straight[1] != NONE) | crossed
        order = np.where(said, crossed.astype(np.int8), np.int8(MISSING))
        none = np.full(a.size, -1, dtype=np.int64)
        found = {name: (level, np.where(level == 0, same[code], -1)) for name, (level, code) in result.items()}
        return {**found, "order": (order, none)}

    def _part(self, kind: str, x: Whole, y: Whole) -> Levels:
        """Levels of two columns of codes of the shared vocabulary; NONE where one is -1 or the scripts differ."""
        latin = self.latin["given"]
        both = (x >= 0) & (y >= 0)
        both[both] = latin[x[both]] == latin[y[both]]
        found: Levels = np.full(x.size, NONE, dtype=np.int8)
        found[both] = _values(self.forms["given"], kind, x[both], y[both])
        return found


def _ranks(field: Field, one: Comparison) -> tuple[Whole, Whole]:
    """Codes from the most frequent to the rarest value, by what the parameters know of them, ties by the text; and every
    code's place in it. The same for two values whatever else the list holds."""
    share = np.array([one.tf.get(text, one.tf_rest) for text in field.bare], dtype=np.float64)
    order = pl.DataFrame({"share": share, "bare": field.bare}).select(
        pl.arg_sort_by("share", "bare", descending=[True, False])
    )
    by_rank = order.to_series().to_numpy().astype(np.int64)
    rank = np.empty(by_rank.size, dtype=np.int64)
    rank[by_rank] = np.arange(by_rank.size)
    return by_rank, rank


def _name_fields(features: Features) -> dict[str, Field]:
    """given and family with codes of one vocabulary."""
    parts = {name: features.fields[name] for name in ("given", "family")}
    values = pl.concat([part.values for part in parts.values()]).unique().sort()
    table = dict(zip(values, range(values.len()), strict=True))
    fields = {}
    for name, part in parts.items():
        moved = np.array([table[value] for value in part.values], dtype=np.int64)
        fields[name] = field_of(part.offsets, moved[part.codes] if part.codes.size else part.codes, values)
    return fields


def _only(field: Field, rows: Whole) -> Whole:
    """The one value of each record, -1 for none."""
    held = field.held[rows] > 0
    codes = np.full(rows.size, -1, dtype=np.int64)
    codes[held] = field.codes[field.offsets[rows[held]]]
    return codes


def _value_pairs(field: Field, a: Whole, b: Whole) -> tuple[Whole, Whole, Whole]:
    """Every value of a with every value of b: the pair's number and both codes."""
    many_a, many_b = field.held[a], field.held[b]
    count = many_a * many_b
    pair = np.repeat(np.arange(a.size), count)
    within = np.arange(pair.size) - np.repeat(np.cumsum(count) - count, count)
    width = many_b[pair]
    x = field.codes[field.offsets[a[pair]] + within // np.maximum(width, 1)]
    y = field.codes[field.offsets[b[pair]] + within % np.maximum(width, 1)]
    return pair, x, y


def _values(forms: Forms, kind: str, x: Whole, y: Whole) -> Levels:
    """Levels of pairs of codes."""
    found: Levels = np.zeros(x.size, dtype=np.int8)
    unequal = np.flatnonzero(x != y)
    found[unequal] = level_codes(kind, forms, x[unequal], y[unequal])
    if kind == "id":
        found[forms.kind[x] != forms.kind[y]] = NONE
    return found


def _quality(kind: str, levels: Levels) -> npt.NDArray[np.int64]:
    table = np.zeros(int(NONE) + 1, dtype=np.int64)
    for place, name in enumerate(levels_of(kind)):
        table[place] = _QUALITY[name]
    return table[levels]


def _as_family(levels: Levels) -> Levels:
    """Levels of given names as those of family names."""
    table = np.full(int(NONE) + 1, NONE, dtype=np.int8)
    names = levels_of("family")
    for place, name in enumerate(levels_of("given")):
        table[place] = names.index(_AS_FAMILY.get(name, name))
    return table[levels]


def _missing(levels: Levels) -> Levels:
    return np.where(levels == NONE, np.int8(MISSING), levels).astype(np.int8)
