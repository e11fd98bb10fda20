"""The columnar path: components in which nothing stands against anything are one cluster each, all at once.

Belongs here: which components agree, and their spanning links. Does not: anything that has to be weighed (cluster).
It must give exactly what `cluster.close` gives; a property test hunts for differences.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from hub.matching.book import AGREE, Book, forms
from hub.matching.cluster import LABEL_ORDER
from hub.matching.graph import forest
from hub.matching.name_pairs import VERDICTS, verdicts
from hub.matching.prepare import Prepared
from hub.matching.rules import BY_NAME, phone_email, sent

MANY_NAMES = 8
"""Components with more spellings of names go to the reference; each pair of spellings is compared."""


@dataclass(frozen=True, slots=True)
class Disputed:
    """Components of two and more records in which something stands against something.

    comps: all of them. by_name: those of which two names say that they are not one person. pairs: comp, kind, name, other
    (name < other), verdict – of every component with few spellings that are not all alike.
    """

    comps: pl.Series
    by_name: pl.Series
    pairs: pl.DataFrame


def disputed(prepared: Prepared, book: Book) -> Disputed:
    """The components of two and more records that are not one customer by their looks."""
    sizes = prepared.records.group_by("comp").agg(pl.len(), pl.col("kind").n_unique().alias("kinds"))
    members = prepared.records.join(sizes.filter(pl.col("len") > 1).select("comp"), on="comp", how="semi")
    many, pairs = _names(members, book)
    by_name = pairs.filter(~pl.col("verdict").is_in(sorted(AGREE)))["comp"].unique()
    births = (
        members.filter(pl.col("birth") != "")
        .group_by("comp")
        .agg(pl.col("birth").n_unique())
        .filter(pl.col("birth") > 1)
    )
    told = [judged(prepared, members), births["comp"], many, by_name]
    mixed = sizes.filter((pl.col("len") > 1) & (pl.col("kinds") > 1))["comp"]
    return Disputed(pl.concat([mixed, *told]).unique().sort(), by_name, pairs)


def judged(prepared: Prepared, members: pl.DataFrame) -> pl.Series:
    """Components of which people, or national ids, say something: to be weighed record by record. members: rank, comp."""
    places = members.select("rank", "comp")
    words = pl.concat([prepared.words["a"], prepared.words["b"]]).rename("rank").to_frame()
    national = (
        prepared.national.join(places, on="rank", how="inner")
        .group_by("comp", "issuer", "class")
        .agg(pl.col("value").n_unique())
        .filter(pl.col("value") > 1)
    )
    return pl.concat([words.join(places, on="rank", how="inner")["comp"], national["comp"]])


def _names(members: pl.DataFrame, book: Book) -> tuple[pl.Series, pl.DataFrame]:
    """Components with very many spellings, and the pairs of the others (see Disputed)."""
    names = members.filter(pl.col("name") != "").select("comp", "kind", "name").unique()
    counts = names.group_by("comp").len()
    many = counts.filter(pl.col("len") > MANY_NAMES)["comp"]
    few = names.join(counts.filter(pl.col("len").is_between(2, MANY_NAMES)).select("comp"), on="comp", how="semi")
    few = few.join(_alike(few), on="comp", how="anti")
    pairs = few.join(few.rename({"name": "other"}), on=["comp", "kind"], how="inner").filter(
        pl.col("name") < pl.col("other")
    )
    asked = pairs.select("kind", "name", "other").unique()
    told = asked.with_columns(verdict=_verdicts(asked, book))
    return many, pairs.join(told, on=["kind", "name", "other"], how="left")


def _verdicts(asked: pl.DataFrame, book: Book) -> pl.Series:
    """What every pair says: ordinary persons' names by columns, the others by the book, which learns all of it."""
    person = asked["kind"] == "person"
    told = pl.Series([None] * asked.height, dtype=pl.String)
    if person.any():
        people = asked.filter(person)
        numbers = pl.Series(verdicts(people["name"], people["other"]))
        told = told.scatter(person.arg_true(), numbers.replace_strict(dict(enumerate(VERDICTS)), default=None))
    book.learn(asked.filter(told.is_not_null()), told.drop_nulls())
    rest = told.is_null()
    return told.scatter(rest.arg_true(), [book.verdict(*row) for row in asked.filter(rest).iter_rows()])


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


def spanning_links(prepared: Prepared, comps: pl.DataFrame, divided: pl.DataFrame) -> pl.DataFrame:
    """The links that closure would accept in components (column comp) where all agree: a, b, rule, type, value, issuer.

    Closure without refusals takes the least links in the order (strength, a, b): a minimum spanning forest. In a group
    only the links from its first record can be in it. divided: more keys, of components that fall apart (see apart).
    """
    ranks = prepared.records.join(comps, on="comp", how="semi").select("rank")
    keys = pl.concat([prepared.keys.join(ranks, on="rank", how="semi"), divided.select(prepared.keys.columns)])
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
