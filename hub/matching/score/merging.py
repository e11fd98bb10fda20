"""Merging by score, when an admin opts in: the weakest class of joins, after all others, under all guards.

Belongs here: components of strong pairs, linkage over clusters that stand already, the partition that results.
Does not: weights (scorer), what forbids (guarding), suggesting what is left (suggesting).
What the rules joined is never parted; nothing but whole clusters is joined further.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl

from hub.matching.book import Book
from hub.matching.component import GUARD_OF, RELATED
from hub.matching.graph import components
from hub.matching.partition import Partition
from hub.matching.rules import SINGLE
from hub.matching.rules.score import RULE
from hub.matching.score.guarding import Guard, ground
from hub.matching.score.linkage import UNKNOWN, Joined, Pair, average_linkage
from hub.matching.score.model import MILLI, Whole
from hub.matching.score.scorer import Scored, Scorer
from hub.matching.score.suggesting import clusters

Level = Literal["careful", "balanced"]
ALL_PAIRS = 400
"""Components of more records are judged by their candidate pairs only."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The partition after merging, and how many joins the scores made and the guards refused."""

    partition: Partition
    joins: int
    refused: int


def merge(
    scorer: Scorer,
    scored: Scored,
    records: pl.DataFrame,
    identifiers: pl.DataFrame,
    judgements: pl.DataFrame,
    partition: Partition,
    level: Level,
    *,
    book: Book | None = None,
) -> Merged:
    """Join the partition's clusters further by the scored pairs whose weight reaches the parameters' threshold.

    scored: `scorer.candidates` with the threshold's weight or less. The frames are those of `partition`.
    """
    threshold = round(scorer.parameters.thresholds.of(level) * MILLI)
    scored = _telling(scored, threshold, level)
    cluster = clusters(scorer, partition)
    strong = scored.where((scored.weight >= threshold) & (cluster[scored.a] != cluster[scored.b]))
    found = ground(scorer, records, identifiers, judgements, partition)
    book = book or Book()
    joined = []
    for atoms, pairs in _components(scorer, scored, strong, cluster, lambda more: _telling(more, threshold, level)):
        weights = {(a, b): w for a, b, w, _ in pairs}
        plain = {(a, b): p for a, b, _, p in pairs}
        guard = Guard(found, book, strict=level == "careful", rests=_rests(plain, threshold))
        joined.append((average_linkage(atoms, weights, threshold, guard.against), weights))
    return _written(scorer, partition, joined)


def _telling(scored: Scored, threshold: int, level: Level) -> Scored:
    """Namesakes of one town reach no threshold: with `careful`, pairs must agree on something of a person's own that
    outweighs contacts that differ; with `balanced`, pairs whose contacts differ must, misspellings counted."""
    own = scored.personal if level == "careful" else scored.likely
    return replace(
        scored, weight=np.where(own, scored.weight, np.minimum(scored.weight, threshold - 1)).astype(np.int32)
    )


def _rests(plain: Mapping[Pair, int], threshold: int) -> Callable[[Sequence[int], Sequence[int]], bool]:
    """Whether no pair of two sets would reach the threshold without what a household shares."""

    def rests(xs: Sequence[int], ys: Sequence[int]) -> bool:
        return all(plain.get((min(x, y), max(x, y)), UNKNOWN) < threshold for x in xs for y in ys)

    return rests


def _components(
    scorer: Scorer, scored: Scored, strong: Scored, cluster: Whole, telling: Callable[[Scored], Scored]
) -> Iterator[tuple[list[list[int]], list[tuple[int, int, int, int]]]]:
    """Clusters that some chain of strong pairs holds together, and all pairs between them: a, b, weight, plain."""
    size = scorer.features.size
    comp = components(size, cluster[strong.a], cluster[strong.b])[cluster]
    touched = np.unique(comp[strong.a])
    rows = pl.DataFrame({"place": np.arange(size), "comp": comp, "cluster": cluster})
    rows = rows.filter(pl.col("comp").is_in(touched))
    sizes = rows.group_by("comp").len()
    whole = rows.join(sizes.filter(pl.col("len") <= ALL_PAIRS), on="comp", how="semi")
    crossed = whole.join(whole, on="comp", suffix="_o").filter(
        (pl.col("place") < pl.col("place_o")) & (pl.col("cluster") != pl.col("cluster_o"))
    )
    pairs = scorer.score(crossed["place"].to_numpy(), crossed["place_o"].to_numpy())
    pairs = telling(pairs)
    large = sizes.filter(pl.col("len") > ALL_PAIRS)["comp"].to_numpy()
    inside = (
        np.isin(comp[scored.a], large) & (comp[scored.a] == comp[scored.b]) & (cluster[scored.a] != cluster[scored.b])
    )
    table = _table(pairs, comp).vstack(_table(scored.where(inside), comp)).sort("comp", "a", "b").partition_by(
        "comp", as_dict=True, include_key=False)  # fmt: skip
    atoms = rows.group_by("comp", "cluster").agg(pl.col("place").sort()).sort("comp", "cluster")
    for (number,), of in atoms.group_by("comp", maintain_order=True):
        yield of["place"].to_list(), table[number,].rows()


def _table(pairs: Scored, comp: Whole) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "comp": comp[pairs.a].astype(np.int64),
            "a": pairs.a,
            "b": pairs.b,
            "weight": pairs.weight,
            "plain": pairs.plain,
        }
    )


def _written(scorer: Scorer, partition: Partition, joined: list[tuple[Joined, dict[Pair, int]]]) -> Merged:
    """The partition with the new links and refusals; refusals between records that are one now are gone."""
    links = [(a, b, RULE.name, weights[a, b]) for one, weights in joined for a, b in one.steps]
    refused = [(a, b, reason, weights[a, b]) for one, weights in joined for a, b, reason in one.refused]
    first = {member: group[0] for one, _ in joined for group in one.groups for member in group}
    rids = scorer.rids
    root = {rids[member]: rids[to] for member, to in first.items()}
    ends = {rids[end] for a, b, *_ in links for end in (a, b)}
    assignment = _assigned(partition.assignment, root, ends)
    edges = pl.concat([partition.edges, _told(links, rids, partition.edges)])
    told = _told(refused, rids, partition.edges).with_columns(related=pl.col("rule").is_in(sorted(RELATED)))
    refusals = _still_apart(pl.concat([partition.refusals, told]), assignment)
    guards = dict(partition.guards)
    for _, _, reason, _ in refused:
        if reason in GUARD_OF:
            guards[GUARD_OF[reason]] += 1
    done = replace(partition, assignment=assignment, edges=edges, refusals=refusals, guards=guards)
    return Merged(replace(done, related=_related(done)), len(links), len(refused))


def _assigned(assignment: pl.DataFrame, root: dict[int, int], ends: set[int]) -> pl.DataFrame:
    """Clusters by their new first records; records that hang by a score alone get its rule."""
    moved = pl.DataFrame({"rid": list(root), "to": list(root.values())}, schema={"rid": pl.Int64, "to": pl.Int64})
    joined = assignment.join(moved, on="rid", how="left", maintain_order="left")
    alone = (pl.col("rule") == SINGLE) & pl.col("rid").is_in(sorted(ends))
    return joined.select(
        "rid",
        pl.coalesce("to", "cluster").alias("cluster"),
        pl.when(alone).then(pl.lit(RULE.name)).otherwise("rule").alias("rule"),
    )


def _told(rows: list[tuple[int, int, str, int]], rids: pl.Series, like: pl.DataFrame) -> pl.DataFrame:
    """Links or refusals in the columns of edges: type `score`, the weight in bits as value."""
    frame = pl.DataFrame(
        [(rids[a], rids[b], rule, "score", f"{weight / MILLI:.1f}", "") for a, b, rule, weight in sorted(rows)],
        schema=dict(zip(like.columns, like.dtypes, strict=True)),
        orient="row",
    )
    return frame


def _still_apart(refusals: pl.DataFrame, assignment: pl.DataFrame) -> pl.DataFrame:
    return _located(refusals, assignment).filter(pl.col("x") != pl.col("y")).select(refusals.columns)


def _located(pairs: pl.DataFrame, assignment: pl.DataFrame) -> pl.DataFrame:
    """Pairs with the clusters of both records as x and y."""
    of = assignment.select("rid", "cluster")
    left = pairs.join(of.rename({"rid": "rid_a", "cluster": "x"}), on="rid_a", how="left", maintain_order="left")
    return left.join(of.rename({"rid": "rid_b", "cluster": "y"}), on="rid_b", how="left", maintain_order="left")


def _related(partition: Partition) -> int:
    located = _located(partition.refusals.filter("related"), partition.assignment)
    return located.select(pl.min_horizontal("x", "y").alias("x"), pl.max_horizontal("x", "y").alias("y")).n_unique()
