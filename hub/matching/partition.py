"""Who is who, as frames: the whole of matching from records and identifiers to clusters, links and refusals.

Belongs here: leading frames through guards, the columnar path and the reference, writing out. Does not: deciding.
The result is a function of the set of rows: not of their order, nor of the values of rid.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from hub.matching.apart import apart
from hub.matching.apart import refused as told_apart
from hub.matching.book import Book
from hub.matching.bulk import disputed, spanning_links
from hub.matching.cluster import close
from hub.matching.component import GUARD_OF, RELATED, Closed, Component
from hub.matching.dated import Facts, dated
from hub.matching.graph import components as together
from hub.matching.guards import VALUE, bearers, blocked_values
from hub.matching.policy import Policy
from hub.matching.prepare import Prepared, prepare
from hub.matching.refuse import across_kinds
from hub.matching.rules import ORDER, SINGLE
from hub.matching.unpack import components

GUARDS = ("blocked_value", "own", "generic_identifier", "cannot_link", "conflict", "name", "held")
LOST = {"rank": pl.Int64, **dict.fromkeys(("type", "value", "issuer", "until", "since"), pl.String)}
JOIN = {"a": pl.Int64, "b": pl.Int64, "rule": pl.String, "type": pl.String, "value": pl.String, "issuer": pl.String}


@dataclass(frozen=True, slots=True)
class Partition:
    """assignment: rid, cluster (rid of its first record), rule; every record, in record order (source, source_id).

    edges: rid_a, rid_b, rule, type, value, issuer (accepted links that span the clusters); refusals: the same with the
    reason as rule, and related. blocked: type, value, issuer, names, nameless, reason. related: pairs of clusters.
    reassigned: rid, type, value, issuer, until, since – identifiers of records that somebody else holds now.
    guards: blocked_value counts uses of blocked values, own and generic_identifier the values, the others refusals.
    """

    assignment: pl.DataFrame
    edges: pl.DataFrame
    refusals: pl.DataFrame
    blocked: pl.DataFrame
    guards: dict[str, int]
    related: int
    reassigned: pl.DataFrame


def partition(
    records: pl.DataFrame,
    identifiers: pl.DataFrame,
    judgements: pl.DataFrame,
    receipts: pl.DataFrame,
    policy: Policy,
    *,
    blocked: pl.DataFrame | None = None,
    facts: Facts | None = None,
    bulk: bool = True,
    book: Book | None = None,
) -> Partition:
    """Partition whole components. blocked: values known to be blocked (Frontier, incremental), else counted here.

    facts: what the sources' own times say; without them no number changes hands.

    bulk=False sends every component through the reference; the result is the same.
    """
    book = book or Book()
    borne = bearers(records, identifiers)
    blocked = blocked_values(borne, policy) if blocked is None else blocked
    uses = borne.filter("key").join(blocked, on=VALUE, how="semi").height
    del borne  # what follows needs the room
    ready = prepare(records, identifiers, judgements, receipts, blocked=blocked, policy=policy)
    multi = ready.records.group_by("comp").len().filter(pl.col("len") > 1).select("comp")
    lost: list[tuple[object, ...]] = []
    if bulk:
        found = disputed(ready, book)
        slow = multi.filter(pl.col("comp").is_in(found.comps.implode()))
        times = dated(ready, slow, facts, policy, found.pairs)
        fallen = apart(ready, found, times, book)
        links, refused = _decide(
            components(ready, slow.join(fallen.comps, on="comp", how="anti"), book, times, policy.gap), book, lost
        )
        links = pl.concat([spanning_links(ready, multi.join(slow, on="comp", how="anti"), fallen.keys), links])
    else:
        times = dated(ready, multi, facts, policy)
        links, refused = _decide(components(ready, multi, book, times, policy.gap), book, lost)
    root = together(ready.records.height, links["a"].to_numpy(), links["b"].to_numpy())
    told = [refused, across_kinds(ready.shared, pl.Series(root))]
    refused = pl.concat([*told, told_apart(fallen, pl.Series(root))] if bulk else told)
    gone = pl.DataFrame(lost, schema=LOST, orient="row").unique()
    return _written(ready, root, links, refused, blocked=blocked, uses=uses, lost=gone)


def _decide(
    chosen: Iterable[tuple[list[int], Component]], book: Book, lost: list[tuple[object, ...]]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Links and refusals by the reference. lost: takes rows of LOST."""
    links: list[tuple[object, ...]] = []
    refused: list[tuple[object, ...]] = []
    for ranks, component in chosen:
        closed: Closed = close(component, book)
        links += [(ranks[one.a], ranks[one.b], one.rule, one.type, one.value, one.issuer) for one in closed.links]
        refused += [(ranks[one.a], ranks[one.b], one.reason, one.type, one.value, one.issuer) for one in closed.refused]
        lost += [(ranks[one.member], one.type, one.value, one.issuer, one.until, one.since) for one in closed.lost]
    return pl.DataFrame(links, schema=JOIN, orient="row"), pl.DataFrame(refused, schema=JOIN, orient="row")


def _written(
    ready: Prepared,
    root: Ranks,
    links: pl.DataFrame,
    refused: pl.DataFrame,
    *,
    blocked: pl.DataFrame,
    uses: int,
    lost: pl.DataFrame,
) -> Partition:
    refused = refused.unique().with_columns(pl.col("rule").is_in(sorted(RELATED)).alias("related"))
    rids = ready.records["rid"]
    guards = dict.fromkeys(GUARDS, 0)
    guards["blocked_value"] = uses
    for reason, count in blocked.group_by("reason").len().iter_rows():
        guards["own" if reason == "own" else "generic_identifier"] += count
    for reason, count in refused.group_by("rule").len().iter_rows():
        if reason in GUARD_OF:
            guards[GUARD_OF[reason]] += count
    return Partition(
        _assignment(ready, root, links),
        _with_rids(links, rids),
        _with_rids(refused, rids),
        blocked,
        guards,
        _related(refused, root),
        lost.sort("rank", "type", "value", "issuer").select(
            rids.gather(lost["rank"].sort()).alias("rid"), pl.exclude("rank")
        ),
    )


def _assignment(ready: Prepared, root: Ranks, links: pl.DataFrame) -> pl.DataFrame:
    ends = pl.concat([links.select(pl.col("a").alias("rank"), "rule"), links.select(pl.col("b").alias("rank"), "rule")])
    names = {place: name for name, place in ORDER.items()}
    rules = (
        ends.with_columns(pl.col("rule").replace_strict(ORDER, return_dtype=pl.Int64))
        .group_by("rank")
        .agg(pl.col("rule").min())
        .with_columns(pl.col("rule").replace_strict(names, return_dtype=pl.String))
    )
    rids = ready.records["rid"]
    return (
        ready.records.select("rank", "rid")
        .with_columns(rids.gather(root).alias("cluster"))
        .join(rules, on="rank", how="left", maintain_order="left")
        .select("rid", "cluster", pl.col("rule").fill_null(SINGLE))
    )


def _with_rids(joins: pl.DataFrame, rids: pl.Series) -> pl.DataFrame:
    """Ranks back to rids, in record order."""
    ordered = joins.sort("a", "b", "rule", "type", "value", "issuer")
    return ordered.select(
        rids.gather(ordered["a"]).alias("rid_a"), rids.gather(ordered["b"]).alias("rid_b"), pl.exclude("a", "b")
    )


def _related(refused: pl.DataFrame, root: Ranks) -> int:
    roots = pl.Series("root", root)
    some = refused.filter("related")
    return (
        some.select(pl.Series("x", roots.gather(some["a"])), pl.Series("y", roots.gather(some["b"])))
        .select(pl.min_horizontal("x", "y").alias("x"), pl.max_horizontal("x", "y").alias("y"))
        .n_unique()
        if some.height
        else 0
    )


def standing(parts: Partition, identifiers: pl.DataFrame) -> Partition:
    """Without numbers that changed hands inside one customer: a score may have joined former and present holder."""
    clusters, lost = parts.assignment.select("rid", "cluster"), parts.reassigned
    if lost.is_empty():
        return parts
    there = identifiers.filter("key").join(lost, on=VALUE, how="semi").join(lost, on=["rid", *VALUE], how="anti")
    held = there.join(clusters, on="rid").select(*VALUE, "cluster").unique()
    mine = lost.join(clusters, on="rid", maintain_order="left")
    gone = mine.join(held, on=[*VALUE, "cluster"], how="anti", maintain_order="left")
    return replace(parts, reassigned=gone.drop("cluster"))


Ranks = np.ndarray[tuple[int], np.dtype[np.int64]]
