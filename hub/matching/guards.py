"""Identifiers that join nobody: the shop's own, and generic ones that too many people bear.

Belongs here: counting bearers, deciding which values are blocked, what an incremental run loads. Does not: closure.
A count is over the whole current set, so a value can become blocked, or free again, when any bearer changes.

What a caller loads so that incremental equals rebuild: start with the records that changed, the bearers of values that
a record no longer bears, and both records of judgements and receipts that changed. For every value that a loaded record
bears as a key, fetch all bearers (whatever their kind) and ask `frontier`: it says which values to expand through (load
their bearers too) and which are blocked now. Repeat until nothing new is loaded; same-judgements and receipts also load
the other record. Then call `partition(..., blocked=frontier.blocked)` with whole components only.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from hub.matching.policy import Policy

VALUE = ["type", "value", "issuer"]
OWN_FLAG = "own"
"""Flag that the normalizer gives to the shop's own values."""


@dataclass(frozen=True, slots=True)
class Frontier:
    """expand: values (type, value, issuer) whose bearers belong to the same component; blocked: as `blocked_values`."""

    expand: pl.DataFrame
    blocked: pl.DataFrame


def bearers(records: pl.DataFrame, identifiers: pl.DataFrame) -> pl.DataFrame:
    """One row per customer record and value: rid, kind, type, value, issuer, key, flags, name_given, nameless."""
    named = records.filter(pl.col("kind").is_in(["person", "organisation"])).select(
        "rid",
        "kind",
        pl.when(pl.col("kind") == "person").then("name_given").alias("name_given"),
        ((pl.col("name_level") == "missing") & ((pl.col("kind") == "person") | pl.col("company_key").is_null())).alias(
            "nameless"
        ),
    )
    return identifiers.select("rid", *VALUE, "key", "flags").join(named, on="rid", how="inner")


def blocked_values(borne: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Values that join nobody: type, value, issuer, names, nameless, reason (own | names | nameless), sorted.

    A company's tax code is counted over organisations only, everything else over persons and organisations.
    """
    counted = borne.filter((pl.col("type") != "tax_code") | (pl.col("kind") == "organisation"))
    counted = counted.with_columns(_is_own(policy).alias("own")).filter(pl.col("key") | pl.col("own"))
    least = min(policy.max_names, policy.max_nameless) + 1
    many = counted.group_by(VALUE).agg(pl.len(), pl.col("own").any()).filter((pl.col("len") >= least) | pl.col("own"))
    facts = (
        counted.join(many.select(VALUE), on=VALUE, how="semi")
        .group_by(VALUE)
        .agg(
            pl.col("name_given").drop_nulls().n_unique().cast(pl.Int64).alias("names"),
            pl.col("rid").filter("nameless").n_unique().cast(pl.Int64).alias("nameless"),
            pl.col("own").any(),
        )
    )
    reason = (
        pl.when("own")
        .then(pl.lit("own"))
        .when(pl.col("names") > policy.max_names)
        .then(pl.lit("names"))
        .when(pl.col("nameless") > policy.max_nameless)
        .then(pl.lit("nameless"))
    )
    return (
        facts.with_columns(reason.alias("reason"))
        .filter(pl.col("reason").is_not_null())
        .select(*VALUE, "names", "nameless", "reason")
        .sort(VALUE)
    )


def frontier(borne: pl.DataFrame, was_blocked: pl.DataFrame, policy: Policy) -> Frontier:
    """What to load next, given all bearers of some values, and the values blocked by the previous run.

    A value blocked before and now holds its bearers apart, so they are counted but not loaded. One that was blocked, or
    is from now on, changes its bearers' component, so it is expanded like a free one.
    """
    blocked = blocked_values(borne, policy)
    resting = blocked.join(was_blocked.select(VALUE), on=VALUE, how="semi")
    values = borne.filter("key").select(VALUE).unique()
    return Frontier(values.join(resting, on=VALUE, how="anti").sort(VALUE), blocked)


def _is_own(policy: Policy) -> pl.Expr:
    """Flagged by the normalizer, or listed in the policy; `@domain` stands for every address there."""
    flagged = pl.col("flags").fill_null("").str.split("|").list.contains(OWN_FLAG)
    if not policy.own:
        return flagged
    listed = pl.col("value").is_in(sorted(policy.own))
    domain = ("@" + pl.col("value").str.split("@").list.last()).is_in(sorted(policy.own))
    return flagged | listed | (domain & pl.col("type").str.starts_with("email"))
