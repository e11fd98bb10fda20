"""Which identifiers may have changed hands, and when their records were seen: asked only where names disagree.

Belongs here: the columnar search for gaps, what is asked of the store. Does not: telling the holders (holders).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from hub.matching.guards import VALUE
from hub.matching.policy import Policy
from hub.matching.prepare import Prepared

SEEN = {"rid": pl.Int64, **dict.fromkeys([*VALUE, "first", "last"], pl.String)}
HOMES = {"rid": pl.Int64, "home": pl.String}
HANDED_ON = ["phone"]
"""Identifiers that are given to others: operators do it with numbers, providers of mailboxes hardly ever."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sources say of some records. seen: SEEN, one row per record and identifier (times null when unknown).

    used: rid, at – when a record was last used otherwise (its newest order). homes: HOMES, every address as one text.
    """

    seen: Callable[[list[int]], pl.DataFrame]
    used: Callable[[list[int]], pl.DataFrame]
    homes: Callable[[list[int]], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Dated:
    """spans: gid, rank, first, last ('' unknown) of identifiers that may have changed hands; homes: rank, home."""

    spans: pl.DataFrame
    homes: pl.DataFrame


NOTHING = Dated(
    pl.DataFrame(schema={"gid": pl.Int64, "rank": pl.Int64, "first": pl.String, "last": pl.String}),
    pl.DataFrame(schema={"rank": pl.Int64, "home": pl.String}),
)


def dated(ready: Prepared, slow: pl.DataFrame, facts: Facts | None, policy: Policy) -> Dated:
    """The times of identifiers in the components `slow` (column comp) whose bearers have two names and a gap between them."""
    if facts is None or not policy.gap:
        return NOTHING
    people = ready.records.join(slow, on="comp", how="semi").select("rank", "rid", "name")
    keys = ready.keys.filter(pl.col("type").is_in(HANDED_ON)).join(people, on="rank", how="inner")
    named = pl.col("name").filter(pl.col("name") != "").n_unique()
    several = keys.group_by("gid").agg(named.alias("names")).filter(pl.col("names") > 1)
    keys = keys.join(several.select("gid"), on="gid", how="semi")
    if keys.is_empty():
        return NOTHING
    seen = facts.seen(keys["rid"].unique().to_list()).group_by("rid", *VALUE).agg(
        pl.col("first").min(), pl.col("last").max())  # fmt: skip
    told = _apart(keys.join(seen, on=["rid", *VALUE], how="left"), policy.gap)
    if told.is_empty():
        return NOTHING
    rids = told["rid"].unique().to_list()
    used = facts.used(rids).group_by("rid").agg(pl.col("at").max())
    later = pl.max_horizontal("last", "at")
    told = _apart(told.join(used, on="rid", how="left").with_columns(last=later).drop("at"), policy.gap)
    homes = facts.homes(told["rid"].unique().to_list()).join(people.select("rid", "rank"), on="rid", how="inner")
    spans = told.select("gid", "rank", pl.col("first", "last").fill_null(""))
    return Dated(spans, homes.select("rank", "home").unique())


def _apart(rows: pl.DataFrame, gap: int) -> pl.DataFrame:
    """The rows of identifiers (gid) whose named records are all dated and fall into parts that lie `gap` days apart."""
    named = rows.filter(pl.col("name") != "")
    begins, ends = (pl.col(name).str.slice(0, 10).str.to_date(strict=False) for name in ("first", "last"))
    days = named.select("gid", begins=begins, ends=ends).sort("gid", "begins", "ends")
    before = pl.col("ends").cum_max().shift(1).over("gid")
    wide = ((pl.col("begins") - before).dt.total_days() >= gap).fill_null(value=False)
    parts = days.filter(wide).select("gid").unique()
    undated = days.filter(pl.col("begins").is_null() | pl.col("ends").is_null()).select("gid")
    return rows.join(parts, on="gid", how="semi").join(undated, on="gid", how="anti")
