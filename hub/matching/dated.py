"""Which identifiers may have changed hands, and when their records were seen: asked only where names exclude each other.

Belongs here: the columnar search for gaps, what is asked of the store. Does not: telling the holders (holders).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from hub.matching.book import EXCLUDE
from hub.matching.graph import components
from hub.matching.guards import VALUE
from hub.matching.policy import Policy
from hub.matching.prepare import Prepared

SEEN = {"rid": pl.Int64, **dict.fromkeys([*VALUE, "first", "last"], pl.String)}
HOMES = {"rid": pl.Int64, "home": pl.String}
HANDED_ON = ["phone"]
"""Identifiers that are given to others: operators do it with numbers, providers of mailboxes hardly ever."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sources say of some records. seen: SEEN, of their keys of some types (times null when unknown).

    used: rid, at – when a record was last used otherwise (its newest order). homes: HOMES, every address as one text.
    """

    seen: Callable[[list[int], Sequence[str]], pl.DataFrame]
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


def dated(
    ready: Prepared, slow: pl.DataFrame, facts: Facts | None, policy: Policy, pairs: pl.DataFrame | None = None
) -> Dated:
    """The times of identifiers in the components `slow` (column comp) that may have changed hands: their bearers' names
    fall into classes, and some of the classes lie apart in time.

    pairs: what is known of names (Disputed.pairs); who does not exclude each other is of one class. Unknown: of two.
    """
    if facts is None or not policy.gap:
        return NOTHING
    people = ready.records.join(slow, on="comp", how="semi").select("rank", "rid", "name", "comp")
    keys = ready.keys.filter(pl.col("type").is_in(HANDED_ON)).join(people, on="rank", how="inner")
    keys = _several(keys, pl.col("name")).select("gid", "rank", "rid", *VALUE, "name", "kind", "comp")
    keys = _several(keys.join(_classes(keys, pairs), on=["gid", "name"], how="left"), pl.col("class"))
    if keys.is_empty():
        return NOTHING
    seen = facts.seen(keys["rid"].unique().sort().to_list(), HANDED_ON)
    times = seen.group_by("rid", *VALUE).agg(pl.col("first").min(), pl.col("last").max())
    told = _apart(keys.join(times, on=["rid", *VALUE], how="left"), policy.gap)
    if told.is_empty():
        return NOTHING
    used = facts.used(told["rid"].unique().sort().to_list()).group_by("rid").agg(pl.col("at").max())
    later = pl.max_horizontal("last", "at")
    told = _apart(told.join(used, on="rid", how="left").with_columns(last=later).drop("at"), policy.gap)
    homes = facts.homes(told.filter(pl.col("name") != "")["rid"].unique().sort().to_list())
    spans = told.select("gid", "rank", pl.col("first", "last").fill_null(""))
    return Dated(spans, homes.join(people, on="rid", how="inner").select("rank", "home").unique())


def _several(keys: pl.DataFrame, told: pl.Expr) -> pl.DataFrame:
    """The rows of identifiers (gid) whose named bearers differ in what is told of them."""
    several = keys.filter(pl.col("name") != "").group_by("gid").agg(told.n_unique().alias("n")).filter(pl.col("n") > 1)
    return keys.join(several, on="gid", how="semi")


def _classes(keys: pl.DataFrame, pairs: pl.DataFrame | None) -> pl.DataFrame:
    """gid, name, class: names in a chain of those that are known not to exclude each other, within an identifier."""
    names = keys.filter(pl.col("name") != "").select("gid", "kind", "comp", "name").unique()
    names = names.with_columns(node=pl.int_range(pl.len(), dtype=pl.Int64))
    if pairs is None:
        return names.select("gid", "name", pl.col("node").alias("class"))
    near = names.join(pairs.filter(~pl.col("verdict").is_in(sorted(EXCLUDE))), on=["comp", "kind", "name"])
    ends = near.join(names.select("gid", other="name", end="node"), on=["gid", "other"])
    label = components(names.height, ends["node"].to_numpy(), ends["end"].to_numpy())
    return names.select("gid", "name", pl.Series("class", label, dtype=pl.Int64))


def _apart(rows: pl.DataFrame, gap: int) -> pl.DataFrame:
    """The rows of identifiers (gid) whose named records are all dated and whose classes fall into parts that lie `gap`
    days apart."""
    named = rows.filter(pl.col("name") != "")
    begins, ends = (pl.col(name).str.slice(0, 10).str.to_date(strict=False) for name in ("first", "last"))
    days = named.select("gid", "class", begins=begins, ends=ends)
    undated = days.filter(pl.col("begins").is_null() | pl.col("ends").is_null()).select("gid")
    days = days.group_by("gid", "class").agg(pl.col("begins").min(), pl.col("ends").max()).sort("gid", "begins", "ends")
    before = pl.col("ends").cum_max().shift(1).over("gid")
    wide = ((pl.col("begins") - before).dt.total_days() >= gap).fill_null(value=False)
    parts = days.filter(wide).select("gid").unique()
    return rows.join(parts, on="gid", how="semi").join(undated, on="gid", how="anti")
