"""Term frequencies: how much of all values each frequent value is, so that Nguyễn is worth little.

Belongs here: counting and cutting off. Does not: what a frequency changes in a weight (weigh).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from hub.matching.score.fields import Field

LISTED = 20_000
"""So many of the most frequent values are kept; all others count as the rest."""
LEAST = 2
"""A value held by fewer records is part of the rest."""
DEPTH = 6
"""Digits of a stored share."""


def frequencies(field: Field) -> tuple[dict[str, float], float]:
    """Value without marks → its share of all values held; the share of each value that is not listed.

    The rest is as frequent as one and a half records, so that a value nobody has seen twice is rare, not impossible.
    """
    total = int(field.codes.size)
    if not total:
        return {}, 0.0
    counts = np.bincount(field.same[field.codes], minlength=field.values.len())
    table = pl.DataFrame({"value": field.bare, "count": counts}).filter(pl.col("count") >= LEAST)
    listed = table.sort("count", "value", descending=[True, False]).head(LISTED)
    found = {value: _rounded(count / total) for value, count in listed.iter_rows()}
    return dict(sorted(found.items())), _rounded(1.5 / total)


def whole_names(given: Field, family: Field, often: int) -> dict[str, float]:
    """Frequent whole names → their share. So many records as one person may well have (`often`) are taken off, so that a
    person who stands in the list often does not make the name frequent."""
    both = np.flatnonzero((given.held > 0) & (family.held > 0))
    parts = [field.bare.gather(field.codes[field.offsets[both]]) for field in (given, family)]
    names = pl.DataFrame({"x": parts[0], "y": parts[1]}).select(
        name=pl.min_horizontal("x", "y") + " | " + pl.max_horizontal("x", "y")
    )
    table = names.group_by("name").len("count").filter(pl.col("count") > often)
    listed = table.sort("count", "name", descending=[True, False]).head(LISTED)
    return dict(sorted((name, _rounded((count - often) / both.size)) for name, count in listed.iter_rows()))


def _rounded(share: float) -> float:
    """A share with DEPTH significant digits."""
    return float(f"{share:.{DEPTH}g}")
