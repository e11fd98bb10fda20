"""The parameters that come with the hub, and where an estimate begins.

Belongs here: reading data/parameters.json and the tables of comparisons. Does not: estimating (training). The shipped
parameters are learned by `train` on made Vietnamese shops (benchmarks/ship_parameters.py), drawn half way to the shares
of levels.tsv, with the prior of a list of 200,000 records.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np

from hub.matching.score.blocking import shipped_rules
from hub.matching.score.levels import levels_of, table
from hub.matching.score.model import Comparison, Parameters, Thresholds, load

LARGEST_BLOCK = 64
PRIOR_BITS = -17.0
"""log2 of 1.4 / 200,000: records have 0.7 partners each in the mean."""


@cache
def shipped() -> Parameters:
    """The parameters of data/parameters.json."""
    return load((resources.files(__package__) / "data" / "parameters.json").read_bytes())


@cache
def unlearned() -> Parameters:
    """The comparisons with the shares of levels.tsv, where nothing was learned yet."""
    rows = table("comparisons.tsv")
    kinds = {row["name"]: row["kind"] for row in rows}
    comparisons = tuple(
        fresh(row["name"], row["kind"], row["parent"], len(levels_of(kinds[row["parent"]])) if row["parent"] else 0)
        for row in rows
    )
    rules = tuple(one.keys for one in shipped_rules())
    return Parameters("unlearned", PRIOR_BITS, comparisons, rules, LARGEST_BLOCK, Thresholds(0.0, 0.0, 10.0, {}))


def fresh(name: str, kind: str, parent: str = "", parent_levels: int = 0) -> Comparison:
    """A comparison with the shares that levels.tsv begins with, the same for every level of the parent."""
    rows = [row for row in table() if row["kind"] == kind]
    m, u = (np.array([float(row[which]) for row in rows]) for which in ("m", "u"))
    count = parent_levels + 1 if parent else 1
    tables = [tuple(tuple(float(x) for x in share / share.sum()) for _ in range(count)) for share in (m, u)]
    return Comparison(name, kind, levels_of(kind), tables[0], tables[1], parent)
