"""Stable ids: which golden id each cluster bears, where old ids lead, and the making of new ones.

Belongs here: ids over merges, splits and returns. Does not: their texts (codes), clusters (partition), storing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import polars as pl


@dataclass(frozen=True, slots=True)
class Ids:
    """assigned: rid, golden_id of every record, in order of the assignment.

    redirects: old, live – ids that records of the assignment bore, that live no more, where they lead.
    moved: rid, old, new, kind (merged: the old id lives no more; split: it lives on with others).
    created: the new ids in use.
    """

    assigned: pl.DataFrame
    redirects: pl.DataFrame
    moved: pl.DataFrame
    created: list[str]


def assign(
    assignment: pl.DataFrame,
    previous: pl.DataFrame,
    new_ids: Iterator[str],
    own_ids: pl.DataFrame | None = None,
    confirmed: pl.DataFrame | None = None,
) -> Ids:
    """Give every cluster an id.

    assignment: rid, cluster, in record order (as Partition gives it). previous: rid, golden_id, created_at of the live
    customer. own_ids: rid, golden_id, created_at – retired ids that a record's customer bore before it was merged away.
    confirmed: rid of records that a standing same-judgement holds. new_ids are taken in order of first records.
    """
    records = assignment.select("rid", "cluster").with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("rank"))
    live = _parts(records, previous, confirmed)
    own = _parts(records, own_ids, confirmed) if own_ids is not None else live.clear()
    heirs = _heirs(live, own)
    returned = _heirs(own.join(heirs, on="cluster", how="anti").join(heirs, on="golden_id", how="anti"), own.clear())
    chosen = pl.concat([_earliest(heirs), _earliest(returned)])
    clusters = records.group_by("cluster").agg(pl.col("rank").min()).join(chosen, on="cluster", how="left").sort("rank")
    fresh = list(islice(new_ids, clusters["golden_id"].null_count()))
    ids = _filled(clusters, fresh)
    assigned = records.join(ids, on="cluster", how="left", maintain_order="left").select("rid", "golden_id")
    return Ids(assigned, _redirects(pl.concat([live, own]), heirs, ids), _moved(previous, assigned, ids), fresh)


def _parts(records: pl.DataFrame, borne: pl.DataFrame, confirmed: pl.DataFrame | None) -> pl.DataFrame:
    """For every id and cluster that share records: how many, the first, whether a judgement confirms any."""
    held = pl.col("rid").is_in((confirmed["rid"] if confirmed is not None else pl.Series([], dtype=pl.Int64)).implode())
    return (
        records.join(borne.select("rid", "golden_id", "created_at"), on="rid", how="inner")
        .group_by("golden_id", "cluster")
        .agg(
            pl.col("created_at").min(),
            pl.len().cast(pl.Int64).alias("size"),
            pl.col("rank").min(),
            held.any().alias("confirmed"),
        )
    )


def _heirs(parts: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """One cluster per id: parts without another id of their own first, then confirmed, largest, first record."""
    returning = own.select("cluster", pl.col("golden_id").alias("own")).unique()
    has_own = (
        parts.join(returning, on="cluster", how="inner")
        .filter(pl.col("own") != pl.col("golden_id"))
        .select("golden_id", "cluster", pl.lit(True).alias("has_own"))
        .unique()
    )
    ranked = parts.join(has_own, on=["golden_id", "cluster"], how="left").with_columns(
        pl.col("has_own").fill_null(False)
    )
    return (
        ranked.sort(["golden_id", "has_own", "confirmed", "size", "rank"], descending=[False, False, True, True, False])
        .unique("golden_id", keep="first", maintain_order=True)
        .drop("has_own")
    )


def _earliest(heirs: pl.DataFrame) -> pl.DataFrame:
    """Of several ids that come together in a cluster, the one created first (of equals, with the first record)."""
    return (
        heirs.sort("created_at", "rank", "golden_id", nulls_last=True)
        .unique("cluster", keep="first", maintain_order=True)
        .select("cluster", "golden_id")
    )


def _filled(clusters: pl.DataFrame, fresh: list[str]) -> pl.DataFrame:
    """Clusters with their ids, new ones in order where there is none."""
    place = clusters["golden_id"].is_null().cum_sum().cast(pl.Int64) - 1
    new = pl.Series(fresh, dtype=pl.String)
    filled = new.gather(place.clip(0)) if fresh else pl.Series([None] * clusters.height, dtype=pl.String)
    return clusters.select("cluster", pl.coalesce("golden_id", filled).alias("golden_id"))


def _redirects(parts: pl.DataFrame, heirs: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Every id that is not in use leads to the cluster that inherited it, or that holds most of its records."""
    dead = parts.join(ids, on="golden_id", how="anti").join(
        heirs.select("golden_id", "cluster", pl.lit(True).alias("heir")), on=["golden_id", "cluster"], how="left"
    )
    last = dead.sort(
        ["golden_id", "heir", "size", "rank"], descending=[False, True, True, False], nulls_last=True
    ).unique("golden_id", keep="first", maintain_order=True)
    return (
        last.select(pl.col("golden_id").alias("old"), "cluster")
        .join(ids, on="cluster", how="inner")
        .select("old", pl.col("golden_id").alias("live"))
        .sort("old")
    )


def _moved(previous: pl.DataFrame, assigned: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Records whose id changed."""
    both = assigned.join(
        previous.select("rid", pl.col("golden_id").alias("old")), on="rid", how="inner", maintain_order="left"
    )
    alive = pl.col("old").is_in(ids["golden_id"].implode())
    return both.filter(pl.col("golden_id") != pl.col("old")).select(
        "rid",
        "old",
        pl.col("golden_id").alias("new"),
        pl.when(alive).then(pl.lit("split")).otherwise(pl.lit("merged")).alias("kind"),
    )
