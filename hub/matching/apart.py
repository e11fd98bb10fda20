"""Components that fall apart by names alone: families and strangers behind one phone, all at once.

Belongs here: which components do, what may join in them, what is refused there. Does not: links (bulk), anything that has to be
weighed (cluster). It must give exactly what `cluster.close` gives; a property test hunts for differences.
Here the names fall into classes: within a class all agree, between two classes none do. Then nobody can choose between two
clusters: closure joins whom a contact joins within a class and refuses the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from hub.matching.book import AGREE, Book
from hub.matching.bulk import Disputed, judged
from hub.matching.dated import Dated
from hub.matching.graph import components
from hub.matching.name_pairs import toneless
from hub.matching.prepare import Prepared
from hub.matching.refuse import ALL_PAIRS
from hub.matching.rules import BY_NAME

CONTACTS = sorted(name for name, rule in BY_NAME.items() if rule.need == "contact")
REASONS = {"unsure": "name_unsure", "incompatible": "name_incompatible"}


@dataclass(frozen=True, slots=True)
class Apart:
    """comps: column comp. keys: columns of Prepared.keys, the groups divided by classes, without whom a weak name keeps out.

    borne: rank, name, gid, type, value, issuer of all keys in these components. pairs: comp, name, other, verdict.
    """

    comps: pl.DataFrame
    keys: pl.DataFrame
    borne: pl.DataFrame
    pairs: pl.DataFrame


def apart(ready: Prepared, found: Disputed, times: Dated, book: Book) -> Apart:
    """Those of the disputed components that classes of names decide."""
    members = ready.records.join(found.by_name.to_frame("comp"), on="comp", how="semi")
    keys = ready.keys.join(members.select("rank", "comp", "name", "level", "toned"), on="rank", how="inner")
    classes = _classes(found.pairs.join(found.by_name.to_frame("comp"), on="comp", how="semi"))
    sorted_ = members.join(classes, on=["comp", "name"], how="left")
    births = sorted_.filter(pl.col("birth") != "").group_by("comp", "class").agg(pl.col("birth").n_unique())
    odd = [
        judged(ready, members),
        sorted_.filter((pl.col("kind") != "person") | (pl.col("name") == "") | pl.col("class").is_null())["comp"],
        births.filter(pl.col("birth") > 1)["comp"],
        keys.filter(~pl.col("rule").is_in(CONTACTS))["comp"],
        keys.join(times.spans.select("gid").unique(), on="gid", how="semi")["comp"],
        members.join(pl.concat([ready.sent["a"], ready.sent["b"]]).to_frame("rank"), on="rank", how="semi")["comp"],
    ]
    comps = members.select("comp").unique().join(pl.concat(odd).to_frame("comp"), on="comp", how="anti")
    keys = keys.join(comps, on="comp", how="semi").join(classes, on=["comp", "name"], how="left")
    pairs = found.pairs.join(comps, on="comp", how="semi").select("comp", "name", "other", "verdict")
    divided = _divided(keys, book).select(ready.keys.columns)
    return Apart(comps, divided, keys.select("rank", "comp", "name", "gid", "type", "value", "issuer"), pairs)


def _classes(pairs: pl.DataFrame) -> pl.DataFrame:
    """comp, name, class of components whose names fall into classes, each with a number of its own."""
    both = [pairs.select("comp", "name"), pairs.select("comp", name="other")]
    names = pl.concat(both).unique().with_row_index("node").cast({"node": pl.Int64})
    agree = (
        pairs.filter(pl.col("verdict").is_in(sorted(AGREE)))
        .join(names, on=["comp", "name"])
        .join(names.rename({"name": "other", "node": "end"}), on=["comp", "other"])
    )
    label = components(names.height, agree["node"].to_numpy(), agree["end"].to_numpy())
    classes = names.select("comp", "name", pl.Series("class", label, dtype=pl.Int64))
    sizes = classes.group_by("comp", "class").len().with_columns(pl.col("len").cast(pl.Int64))
    whole = sizes.group_by("comp").agg((pl.col("len") * (pl.col("len") - 1) // 2).sum().alias("whole"))
    counted = agree.group_by("comp").agg(pl.len().cast(pl.Int64).alias("there"))
    chained = whole.join(counted, on="comp", how="left").filter(pl.col("whole") != pl.col("there").fill_null(0))
    return classes.join(chained, on="comp", how="anti")


def _divided(keys: pl.DataFrame, book: Book) -> pl.DataFrame:
    """The groups by class, with numbers (gid) that no group has yet; in those of several classes without weak names."""
    several = pl.col("class").n_unique().over("gid") > 1
    keys = keys.with_columns(several.alias("several"))
    doubtful = keys.filter("several")
    weak = doubtful.filter(_weak(doubtful, book)).select("rank").unique().with_columns(weak=pl.lit(value=True))
    kept = keys.join(weak, on="rank", how="left").filter(~pl.col("several") | pl.col("weak").is_null())
    return kept.with_columns(gid=-1 - pl.struct("gid", "class").rank("dense").cast(pl.Int64))


def _weak(rows: pl.DataFrame, book: Book) -> pl.Series:
    """Partial names, and Vietnamese ones without their tones (see unpack)."""
    asked = rows.filter((pl.col("level") == "full") & ~pl.col("toned"))["name"].unique()
    told = toneless(asked)
    open_ = told.is_null()
    told = told.scatter(open_.arg_true(), [book.toneless(name) for name in asked.filter(open_)])
    bare = asked.filter(told)
    return rows.select(
        (pl.col("level") != "full") | (~pl.col("toned") & pl.col("name").is_in(bare.implode()))
    ).to_series()


def refused(found: Apart, root: pl.Series) -> pl.DataFrame:
    """The refusals in these components, as `refuse.refusals` tells them. root: of every rank its cluster's first record."""
    borne = found.borne.with_columns(root.gather(found.borne["rank"]).alias("root"))
    firsts = borne.sort("rank").unique(["gid", "root"], keep="first", maintain_order=True).sort("gid", "rank")
    firsts = firsts.with_columns(n=pl.int_range(pl.len()).over("gid")).filter(pl.len().over("gid") > 1)
    both = firsts.join(firsts.select("gid", rank_b="rank", name_b="name", n_b="n"), on="gid").filter(
        (pl.col("n") < pl.col("n_b")) & ((pl.col("n_b") < ALL_PAIRS) | (pl.col("n") == 0))
    )
    told = both.with_columns(
        pl.min_horizontal("name", "name_b").alias("name"), pl.max_horizontal("name", "name_b").alias("other")
    ).join(found.pairs, on=["comp", "name", "other"], how="left")
    reason = pl.col("verdict").replace_strict(REASONS, default="name_weak", return_dtype=pl.String)
    return told.select(a="rank", b="rank_b", rule=reason, type="type", value="value", issuer="issuer")
