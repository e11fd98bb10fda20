"""Scalar fields of many customers at once: the rules of survivorship as columns.

Belongs here: deciding one field for a whole frame. Does not: what the rules mean (survivorship), documents (golden_document).
It must give exactly what `customer.customer` gives; a property test hunts for differences.
A statement is a row: g (customer), m (record order), rid, source, value (null: cleared), same, at, valid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from hub.matching import spelling
from hub.matching.book import ODD
from hub.matching.customer import NAMES, PARTS, Setup, birth_weight
from hub.matching.survivorship.aggregate import SEPARATOR
from hub.matching.survivorship.pinned import overlay

CLEARED = "\0"
"""Stands for "says nothing" where a null would not compare."""
MARKS = "[\\x{300}-\\x{34e}\\x{350}-\\x{36f}đĐ]"
"""What `spelling.marks` counts in a Latin text that is spread out (NFD)."""
RECASED = ("full_name", *PARTS)
DECIDED = {"g": pl.Int64, "value": pl.String, "same": pl.String, "rid": pl.Int64, "rule": pl.String}

STATED = {
    "g": pl.Int64, "m": pl.Int64, "rid": pl.Int64, "source": pl.String, "value": pl.String, "same": pl.String,
    "at": pl.String, "valid": pl.Boolean,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """What one field is decided with. anchors: g, rid of the record that gave the full name."""

    name: str
    rules: Sequence[str]
    places: Mapping[str, int]
    anchors: pl.DataFrame


def decide_field(
    name: str, members: pl.DataFrame, setup: Setup, pins: pl.DataFrame, anchors: pl.DataFrame
) -> pl.DataFrame:
    """Winner of one field per customer that has one: g, value, same, rid (null: a pin), rule.

    members: g, m, rid, source, the fields, first_at, since, echo, cleared. pins: g, value. anchors: g, rid of full_name.
    """
    stated = statements(name, members)
    if stated.is_empty() and pins.is_empty():
        return pl.DataFrame(schema=DECIDED)
    case = Case(name, setup.rules[name], setup.places, anchors)
    decided = decide(stated, case)
    if name in NAMES:
        decided = _spelt(decided, stated, case)
    decided = decided.filter(pl.col("value").is_not_null())
    decided = _recased(decided) if name in RECASED else decided
    return overlay(decided, pins) if pins.height else decided


def decide_kind(members: pl.DataFrame, setup: Setup, anchors: pl.DataFrame) -> pl.DataFrame:
    """The kind of every customer, in the columns of `decide_field`; it has no echo and is never cleared."""
    stated = members.select(
        "g", "m", "rid", "source", value="kind", same="kind", at=pl.col("first_at").fill_null(""),
        valid=pl.col("kind").is_in(["person", "organisation"]),
    )  # fmt: skip
    return decide(stated, Case("kind", setup.rules["kind"], setup.places, anchors))


def statements(name: str, members: pl.DataFrame) -> pl.DataFrame:
    """What each record says about a field, in record order; echoes are left out."""
    if members[name].null_count() == members.height == members["cleared"].null_count():
        return pl.DataFrame(schema=STATED)
    value = pl.col(name)
    cleared = pl.col("cleared").list.contains(name).fill_null(value=False)
    echo = pl.col("echo").str.contains(f'"{name}"', literal=True).fill_null(value=False)
    key = {"full_name": "name_key", "company_name": "company_key"}.get(name)
    same = pl.coalesce(key, name) if key else value
    return members.lazy().filter((value.is_not_null() | cleared) & ~echo).select(
        "g", "m", "rid", "source", value.alias("value"),
        pl.when(value.is_not_null()).then(same).fill_null(CLEARED).alias("same"), *_times(name),
        value.is_not_null().alias("valid"),
    ).collect()  # fmt: skip


def _times(name: str) -> list[pl.Expr]:
    since = pl.col("since").str.extract(f'"{name}":"([^"]*)"')
    return [pl.coalesce(since, "first_at").fill_null("").alias("at")]


def decide(stated: pl.DataFrame, case: Case) -> pl.DataFrame:
    """`survivorship.decide` for all customers: one row per g, columns DECIDED. stated is in order of g and m."""
    g, same = pl.col("g"), pl.col("same")
    first = stated.filter((g != g.shift(1)).fill_null(value=True))
    split = stated.filter((g == g.shift(1)) & (same != same.shift(1))).select("g").unique()
    rule = pl.when(g.is_in(_repeated(stated).implode())).then(pl.lit("agreed")).otherwise(pl.lit("only"))
    whole = first.join(split, on="g", how="anti", maintain_order="left")
    parts = [whole.with_columns(rule.alias("rule")).select(list(DECIDED))]
    left = stated.join(split, on="g", how="semi", maintain_order="left")
    left = left.join(case.anchors.select("g", anchor="rid"), on="g", how="left", maintain_order="left")
    left = left.with_columns(_weights(case.name, left["value"]).alias("weight"))
    for name in case.rules:
        if not left.height:
            break
        if name == "aggregate":
            parts.append(_joined(left))
            left = left.clear()
        elif name in KEYS:
            left = left.with_columns(KEYS[name](case.places).alias("key"))
            left = left.filter(pl.col("key") == pl.col("key").max().over("g"))
            one = pl.col("same").n_unique().over("g") == 1
            parts.append(_first(left.filter(one), name))
            left = left.filter(~one)
    return pl.concat([*parts, _first(left, "first_record")])


def _repeated(stated: pl.DataFrame) -> pl.Series:
    """Customers of which several statements are there (in order of g, so they are neighbours)."""
    return stated.filter(pl.col("g") == pl.col("g").shift(1))["g"].unique()


def _weights(name: str, values: pl.Series) -> pl.Series:
    """How complete every statement is; a cleared one is 0."""
    if name in NAMES:
        return of_texts(values, spelling.words, pl.Int64).fill_null(0)
    if name == "birth_date":
        return of_texts(values, birth_weight, pl.Int64).fill_null(0)
    if name == "kind":
        return pl.Series([0] * len(values), dtype=pl.Int64)
    return values.str.len_chars().cast(pl.Int64).fill_null(0)


def _spelt(decided: pl.DataFrame, stated: pl.DataFrame, case: Case) -> pl.DataFrame:
    """Of the spellings of the winning words: most marks, then mixed case, then the rules of the field."""
    chosen = decided.filter(pl.col("value").is_not_null() & (pl.col("rule") != "aggregate"))
    alike = stated.filter(pl.col("value").is_not_null()).join(
        chosen.select("g", "same"), on=["g", "same"], how="semi", maintain_order="left")  # fmt: skip
    same_g, other = pl.col("g") == pl.col("g").shift(1), pl.col("value") != pl.col("value").shift(1)
    several = alike.filter(same_g & other).select("g").unique()
    best = alike.join(several, on="g", how="semi", maintain_order="left")
    best = best.with_columns(
        _latin(best["value"], pl.col("value").str.normalize("NFD").str.count_matches(MARKS), spelling.marks, pl.Int64),
        _latin(best["value"], _is_upper() != _is_lower(), spelling.one_case, pl.Boolean).alias("one_case"),
    ).filter(pl.col("marks") == pl.col("marks").max().over("g"))
    best = best.filter(pl.col("one_case") == pl.col("one_case").min().over("g")).with_columns(same="value")
    spelt = decide(best, case).select("g", new="value", new_rid="rid")
    rule = (
        pl.when(pl.col("new").is_not_null() & (pl.col("rule") == "agreed")).then(pl.lit("spelling")).otherwise("rule")
    )
    return decided.join(spelt, on="g", how="left").select(
        "g", pl.coalesce("new", "value").alias("value"), "same", pl.coalesce("new_rid", "rid").alias("rid"),
        rule.alias("rule"))  # fmt: skip


def _is_upper() -> pl.Expr:
    return pl.col("value") == pl.col("value").str.to_uppercase()


def _is_lower() -> pl.Expr:
    return pl.col("value") == pl.col("value").str.to_lowercase()


def _latin(texts: pl.Series, said: pl.Expr, rate: Callable[[str], object], dtype: type[pl.DataType]) -> pl.Series:
    """What `rate` says about every text (column marks), told by an expression where only Latin letters and marks are."""
    frame = texts.alias("value").to_frame()
    odd = frame.select(pl.col("value").str.normalize("NFD").str.contains(ODD)).to_series()
    told = frame.select(said.cast(dtype).alias("marks")).to_series()
    return told.scatter(odd.arg_true(), of_texts(texts.filter(odd), rate, dtype)) if odd.any() else told


def _recased(decided: pl.DataFrame) -> pl.DataFrame:
    """Names in one case get capitals."""
    todo = decided.filter(_is_upper() | _is_lower())
    new = todo.select("g", of_texts(todo["value"], spelling.recase, pl.String).alias("new"))
    return decided.join(new, on="g", how="left").with_columns(pl.coalesce("new", "value").alias("value")).drop("new")


def _first(rows: pl.DataFrame, rule: str) -> pl.DataFrame:
    return (
        rows.unique("g", keep="first", maintain_order=True)
        .with_columns(pl.lit(rule).alias("rule"))
        .select(list(DECIDED))
    )


def _joined(rows: pl.DataFrame) -> pl.DataFrame:
    texts = pl.col("value").drop_nulls().unique(maintain_order=True).str.join(SEPARATOR).replace("", None)
    return rows.group_by("g", maintain_order=True).agg(texts, pl.col("same", "rid").first()).with_columns(
        pl.lit("aggregate").alias("rule")).select(list(DECIDED))  # fmt: skip


def _place(places: Mapping[str, int]) -> pl.Expr:
    return -pl.col("source").replace_strict(dict(places), default=len(places), return_dtype=pl.Int64)


def _oldest(_: Mapping[str, int]) -> pl.Expr:
    return pl.col("at") == pl.col("at").min().over("g")


def _frequency(_: Mapping[str, int]) -> pl.Expr:
    return pl.len().over("g", "same")


KEYS: Mapping[str, Callable[[Mapping[str, int]], pl.Expr]] = {
    "source_priority": _place,
    "most_recent": lambda _: pl.col("at"),
    "most_frequent": _frequency,
    "most_complete": lambda _: pl.col("weight"),
    "validated_first": lambda _: pl.col("valid"),
    "oldest": _oldest,
    "same_source_as": lambda _: pl.col("rid").eq(pl.col("anchor")).fill_null(value=False),
}
"""A rule as a key of which the greatest stays."""


def of_texts(texts: pl.Series, rate: Callable[[str], object], dtype: type[pl.DataType]) -> pl.Series:
    """What `rate` says about every text, each distinct one asked once; null for null."""
    distinct = texts.drop_nulls().unique()
    table = pl.DataFrame({"text": distinct, "said": pl.Series([rate(text) for text in distinct], dtype=dtype)})
    return texts.alias("text").to_frame().join(table, on="text", how="left", maintain_order="left")["said"]
