"""Frames made ready for closure: record order, the identifiers that may join, components.

Belongs here: shaping input. Does not: deciding (cluster, bulk), writing out (partition).
`rank` is a record's place in (source, source_id) byte order: the only order that anything here depends on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from hub.matching.graph import components
from hub.matching.guards import VALUE
from hub.matching.policy import Policy
from hub.matching.rules import joining

CUSTOMERS = ["person", "organisation"]
MOST_ROOM = 2**62
"""Numbers of keys stay below."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """records: rank, rid, kind, name ('' missing), level, toned, birth (whole or ''), comp; sorted by rank.

    keys: rank, kind, type, value, issuer, gid, rule – identifiers by which at least two records of one kind may join.
    shared: rank, kind, type, value, issuer of every key that an organisation bears and that is not blocked.
    national: rank, issuer, class, value. words: a, b (ranks, a < b), at, verdict. sent: a, b.
    """

    records: pl.DataFrame
    keys: pl.DataFrame
    shared: pl.DataFrame
    national: pl.DataFrame
    words: pl.DataFrame
    sent: pl.DataFrame


def prepare(
    records: pl.DataFrame,
    identifiers: pl.DataFrame,
    judgements: pl.DataFrame,
    receipts: pl.DataFrame,
    *,
    blocked: pl.DataFrame,
    policy: Policy,
) -> Prepared:
    """All that closure reads, out of the frames of `partition`."""
    ordered = _ordered(records)
    shared = _shared(ordered, identifiers, blocked, policy)
    keys = _grouped(shared, policy)
    firms = shared.filter(pl.col("kind") == "organisation").select(VALUE).unique()
    shared = shared.join(firms, on=VALUE, how="semi")
    words = _pairs(judgements, ordered, "rid_a", "rid_b", ["at", "verdict"])
    sent = _pairs(receipts, ordered, "rid", "anchor_rid", [])
    comp = _components(
        ordered.height, keys, pl.concat([words.filter(pl.col("verdict") == "same").select("a", "b"), sent])
    )
    national = (
        identifiers.filter((pl.col("type") == "national_id") & "key")
        .join(blocked, on=VALUE, how="anti")
        .join(
            ordered.filter(pl.col("kind") == "person").select("rid", "rank"),
            on="rid",
            how="inner",
        )
        .select("rank", "issuer", pl.col("class").fill_null(""), "value")
        .unique()
        .sort("rank", "issuer", "class", "value")
    )
    return Prepared(ordered.with_columns(pl.Series("comp", comp)), keys, shared, national, words, sent)


def _ordered(records: pl.DataFrame) -> pl.DataFrame:
    person = pl.col("kind") == "person"
    missing = pl.col("name_level") == "missing"
    return records.sort("source", "source_id").select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("rank"),
        "rid",
        "kind",
        pl.when(person)
        .then(pl.when(~missing).then("full_name"))
        .otherwise(pl.coalesce("company_key", "name_key"))
        .fill_null("")
        .alias("name"),
        pl.col("name_level").alias("level"),
        pl.col("name_toned").alias("toned"),
        pl.when(pl.col("birth_date").str.len_bytes() == 10).then("birth_date").otherwise(pl.lit("")).alias("birth"),
    )


def _shared(ordered: pl.DataFrame, identifiers: pl.DataFrame, blocked: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    customers = ordered.filter(pl.col("kind").is_in(CUSTOMERS)).select("rid", "rank", "kind")
    keys = (
        identifiers.lazy()
        .filter(pl.col("key") & ~pl.col("type").is_in(sorted(policy.types_off())))
        .select("rid", *VALUE)
    )
    if blocked.height:
        keys = keys.join(blocked.lazy().select(VALUE), on=VALUE, how="anti")
    return keys.join(customers.lazy(), on="rid", how="inner").select("rank", "kind", *VALUE).collect()


def _grouped(shared: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Keys that two or more records of one kind bear, with group number and rule; one row per record and value."""
    table = pl.DataFrame(joining(policy.types_off()), schema=["kind", "type", "rule"], orient="row")
    group = ["kind", *VALUE]
    several = shared.filter(pl.col("value").is_duplicated()).join(table, on=["kind", "type"], how="inner")
    numbered = (
        several.with_columns(_number(several.select(group)).alias("gid")).unique(["gid", "rank"]).sort("gid", "rank")
    )
    same = pl.col("gid") == pl.col("gid").shift(1)
    borne = numbered.filter(same.fill_null(value=False) | same.shift(-1).fill_null(value=False))
    return borne.select("rank", *group, pl.col("gid").rle_id().cast(pl.Int64), "rule")


def _number(texts: pl.DataFrame) -> pl.Series:
    """The same number for rows that are alike: the columns' codes as digits of one number."""
    number = pl.repeat(0, texts.height, dtype=pl.Int64, eager=True)
    room = 1
    for column in texts:
        codes = column.cast(pl.Categorical).to_physical().cast(pl.Int64)
        size = int(np.max(codes.to_numpy(), initial=0)) + 1
        if room * size >= MOST_ROOM:
            number, room = number.rank("dense").cast(pl.Int64), texts.height + 1
        number, room = number * size + codes, room * size
    return number


def _pairs(frame: pl.DataFrame, ordered: pl.DataFrame, one: str, other: str, keep: list[str]) -> pl.DataFrame:
    """Pairs of rids as pairs of ranks, smaller first; pairs that are not whole in the input drop out."""
    ranks = ordered.select("rid", "rank")
    return (
        frame.join(ranks, left_on=one, right_on="rid", how="inner")
        .rename({"rank": "x"})
        .join(ranks, left_on=other, right_on="rid", how="inner")
        .rename({"rank": "y"})
        .filter(pl.col("x") != pl.col("y"))
        .select(pl.min_horizontal("x", "y").alias("a"), pl.max_horizontal("x", "y").alias("b"), *keep)
        .unique()
    )


def _components(size: int, keys: pl.DataFrame, pairs: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The component of every rank, on the graph of records and identifier groups."""
    groups = int(keys["gid"].max() or 0) + 1 if keys.height else 0  # type: ignore[arg-type]  # polars types max as any literal
    left = np.concatenate([keys["rank"].to_numpy(), pairs["a"].to_numpy()])
    right = np.concatenate([keys["gid"].to_numpy() + size, pairs["b"].to_numpy()])
    return components(size + groups, left, right)[:size]
