"""Joins that were refused, told from the decided clusters: who shares an identifier and is not one, and why.

Belongs here: the reason of a refusal and how many are told. Does not: deciding (cluster, state), sentences (explain).
"""

from __future__ import annotations

import polars as pl

from hub.matching.component import Component, Group, Refused
from hub.matching.holders import Era
from hub.matching.rules.judgement import APART
from hub.matching.state import State, faces_against

ALL_PAIRS = 6
"""Of the clusters that share an identifier, so many are told pair by pair; each further one only against the first."""


def refusals(
    component: Component, joining: list[list[Group]], held: list[list[Era]], state: State, banned: set[int]
) -> list[Refused]:
    """One refusal per identifier and pair of clusters that share it, told by the first bearers of each.

    joining: of every group in the same order the records that may join by it; held: its holders, [] unless it changed hands.
    """
    found: list[Refused] = []
    for group, allowed, periods in zip(component.groups, joining, held, strict=True):
        first: dict[int, int] = {}
        for member in group.members:
            first.setdefault(state.root[member], member)
        if len(first) < 2:
            continue
        weak = set(group.members).difference(*(part.members for part in allowed))
        era = {i: n for n, one in enumerate(periods) for i in one.members}
        for a, b in told_pairs(sorted(first.values())):
            passed = a in era and b in era and era[a] != era[b]
            reason = _reason(group, state, a, b, weak=weak, banned=banned, passed=passed)
            found.append(Refused(a, b, reason, *group.label))
    return found


def told_pairs(bearers: list[int]) -> list[tuple[int, int]]:
    """The pairs that are told of the clusters' first bearers (sorted): bounded by their number, not its square."""
    return [(a, b) for n, b in enumerate(bearers) for a in (bearers[:n] if n < ALL_PAIRS else bearers[:1])]


def _reason(group: Group, state: State, a: int, b: int, *, weak: set[int], banned: set[int], passed: bool) -> str:
    """The two records' own reason before that of their clusters. passed: the number went from one to the other."""
    whole = state.against(state.root[a], state.root[b], group.rule.need)
    if whole in APART.values():
        return str(whole)
    if passed:
        return "reassigned"
    own = State([state.items[a], state.items[b]], state.book).against(0, 1, "sent")
    direct = own or faces_against(state.items[a].face, state.items[b].face, group.rule.need, state.book)
    if direct:
        return direct
    if a in banned or b in banned:
        return "ambiguous"
    return "name_weak" if a in weak or b in weak else "cluster"


def across_kinds(shared: pl.DataFrame, root: pl.Series) -> pl.DataFrame:
    """Persons and organisations that bear one identifier: a, b, rule "kind", type, value, issuer, by first bearers.

    Every person's cluster against the first organisation's, and the first person's against every other organisation's.
    shared: as Prepared.shared.
    """
    value = ["type", "value", "issuer"]
    firsts = (
        shared.with_columns(root.gather(shared["rank"]).alias("root"))
        .group_by(*value, "kind", "root")
        .agg(pl.col("rank").min())
    )
    persons, organisations = (firsts.filter(pl.col("kind") == kind).drop("kind") for kind in ("person", "organisation"))
    pairs = persons.join(organisations, on=value, how="inner", suffix="_o").filter(
        (pl.col("rank_o") == pl.col("rank_o").min().over(value)) | (pl.col("rank") == pl.col("rank").min().over(value))
    )
    return pairs.filter(pl.col("root") != pl.col("root_o")).select(
        pl.min_horizontal("rank", "rank_o").alias("a"),
        pl.max_horizontal("rank", "rank_o").alias("b"),
        pl.lit("kind").alias("rule"),
        *value,
    )
