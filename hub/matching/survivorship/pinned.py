"""A person with the right to do so set this value; it stands above all rules, in whatever order the settings name them.

Belongs here: this rule, for one customer and for many. Does not: who may pin, and until when (flow).
"""

from __future__ import annotations

import polars as pl

NAME = "pinned"


def overlay(decided: pl.DataFrame, pins: pl.DataFrame) -> pl.DataFrame:
    """The decided values (g, value, same, rid, rule) with pins (g, value) in place of what the records say; rid is null."""
    held = pins.select(
        "g", "value", pl.col("value").alias("same"), pl.lit(None, pl.Int64).alias("rid"), rule=pl.lit(NAME)
    )
    return pl.concat([decided.join(pins, on="g", how="anti", maintain_order="left"), held])
