"""All candidate pairs of a set of records, scored: what suggesting and merging both work on.

Belongs here: leading blocks through comparing and weighing in bounded parts. Does not: deciding (suggesting, merging).
Places are records in record order; pairs are (a, b) with a < b. Which pairs there are is a function of the whole current
set; the weight of a pair is one of its two records, the values that say nothing (behaviour 3.3) and the parameters only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from hub.matching.score.blocking import Blocks, Focus
from hub.matching.score.bounds import Bounds
from hub.matching.score.compare import Comparer
from hub.matching.score.fields import Features, read_features
from hub.matching.score.model import MILLI, MISSING, Levels, Parameters, Whole
from hub.matching.score.weigh import Scales, Thousandths, Weighed

PART = 500_000
"""So many pairs are compared at once; memory stays bounded by it."""
CONTACTS = ("phone", "email")
PLACES = ("street", "postal_code", "locality", "province")
"""What a household shares, as its contacts."""
OWN = {"birth_date": ("exact", "swapped", "digit"), "id": ("exact", "close")}
"""Comparison → levels that no household shares."""
NAMES = ("given", "family", "company")
COMMON = (*NAMES, "order", "gender")
"""What namesakes share, too."""
ALONE = 2.0
"""So many bits more than else two records need that agree on names and tell nothing more."""
PERSONAL = {
    "birth_date": ("exact", "swapped"),
    "phone": ("exact", "close"),
    "email": ("exact", "local"),
    "id": ("exact", "close"),
    "street": ("exact",),
}
"""Comparison → levels that are one person's own."""
CONTRARY = {"phone": ("differs",), "email": ("close", "similar", "differs")}
"""Comparison → levels that speak for two people: a namesake at one address, or of one day, has contacts of his own."""
LIKELY = PERSONAL | {
    "birth_date": ("exact", "swapped", "digit", "parts"),
    "email": ("exact", "local", "close"),
    "street": ("exact", "close"),
}
UNLIKELY = {"phone": ("differs",), "email": ("similar", "differs")}
"""The same with misspellings."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Pairs a, b with their weight, `plain`: the weight without what a household shares (contacts; places, unless
    they agree on a birth date or an id; thousandths of a bit), and
    `personal`: they agree on more that is one person's own (beyond a name, a town, a job) than contacts differ;
    `likely`: on nearly as much, misspellings counted; on more than a place, and clearly when on names alone."""

    a: Whole
    b: Whole
    weight: Thousandths
    plain: Thousandths
    personal: npt.NDArray[np.bool_]
    likely: npt.NDArray[np.bool_]

    def where(self, mask: npt.NDArray[np.bool_]) -> Scored:
        """Some of the pairs."""
        return Scored(
            self.a[mask], self.b[mask], self.weight[mask], self.plain[mask], self.personal[mask], self.likely[mask]
        )


class Scorer:
    """Records ready to be scored by some parameters."""

    def __init__(
        self,
        records: pl.DataFrame,
        identifiers: pl.DataFrame,
        blocked: pl.DataFrame,
        parameters: Parameters,
        *,
        size: int | None = None,
    ) -> None:
        """size: persons and organisations of the whole list, when `records` are only some of them."""
        self.parameters = parameters
        self.features: Features = read_features(records, identifiers, blocked, parameters.extras)
        self.size = self.features.size if size is None else size
        self.comparer = Comparer(self.features, parameters.comparisons)
        self.scales = Scales(parameters, self.comparer)
        self.bounds = Bounds(self.scales, self.comparer)
        self._contacts, self._places, self._names = (
            [place for place, name in enumerate(parameters.names) if name in group]
            for group in (CONTACTS, PLACES, NAMES)
        )
        self._beyond = [place for place, name in enumerate(parameters.names) if name not in COMMON]

    def candidates(
        self,
        least_bits: float,
        focus: pl.Series | None = None,
        counts: pl.DataFrame | None = None,
        blocks: Blocks | None = None,
    ) -> Scored:
        """Every candidate pair of weight `least_bits` or more, by place.

        focus: rids; only pairs with one of them. counts: key, count, as `block_counts` gives them for the whole list;
        needed when `records` are only the focus and all records that share a key with it, so that a block that is too
        large in the whole list is left out here, too. What comes out is then the same as from the whole list.
        blocks: of the scorer's features, when they are needed again.
        """
        asked = None
        if focus is not None:
            asked = Focus(pl.Series(self.features.rids).is_in(focus.implode()).to_numpy(), counts)
        least, size = round(least_bits * MILLI), self.features.size
        blocks = blocks or Blocks(self.features)
        parts = blocks.candidates(self.parameters.rules, self.parameters.largest_block, asked)
        return _joined([self.score(codes // size, codes % size, least) for codes in parts])

    def score(self, a: Whole, b: Whole, least: int | None = None) -> Scored:
        """The pairs scored, part by part; those below `least` thousandths of a bit are left out."""
        parts = []
        for start in range(0, a.size, PART):
            x, y = a[start : start + PART], b[start : start + PART]
            if least is not None:
                x, y, compared = self.bounds.compare(x, y, least)
            else:
                compared = self.comparer.compare(x, y)
            weighed = self.scales.weigh(compared)
            plain = self._plain(compared.levels, weighed)
            part = Scored(x, y, weighed.total, plain, *self._own(compared.levels, weighed.total))
            parts.append(part if least is None else part.where(part.weight >= least))
        return _joined(parts)

    def _plain(self, levels: Levels, weighed: Weighed) -> Thousandths:
        """`plain` of every pair."""
        said = weighed.bits + weighed.tf
        contacts, places = (np.maximum(said[:, group].sum(axis=1), 0) for group in (self._contacts, self._places))
        own = self._count(levels, OWN) > 0
        plain: Thousandths = (weighed.total - contacts - np.where(own, 0, places)).astype(np.int32)
        return plain

    def _own(self, levels: Levels, total: Thousandths) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """`personal` and `likely` of every pair."""
        personal = self._count(levels, PERSONAL) > self._count(levels, CONTRARY)
        likely = self._count(levels, LIKELY)
        nameless = (levels[:, self._names] == MISSING).all(axis=1)
        alone = (levels[:, self._beyond] == MISSING).all(axis=1)
        enough = total >= (self.parameters.thresholds.balanced + ALONE) * MILLI
        named = ~nameless | (likely > self._count(levels, {"street": LIKELY["street"]}))
        return personal, (likely >= self._count(levels, UNLIKELY)) & named & (~alone | enough)

    def _count(self, levels: Levels, telling: Mapping[str, Sequence[str]]) -> Whole:
        """In how many comparisons a pair shows one of the levels."""
        found = np.zeros(levels.shape[0], dtype=np.int64)
        for place, one in enumerate(self.parameters.comparisons):
            wanted = [one.levels.index(name) for name in telling.get(one.name, ())]
            found += np.isin(levels[:, place], wanted)
        return found

    @property
    def rids(self) -> pl.Series:
        """The record of every place."""
        return pl.Series("rid", self.features.rids, dtype=pl.Int64)


def _joined(parts: list[Scored]) -> Scored:
    if not parts:
        none, bits, no = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.bool_)
        return Scored(none, none, bits, bits, no, no)
    return Scored(
        np.concatenate([one.a for one in parts]),
        np.concatenate([one.b for one in parts]),
        np.concatenate([one.weight for one in parts]),
        np.concatenate([one.plain for one in parts]),
        np.concatenate([one.personal for one in parts]),
        np.concatenate([one.likely for one in parts]),
    )
