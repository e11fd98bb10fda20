"""The nouns of scoring: comparisons, their levels, and the parameters that turn agreement into bits.

Belongs here: what a comparison is, parameters as a value that can be stored and digested. Does not: estimating them
(training), applying them (weigh), reading the shipped file (defaults).
Weights are whole thousandths of a bit wherever they are added or compared, so sums are exact in any order.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

FORMAT = 1
"""Version of the parameters' document; one that is written otherwise is refused."""
MILLI = 1000
MOST_BITS, LEAST_BITS = 30.0, -9.0
"""No single level speaks louder than this for or against, whatever was estimated."""
ORDERED = frozenset({"given", "family", "birth", "phone", "email", "id", "street", "text", "code", "company"})
"""Kinds in which no partial agreement may weigh more than equality."""
MISSING = -1
"""The level of a pair in which one side does not say: 0 bits."""

Floats = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int8]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one field of two records is compared.

    levels: names, strongest agreement first. m, u: share of each level among pairs that are one person, and among
    pairs that are not, one row per level of the parent (missing first), or a single row without a parent.
    parent: the comparison on whose level this one's shares depend (places of one address go together), or "".
    tf: value → its share of all values that records hold; tf_rest: the share of any value that is not listed; empty
    and 0 where rare agreement weighs no more than frequent.
    """

    name: str
    kind: str
    levels: tuple[str, ...]
    m: tuple[tuple[float, ...], ...]
    u: tuple[tuple[float, ...], ...]
    parent: str = ""
    tf: Mapping[str, float] = field(default_factory=dict)
    tf_rest: float = 0.0

    def bits(self) -> Floats:
        """log2(m/u) per parent level and level: the match weight of Fellegi and Sunter (1969).

        Within LEAST_BITS and MOST_BITS, and no level above the strongest one of its row that is the first.
        """
        bits = np.clip(np.log2(np.array(self.m) / np.array(self.u)), LEAST_BITS, MOST_BITS)
        most = np.maximum(bits[:, :1], 0.0) if self.kind in ORDERED else np.full_like(bits[:, :1], MOST_BITS)
        limited: Floats = np.minimum(bits, most)
        return limited


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Weights in bits. suggest: worth a person's look; balanced, careful: merged when an admin opts in.

    wrong: for each of the names the wrong merges per 1,000 to expect at that weight and above.
    """

    suggest: float
    balanced: float
    careful: float
    wrong: Mapping[str, float]

    def of(self, name: str) -> float:
        """The weight behind `suggest`, `balanced` or `careful`."""
        return {"suggest": self.suggest, "balanced": self.balanced, "careful": self.careful}[name]


@dataclass(frozen=True, slots=True)
class Parameters:
    """All that decides a score. prior_bits: log2 odds that two records taken at random are one person.

    origin: `shipped`, or `trained`. largest_block: values that more records share make no pairs. rules: blocking
    rules, each a tuple of key names.
    """

    origin: str
    prior_bits: float
    comparisons: tuple[Comparison, ...]
    rules: tuple[tuple[str, ...], ...]
    largest_block: int
    thresholds: Thresholds

    @property
    def names(self) -> tuple[str, ...]:
        """The comparisons' names in order: the columns of a level matrix."""
        return tuple(one.name for one in self.comparisons)

    @property
    def digest(self) -> str:
        """Differs whenever two records could get another weight, be paired otherwise or merge at another one."""
        return hashlib.blake2b(dump(self), digest_size=12).hexdigest()

    @property
    def extras(self) -> tuple[str, ...]:
        """The names of `extra` fields that are compared."""
        return tuple(name.removeprefix("extra.") for name in self.names if name.startswith("extra."))


def probability(weight_bits: float) -> float:
    """The chance of being one person behind a weight that includes the prior."""
    return 1.0 / (1.0 + math.pow(2.0, -max(min(weight_bits, 60.0), -60.0)))


def dump(parameters: Parameters) -> bytes:
    """The parameters as JSON, keys sorted; `load` gives an equal value back."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "origin": parameters.origin,
        "prior_bits": parameters.prior_bits,
        "largest_block": parameters.largest_block,
        "rules": [list(rule) for rule in parameters.rules],
        "thresholds": {
            "suggest": parameters.thresholds.suggest,
            "balanced": parameters.thresholds.balanced,
            "careful": parameters.thresholds.careful,
            "wrong": dict(parameters.thresholds.wrong),
        },
        "comparisons": [
            {
                "name": one.name,
                "kind": one.kind,
                "parent": one.parent,
                "levels": list(one.levels),
                "m": [list(row) for row in one.m],
                "u": [list(row) for row in one.u],
                "tf": dict(one.tf),
                "tf_rest": one.tf_rest,
            }
            for one in parameters.comparisons
        ],
    }
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def load(text: bytes | str) -> Parameters:
    """Parameters out of their JSON; ValueError for another format."""
    told = orjson.loads(text)
    if told.get("format") != FORMAT:
        raise ValueError(f"parameters of format {told.get('format')} are not read here, only {FORMAT}")
    levels = told["thresholds"]
    return Parameters(
        told["origin"],
        told["prior_bits"],
        tuple(_comparison(one) for one in told["comparisons"]),
        tuple(tuple(rule) for rule in told["rules"]),
        told["largest_block"],
        Thresholds(levels["suggest"], levels["balanced"], levels["careful"], levels["wrong"]),
    )


def _comparison(one: Mapping[str, Any]) -> Comparison:
    m, u = (tuple(tuple(float(x) for x in row) for row in one[name]) for name in ("m", "u"))
    return Comparison(one["name"], one["kind"], tuple(one["levels"]), m, u, one["parent"], one["tf"], one["tf_rest"])
