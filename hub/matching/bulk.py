"""The columnar path: components in which nothing stands against anything are one cluster each, all at once.

Belongs here: which components agree, and their spanning links. Does not: anything that has to be weighed (cluster).
It must give exactly what `cluster.close` gives; a property test hunts for differences.
"""

from __future__ import annotations

import polars as pl

from hub.matching.book import AGREE, Book, forms
from hub.matching.cluster import LABEL_ORDER
from hub.matching.graph import forest
from hub.matching.prepare import Prepared
from hub.matching.rules import BY_NAME, phone_email, sent

MANY_NAMES = 8
"""Components with more spellings of names go to the reference; each pair of spellings is compared."""


def disputed(prepared: Prepared, book: Book) -> pl.Series:
    """The components of two and more records that the reference must decide."""
    sizes = prepared.records.group_by("comp").agg(pl.len(), pl.col("kind").n_unique().alias("kinds"))
    members = prepared.records.join(sizes.filter(pl.col("len") > 1).select("comp"), on="comp", how="semi")
    places = members.select("rank", "comp")
    words = pl.concat([prepared.words["a"], prepared.words["b"]]).rename("rank").to_frame()
    parts = [
        sizes.filter((pl.col("len") > 1) & (pl.col("kinds") > 1))["comp"],
        words.join(places, on="rank", how="inner")["comp"],
        members.filter(pl.col("birth") != "")
        .group_by("comp")
        .agg(pl.col("birth").n_unique())
        .filter(pl.col("birth") > 1)["comp"],
        prepared.national.join(places, on="rank", how="inner")
        .group_by("comp", "issuer", "class")
        .agg(pl.col("value").n_unique())
        .filter(pl.col("value") > 1)["comp"],
        _unlike_names(members, book),
    ]
    return pl.concat(parts).unique().sort()


def _unlike_names(members: pl.DataFrame, book: Book) -> pl.Series:
    """Components with two spellings of names that do not agree, or with very many spellings."""
    names = members.filter(pl.col("name") != "").select("comp", "kind", "name").unique()
    counts = names.group_by("comp").len()
    many = counts.filter(pl.col("len") > MANY_NAMES)["comp"]
    few = names.join(counts.filter(pl.col("len").is_between(2, MANY_NAMES)).select("comp"), on="comp", how="semi")
    few = few.join(_alike(few), on="comp", how="anti")
    pairs = few.join(few.rename({"name": "other"}), on=["comp", "kind"], how="inner").filter(
        pl.col("name") < pl.col("other")
    )
    asked = pairs.select("kind", "name", "other").unique()
    verdicts = [book.verdict(*row) in AGREE for row in asked.iter_rows()]
    unlike = asked.filter(~pl.Series(verdicts, dtype=pl.Boolean))
    return pl.concat([many, pairs.join(unlike, on=["kind", "name", "other"], how="semi")["comp"]])


def _alike(names: pl.DataFrame) -> pl.DataFrame:
    """Components of persons whose names are all alike (see `book.alike`): the cheap and most frequent case."""
    distinct = names.filter(pl.col("kind") == "person")["name"].unique()
    marked = pl.col("low").filter(pl.col("low") != pl.col("bare")).n_unique()
    found = (
        names.join(forms(distinct), on="name", how="left")
        .group_by("comp")
        .agg(pl.col("bare").n_unique(), marked.alias("marked"), pl.col("bare").null_count().alias("others"))
    )
    return found.filter((pl.col("bare") == 1) & (pl.col("marked") <= 1) & (pl.col("others") == 0)).select("comp")


def spanning_links(prepared: Prepared, comps: pl.DataFrame) -> pl.DataFrame:
    """The links that closure would accept in components (column comp) where all agree: a, b, rule, type, value, issuer.

    Closure without refusals takes the least links in the order (strength, a, b): a minimum spanning forest. In a group
    only the links from its first record can be in it.
    """
    ranks = prepared.records.join(comps, on="comp", how="semi").select("rank")
    keys = prepared.keys.join(ranks, on="rank", how="semi")
    rule = pl.lit(sent.RULE.name)
    links = pl.concat(
        [
            _stars(keys.select("gid", "rank", "rule", "type", "value", "issuer")),
            _stars(_contact_pairs(keys)),
            prepared.sent.join(ranks, left_on="a", right_on="rank", how="semi").select(
                "a",
                "b",
                rule.alias("rule"),
                *(pl.lit(None, pl.String).alias(name) for name in ("type", "value", "issuer")),
            ),
        ]
    )
    order = {name: place for place, name in enumerate(LABEL_ORDER)}
    ordered = (
        links.with_columns(
            pl.col("rule")
            .replace_strict({name: one.strength for name, one in BY_NAME.items()}, return_dtype=pl.Int64)
            .alias("s"),
            pl.col("type").replace_strict(order, default=len(order), return_dtype=pl.Int64).alias("o"),
        )
        .sort("s", "a", "b", "o", "type", "value", "issuer")
        .unique(["a", "b"], keep="first", maintain_order=True)
    )
    return _forest(ordered.drop("s", "o"), prepared.records.height)


def _stars(grouped: pl.DataFrame) -> pl.DataFrame:
    """Links from the first record of every group (gid) to each other one."""
    return (
        grouped.with_columns(pl.col("rank").min().over("gid").alias("a"))
        .filter(pl.col("rank") != pl.col("a"))
        .select("a", pl.col("rank").alias("b"), "rule", "type", "value", "issuer")
    )


def _contact_pairs(keys: pl.DataFrame) -> pl.DataFrame:
    """Groups of records that bear one phone and one e-mail together, in the columns of `keys`."""
    phones = keys.filter(pl.col("type") == "phone").select(
        "rank", pl.col("gid").alias("p"), pl.col("value").alias("phone")
    )
    emails = keys.filter(pl.col("type").is_in(["email", "email_weak"])).select(
        "rank", pl.col("gid").alias("e"), "type", "value"
    )
    both = phones.join(emails, on="rank", how="inner")
    return both.select(
        pl.struct("p", "e").rank("dense").cast(pl.Int64).alias("gid"),
        "rank",
        pl.lit(phone_email.RULE.name).alias("rule"),
        ("phone+" + pl.col("type")).alias("type"),
        (pl.col("phone") + " " + pl.col("value")).alias("value"),
        pl.lit("").alias("issuer"),
    )


def _forest(links: pl.DataFrame, size: int) -> pl.DataFrame:
    """The minimum spanning forest of distinct links given in order of preference."""
    return links[forest(size, links["a"].to_numpy(), links["b"].to_numpy())]
