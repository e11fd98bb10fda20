"""The blast radius: joins that would merge far more customers in one run than usual, to be held back for a person.

Belongs here: how many are too many, which joins these are. Does not: keeping them (store.held), asking again (flow.match).
Only joins of customers that were there before are suspicious: new records and changed values go on. A source's first match
may merge as it likes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

FLOOR = 20
SHARE = 0.01
TIMES = 5
PEOPLE = ("judgement", "sent")
"""Rules by which people, or receipts, have joined: never suspicious."""
PAIR = {"rid_a": pl.Int64, "rid_b": pl.Int64}


def limit(customers: int, usual: Sequence[int]) -> int:
    """So many customers may be merged away in a run: the largest of FLOOR, SHARE of all, TIMES the mean of former runs."""
    mean = sum(usual) / len(usual) if usual else 0.0
    return max(FLOOR, int(customers * SHARE), int(TIMES * mean))


def suspicious(
    assigned: pl.DataFrame,
    previous: pl.DataFrame,
    edges: pl.DataFrame,
    records: pl.DataFrame,
    *,
    first: Collection[str],
    approved: pl.DataFrame,
    most: int,
    welcome: Collection[str] = (),
) -> pl.DataFrame:
    """Pairs of records (rid_a, rid_b) of customers that would be merged; none while at most `most` would be.

    assigned, previous: rid, golden_id as proposed and as it stands. edges: rid_a, rid_b, rule. records: rid, source.
    first: sources that are matched for the first time. approved: rid_a, rid_b that a person has let go on. welcome: rules
    that a person has just let join: what they join alone is not suspicious.
    """
    if previous.is_empty():
        return pl.DataFrame(schema=PAIR)
    now = assigned.select("rid", "golden_id").join(previous.select("rid", was="golden_id"), on="rid", how="left")
    mixed = (
        now.group_by("golden_id").agg(pl.col("was").drop_nulls().n_unique().alias("parts")).filter(pl.col("parts") > 1)
    )
    if mixed["parts"].sum() - mixed.height <= most:
        return pl.DataFrame(schema=PAIR)
    members = now.join(mixed.select("golden_id"), on="golden_id", how="semi")
    members = members.join(_exempt(members, edges, records, first, (*PEOPLE, *welcome)), on="golden_id", how="anti")
    pairs = _pairs(members).join(_both_ways(approved), on=["rid_a", "rid_b"], how="anti")
    ends = pl.concat([pairs.select("golden_id", was="was_a"), pairs.select("golden_id", was="was_b")]).unique()
    if ends.height - ends["golden_id"].n_unique() <= most:
        return pl.DataFrame(schema=PAIR)
    return pairs.select(*PAIR).sort("rid_a", "rid_b")


def _exempt(
    members: pl.DataFrame, edges: pl.DataFrame, records: pl.DataFrame, first: Collection[str], trusted: Sequence[str]
) -> pl.DataFrame:
    """Customers (golden_id) that a source's first match makes, or that trusted rules alone have joined."""
    fresh = records.filter(pl.col("source").is_in(list(first))).select("rid")
    by_source = members.join(fresh, on="rid", how="semi").select("golden_id")
    one = members.select("golden_id", rid_a="rid", was_a="was")
    other = members.select(rid_b="rid", was_b="was")
    crossing = edges.join(one, on="rid_a", how="inner").join(other, on="rid_b", how="inner")
    crossing = crossing.filter(pl.col("was_a").ne_missing(pl.col("was_b")))
    by_rule = crossing.filter(~pl.col("rule").is_in(trusted)).select("golden_id")
    by_people = members.select("golden_id").join(by_rule, on="golden_id", how="anti")
    return pl.concat([by_source, by_people]).unique()


def _pairs(members: pl.DataFrame) -> pl.DataFrame:
    """Pairs of records of one customer-to-be that belonged to different customers."""
    held = members.filter(pl.col("was").is_not_null())
    one = held.select("golden_id", rid_a="rid", was_a="was")
    other = held.select("golden_id", rid_b="rid", was_b="was")
    return one.join(other, on="golden_id").filter(pl.col("rid_a") < pl.col("rid_b"), pl.col("was_a") != pl.col("was_b"))


def _both_ways(pairs: pl.DataFrame) -> pl.DataFrame:
    known = pairs.select(*PAIR)
    return pl.concat([known, known.select(rid_a="rid_b", rid_b="rid_a")])
