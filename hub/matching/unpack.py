"""Components of frames as the plain nouns of the reference.

Belongs here: turning rows into Items and Groups. Does not: deciding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from hub.matching.book import Book
from hub.matching.component import Component, Group, Item, Span
from hub.matching.dated import NOTHING, Dated
from hub.matching.prepare import Prepared
from hub.matching.rules import BY_NAME
from hub.matching.rules.judgement import Word
from hub.matching.rules.personal_number import NationalIds


def components(
    ready: Prepared, chosen: pl.DataFrame, book: Book, times: Dated = NOTHING, gap: int = 0
) -> Iterator[tuple[list[int], Component]]:
    """The chosen components (column comp) one by one, each with the rank of every place in it. gap: see Component."""
    records = (
        ready.records.join(chosen, on="comp", how="semi")
        .sort("comp", "rank")
        .with_columns(pl.int_range(pl.len(), dtype=pl.Int64).over("comp").alias("place"))
    )
    places = records.select("rank", "comp", "place")
    groups = _groups(ready.keys.join(places, on="rank", how="inner"), times)
    homes = _homes(times)
    words = _located(ready.words, places)
    sent = _located(ready.sent, places)
    national = _national(ready.national.join(places.select("rank"), on="rank", how="semi"))
    for comp, ranks, *columns in (
        records.group_by("comp", maintain_order=True).agg("rank", "kind", "name", "level", "toned", "birth").iter_rows()
    ):
        items = [
            Item(
                kind,
                name,
                weak_name(kind, name, level, toned, book),
                birth,
                national.get(rank, ()),
                homes.get(rank, frozenset()),
            )
            for rank, kind, name, level, toned, birth in zip(ranks, *columns, strict=True)
        ]
        yield (
            ranks,
            Component(
                items,
                groups.get(comp, []),
                [Word(at, a, b, verdict) for a, b, at, verdict in words.get(comp, ())],
                [(a, b) for a, b in sent.get(comp, ())],
                gap,
            ),
        )


def weak_name(kind: str, name: str, level: str, toned: bool, book: Book) -> bool:
    """Missing, partial, or a Vietnamese name typed without its tones; an organisation's name is weak when missing."""
    if not name:
        return True
    if kind != "person":
        return False
    return level != "full" or (not toned and book.toneless(name))


def _groups(keys: pl.DataFrame, times: Dated) -> dict[int, list[Group]]:
    found: dict[int, list[Group]] = {}
    rows = (
        keys.group_by("comp", "gid", "rule", "type", "value", "issuer")
        .agg(pl.col("place").sort())
        .sort("comp", "type", "value", "issuer", "gid")
    )
    spans = _spans(keys, times)
    for comp, gid, rule, type_, value, issuer, members in rows.iter_rows():
        group = Group(BY_NAME[rule], type_, value, issuer, tuple(members), spans.get(gid, ()))
        found.setdefault(comp, []).append(group)
    return found


def _spans(keys: pl.DataFrame, times: Dated) -> dict[int, tuple[Span, ...]]:
    """By group, of its members in their order."""
    if times.spans.is_empty():
        return {}
    rows = keys.select("gid", "rank", "place").join(times.spans, on=["gid", "rank"], how="inner").sort("gid", "place")
    found: dict[int, tuple[Span, ...]] = {}
    for gid, first, last in rows.group_by("gid", maintain_order=True).agg("first", "last").iter_rows():
        found[gid] = tuple(zip(first, last, strict=True))
    return found


def _homes(times: Dated) -> dict[int, frozenset[str]]:
    rows = times.homes.group_by("rank").agg("home")
    return {rank: frozenset(homes) for rank, homes in rows.iter_rows()}


def _located(pairs: pl.DataFrame, places: pl.DataFrame) -> dict[int, list[tuple[Any, ...]]]:
    """Pairs by component, as places in it; pairs across components say nothing."""
    found: dict[int, list[tuple[Any, ...]]] = {}
    there = places.rename({"rank": "b", "comp": "other", "place": "q"})
    rows = (
        pairs.join(places.rename({"rank": "a", "place": "p"}), on="a", how="inner")
        .join(there, on="b", how="inner")
        .filter(pl.col("comp") == pl.col("other"))
        .select("comp", "p", "q", pl.exclude("comp", "other", "p", "q", "a", "b"))
    )
    for comp, *rest in rows.iter_rows():
        found.setdefault(comp, []).append(tuple(rest))
    return found


def _national(rows: pl.DataFrame) -> dict[int, NationalIds]:
    found: dict[int, NationalIds] = {}
    for rank, issuer, generation, value in rows.iter_rows():
        found[rank] = (*found.get(rank, ()), (issuer, generation, value))
    return found
