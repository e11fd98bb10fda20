"""Levels to weights: the bits of every comparison, the adjustment for rare and frequent values, their sum.

Belongs here: applying parameters. Does not: estimating them (training), telling them (telling).
weight = prior + Σ log2(m/u) (Fellegi & Sunter 1969) + Σ log2(u_exact / tf(value)) for equal values (term-frequency
adjustment after Winkler 1988, in the form that Linacre et al. 2022 give for Splink). All in whole thousandths of a bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hub.matching.score.compare import Compared, Comparer
from hub.matching.score.fields import Field
from hub.matching.score.model import MILLI, MISSING, MOST_BITS, Comparison, Floats, Parameters

Thousandths = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Weighed:
    """total: per pair. bits, tf: per pair and comparison; their row sums and the prior give the total exactly."""

    total: Thousandths
    bits: Thousandths
    tf: Thousandths


class Scales:
    """The parameters made ready for one set of features: bits by level, adjustment by value."""

    def __init__(self, parameters: Parameters, comparer: Comparer) -> None:
        self.parameters = parameters
        self.places = {name: place for place, name in enumerate(parameters.names)}
        self.tables = [_thousandths(_with_missing(one)) for one in parameters.comparisons]
        self.values = {part: comparer.fields[part].bare for part in ("given", "family")}
        self.rarity = {
            one.name: rarity(one, comparer.fields[one.name])
            for one in parameters.comparisons
            if one.tf_rest > 0 and one.name in comparer.fields
        }

    def weigh(self, compared: Compared) -> Weighed:
        """Weights of compared pairs."""
        bits = np.zeros(compared.levels.shape, dtype=np.int32)
        tf = np.zeros(compared.levels.shape, dtype=np.int32)
        for place, one in enumerate(self.parameters.comparisons):
            level = compared.levels[:, place]
            parent = (
                compared.levels[:, self.places[one.parent]] + 1 if one.parent else np.zeros(level.size, dtype=np.int8)
            )
            bits[:, place] = self.tables[place][parent, level]
            if one.name in self.rarity:
                tf[:, place] = self._adjusted(one, compared, parent)
            elif one.name == "order" and one.tf:
                tf[:, place] = self._whole_name(one, compared)
        prior = round(self.parameters.prior_bits * MILLI)
        return Weighed((prior + bits.sum(axis=1) + tf.sum(axis=1)).astype(np.int32), bits, tf)

    def _adjusted(self, one: Comparison, compared: Compared, parent: npt.NDArray[np.int8]) -> Thousandths:
        """log2(u_exact / tf) where the values are equal, and not only because the parent's are (a town with its code)."""
        code = compared.agreed[one.name]
        equal = (code >= 0) & (parent != 1)
        found = np.zeros(code.size, dtype=np.int32)
        shares = self.rarity[one.name][code[equal]]
        if one.name in ("given", "family"):
            other = self.rarity["family" if one.name == "given" else "given"][code[equal]]
            crossed = compared.levels[equal, self.places["order"]] == 1
            shares = np.where(crossed, np.maximum(shares, other), shares)
        found[equal] = adjustment(np.array(one.u)[parent[equal], 0], shares)
        return found

    def _whole_name(self, one: Comparison, compared: Compared) -> Thousandths:
        """Of two equal whole names that are more frequent than their parts let expect (a people's names go together):
        what the parts' bits are too many."""
        found = np.zeros(compared.levels.shape[0], dtype=np.int32)
        given, family = (compared.agreed[part] for part in ("given", "family"))
        both = (given >= 0) & (family >= 0)
        if not both.any() or not {"given", "family"} <= self.rarity.keys():
            return found
        pairs, where = np.unique(np.stack([given[both], family[both]]), axis=1, return_inverse=True)
        text = [self.values[part] for part in ("given", "family")]
        keys = zip(text[0].gather(pairs[0]), text[1].gather(pairs[1]), strict=True)
        share = np.array([one.tf.get(whole_name(g, f), 0.0) for g, f in keys])
        apart = self.rarity["given"][pairs[0]] * self.rarity["family"][pairs[1]]
        found[both] = _thousandths(-np.log2(np.maximum(share / apart, 1.0)))[where.reshape(-1)]
        return found


def adjustment(u: Floats, shares: Floats) -> Thousandths:
    """log2(u / share): what equality on values of these shares weighs more than equality on any value."""
    return _thousandths(np.clip(np.log2(u / shares), -MOST_BITS, MOST_BITS))


def whole_name(given: str, family: str) -> str:
    """A whole name as the table of frequent ones holds it: bare parts in the order of their letters."""
    return " | ".join(sorted((given, family)))


def rarity(one: Comparison, field: Field) -> Floats:
    """The share of each code's value among all held."""
    listed = [one.tf.get(text, one.tf_rest) for text in field.bare]
    return np.array(listed, dtype=np.float64)


def _with_missing(one: Comparison) -> Floats:
    """Bits with a last column of 0 for MISSING (index -1)."""
    bits = one.bits()
    return np.concatenate([bits, np.zeros((bits.shape[0], -MISSING))], axis=1)


def _thousandths(bits: Floats) -> Thousandths:
    return np.rint(bits * MILLI).astype(np.int32)
