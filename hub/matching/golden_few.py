"""Golden records of a few customers, one after the other by the plain reference.

Belongs here: rows of frames into what `customer` takes, and back. Does not: deciding (customer), many customers (golden).
Columns cost a tenth of a second whatever they hold; a single customer by itself a hundredth of that (measured).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import orjson
import polars as pl

from hub.matching.contacts import Borne
from hub.matching.customer import Golden, Member, Setup, as_json, customer
from hub.matching.survivorship.most_restrictive import Consent

Row = dict[str, Any]
_PLAIN = [name for name in Member._fields if name not in ("doc", "since", "echo")]
_BORNE = [name for name in Borne._fields if name not in ("class_", "source")]


def rows(
    members: pl.DataFrame,
    identifiers: pl.DataFrame,
    setup: Setup,
    pins: Mapping[str, Mapping[str, str]],
    said: Mapping[str, Sequence[Consent]],
) -> Iterator[Row]:
    """A row of table `customers` for every customer in `members`, sorted by golden_id; all as `golden.golden_parts` takes it."""
    return each(members.to_dicts(), identifiers.iter_rows(named=True), setup, pins, said)


def each(
    members: Sequence[Row],
    identifiers: Iterable[Row],
    setup: Setup,
    pins: Mapping[str, Mapping[str, str]],
    said: Mapping[str, Sequence[Consent]],
) -> Iterator[Row]:
    """The same out of plain rows."""
    borne: dict[int, list[Row]] = {}
    for one in identifiers:
        borne.setdefault(one["rid"], []).append(one)
    ordered = sorted(members, key=lambda row: (row["golden_id"], row["source"], row["source_id"]))
    for golden_id, group in groupby(ordered, key=lambda row: str(row["golden_id"])):
        parts = list(group)
        shown = [one for part in parts for one in _borne(part, borne.get(part["rid"], ()))]
        found = customer([_member(part) for part in parts], shown, setup, pins.get(golden_id), said.get(golden_id, ()))
        yield {"golden_id": golden_id, "record_count": len(parts), **_row(found)}


def _borne(part: Row, given: Sequence[Row]) -> list[Borne]:
    told = [Borne(**{name: one[name] for name in _BORNE}, class_=one["class"], source=part["source"]) for one in given]
    return sorted(told, key=lambda one: (one.type, one.value, one.issuer))


def _member(part: Row) -> Member:
    parsed = {"doc": part["doc"], "since": part["since"] or "{}", "echo": part["echo"] or "[]"}
    told: Row = {name: part[name] for name in _PLAIN} | {name: orjson.loads(text) for name, text in parsed.items()}
    return Member(**told)


def _row(found: Golden) -> Row:
    doc = as_json(found.doc)
    digest = hashlib.blake2b(doc.encode(), digest_size=16).hexdigest()
    return {**found.columns, "doc": doc, "provenance": as_json(found.provenance), "digest": digest}
