"""Leaving out pairs that cannot weigh enough before their texts are compared: most candidate pairs are such.

Belongs here: how much a pair can weigh at most by what is known of it, comparing field by field while that is enough.
Does not: levels (compare), weights (weigh). Exact: a pair that weighs enough is never left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hub.matching.score.compare import Compared, Comparer
from hub.matching.score.fields import Field
from hub.matching.score.forms import Bools
from hub.matching.score.model import MILLI, MISSING, Comparison, Levels, Whole
from hub.matching.score.weigh import Scales, Thousandths, adjustment

NAMES = ("given", "family", "order")
FIRST = ("phone", "birth_date", "id", "email", "names", "street")
"""Compared first, in this order: what tells two people apart at little cost."""
NONE, SEVERAL = -1, -2
"""Instead of the code of a record's one value."""


@dataclass(frozen=True, slots=True)
class _Most:
    """Thousandths of a bit that a comparison gives at most. equal: by the code of the value that is equal; unequal: where
    values are there and none is equal; any: when nothing is known; by_level: by level, its last entry for MISSING."""

    equal: Thousandths
    unequal: int
    any: int
    by_level: Thousandths


class Bounds:
    """Compares pairs of which only those are wanted that weigh enough."""

    def __init__(self, scales: Scales, comparer: Comparer) -> None:
        self.scales, self.comparer = scales, comparer
        self.prior = round(scales.parameters.prior_bits * MILLI)
        held = {name for name, field in comparer.fields.items() if field.codes.size}
        there = [
            one for one in scales.parameters.comparisons if one.name in held or (one.name in NAMES and held & {*NAMES})
        ]
        there = [one for one in there if one.name in comparer.fields]
        self.most = {one.name: _most(one, scales, comparer.fields[one.name]) for one in there}
        self.single = {one.name: _single(comparer.fields[one.name]) for one in there}
        self.columns = {one.name: place for place, one in enumerate(scales.parameters.comparisons)}
        later = [one.name for one in there if one.name not in FIRST and one.name not in NAMES]
        self.steps = [name for name in FIRST if name in self.most or name == "names"] + later

    def compare(self, a: Whole, b: Whole, least: int) -> tuple[Whole, Whole, Compared]:
        """The pairs that may weigh `least` thousandths of a bit or more, compared."""
        most = self._known_by_codes(a, b)
        enough = np.flatnonzero(self.prior + most.sum(axis=1) >= least)
        state = _State(a[enough], b[enough], most[enough])
        for step in self.steps:
            if step == "names":
                self._compare_names(state)
            else:
                self._compare_field(state, step)
            state = state.where(np.flatnonzero(self.prior + state.most.sum(axis=1) >= least))
        return state.a, state.b, Compared(state.levels, state.agreed)

    def _known_by_codes(self, a: Whole, b: Whole) -> Thousandths:
        """What each comparison gives at most, by whether the codes are equal."""
        found = np.zeros((a.size, len(self.columns)), dtype=np.int32)
        for name, most in self.most.items():
            if name not in NAMES:
                found[:, self.columns[name]] = self._by_code(name, most, a, b)
        self._names_by_code(found, a, b)
        return found

    def _by_code(self, name: str, most: _Most, a: Whole, b: Whole) -> Thousandths:
        single = self.single[name]
        x, y = single[a], single[b]
        result = np.where(x == y, most.equal[x], most.unequal)
        if name == "street":
            number = self.comparer.forms[name].number
            level = self.scales.parameters.comparisons[self.columns[name]].levels
            told = (x >= 0) & (y >= 0) & (x != y)
            told &= (number[x] >= 0) & (number[y] >= 0) & (number[x] != number[y])
            result = np.where(told, most.by_level[level.index("similar") : -1].max(), result)
        result = np.where((x == SEVERAL) | (y == SEVERAL), most.any, result)
        return np.where((x == NONE) | (y == NONE), 0, result).astype(np.int32)

    def _names_by_code(self, found: Thousandths, a: Whole, b: Whole) -> None:
        """Given and family names may stand in each other's place."""
        if not {"given", "family"} <= self.most.keys():
            return
        given, family = self.most["given"], self.most["family"]
        ga, gb, fa, fb = (self.single[part][rows] for part in ("given", "family") for rows in (a, b))
        one = np.full(a.size, max(given.unequal, 0), dtype=np.int32)
        for x, y in ((ga, gb), (ga, fb), (fa, gb)):
            one = np.maximum(one, np.where((x == y) & (x >= 0), given.equal[x], 0)).astype(np.int32)
        straight, turned = (fa == fb) & (fa >= 0), (ga == fb) & (fa == gb) & (ga >= 0) & (fa >= 0)
        other = np.where(straight, family.equal[fa], 0)
        other = np.maximum(other, np.where(turned, np.maximum(family.equal[ga], family.equal[fa]), family.unequal))
        first, second = self._certain(ga, gb, fa, fb)
        found[:, self.columns["given"]] = np.where(first, given.by_level[-2], one)
        found[:, self.columns["family"]] = np.where(second, family.by_level[-2], np.maximum(other, 0))
        if "order" in self.columns:
            found[:, self.columns["order"]] = max(int(self.scales.tables[self.columns["order"]].max()), 0)

    def _certain(self, ga: Whole, gb: Whole, fa: Whole, fb: Whole) -> tuple[Bools, Bools]:
        """Of which pairs it is certain that the given names differ, and that the family names do: parts of Vietnamese
        names whose last words are all different (`contained` asks for an equal last word or for several words)."""
        forms = self.comparer.forms["given"]
        there = (ga >= 0) & (gb >= 0) & (fa >= 0) & (fb >= 0)
        both = there & forms.vietnamese[ga] & forms.vietnamese[gb]
        last = forms.last
        apart = both & (last[ga] != last[gb]) & (last[ga] != last[fb]) & (last[fa] != last[gb])
        words = forms.several[fa] | forms.several[fb]
        return apart, apart & (last[fa] != last[fb]) & ~words

    def _compare_field(self, state: _State, name: str) -> None:
        one = self.scales.parameters.comparisons[self.columns[name]]
        levels, agreed = self.comparer.field(one, state.a, state.b)
        self._note(state, name, levels, agreed)

    def _compare_names(self, state: _State) -> None:
        for name, (levels, agreed) in self.comparer.names(state.a, state.b).items():
            if name in self.columns:
                self._note(state, name, levels, agreed)

    def _note(self, state: _State, name: str, levels: Levels, agreed: Whole) -> None:
        """What is known of a comparison now."""
        place = self.columns[name]
        state.levels[:, place], state.agreed[name] = levels, agreed
        if name in self.most:
            most = self.most[name]
            state.most[:, place] = np.where(levels == 0, most.equal[agreed], most.by_level[levels])
        else:
            state.most[:, place] = np.append(self.scales.tables[place].max(axis=0)[:-1], 0)[levels]


class _State:
    """Pairs, what each comparison gives at most, and the levels known so far."""

    def __init__(self, a: Whole, b: Whole, most: Thousandths) -> None:
        self.a, self.b, self.most = a, b, most
        self.levels: Levels = np.full(most.shape, MISSING, dtype=np.int8)
        self.agreed: dict[str, Whole] = {}

    def where(self, rows: Whole) -> _State:
        """Some of the pairs."""
        if rows.size == self.a.size:
            return self
        kept = _State(self.a[rows], self.b[rows], self.most[rows])
        kept.levels = self.levels[rows]
        kept.agreed = {name: codes[rows] for name, codes in self.agreed.items()}
        return kept


def _most(one: Comparison, scales: Scales, field: Field) -> _Most:
    place = scales.parameters.names.index(one.name)
    bits = scales.tables[place][:, :-1]
    equal = np.full(field.values.len() + 2, bits[:, 0].max(), dtype=np.int32)
    if one.name in scales.rarity:
        rarity = scales.rarity[one.name]
        rows = [row for row in range(bits.shape[0]) if row != 1]
        each = [bits[row, 0] + adjustment(np.full(rarity.size, one.u[row][0]), rarity) for row in rows]
        most = np.max(each, axis=0)
        equal[:-2] = np.maximum(most, bits[1, 0]) if bits.shape[0] > 1 else most
    else:
        equal[:-2] = bits[:, 0].max()
    unequal = int(bits[:, 1:].max())
    by_level = np.append(bits.max(axis=0), 0).astype(np.int32)
    return _Most(equal, unequal, max(int(equal[:-2].max(initial=0)), unequal, 0), by_level)


def _single(field: Field) -> Whole:
    """For every record the code of its one value's bare text, NONE or SEVERAL."""
    held = field.held
    found = np.full(held.size, NONE, dtype=np.int64)
    found[held > 1] = SEVERAL
    found[held == 1] = field.same[field.codes[field.offsets[:-1][held == 1]]]
    return found
