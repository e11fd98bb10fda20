"""Searching customers by what somebody remembers: part of a name without tones, in any order, a few digits of a phone.

Belongs here: looking in the index, comparing what it finds with the customers. Does not: grams (search_words.py), building
(search_index.py). What the feed has told since the index was touched is compared too, so what is found is never old.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import orjson
from sqlalchemy import Connection, Engine, select

from hub.model import CUSTOMER_KINDS
from hub.store.bulk import among
from hub.store.engine import Store
from hub.store.search_index import TOO_MANY, build, built, changed_since, follow, reached, unpacked
from hub.store.search_words import Asked, ends, fits, grams, national, read, whole, whole_grams, words_of
from hub.store.tables import customers, search_grams, search_segments

MOST = 200
"""So many customers are told for one search."""
LOOKED = 4
"""So many times as many as are told are compared at most."""
NEAR = 5_000
"""Customers that changed since the index was touched, and are compared one by one."""
SHOWN = ("golden_id", "customer_code", "kind", "full_name", "company_name", "phone", "phone_national", "phones", "email",
         "emails", "birth_date", "province", "record_count", "sources", "updated_at")  # fmt: skip
Row = Mapping[str, Any]
BUILDING = Lock()
"""One thread of this process sees to the index."""


class Segment(NamedTuple):
    """Which one, and what it was made of (search_index): with another seq it is another, under the same number."""

    number: int
    seq: int
    size: int


KEPT: WeakKeyDictionary[Engine, dict[Segment, bytes]] = WeakKeyDictionary()
MOST_KEPT = 80
"""Segments whose ids are kept in memory: of five million customers."""


@dataclass(frozen=True, slots=True)
class Found:
    """rows: columns SHOWN, those with every word whole first, then whose phone ends so, then by golden id. more: there are
    others."""

    rows: Sequence[Row]
    more: bool


def ready(store: Store, *, wait: bool = True) -> bool:
    """See to it that there is an index and that it is not far behind. Without `wait` False when another thread is at it.

    The first time it reads all customers (a minute for a million); without anything new it is a glance.
    """
    if not BUILDING.acquire(blocking=wait):
        return False
    try:
        _renew(store)
    finally:
        BUILDING.release()
    return True


def _renew(store: Store) -> None:
    with store.read() as conn:
        there = built(conn)
        if there and changed_since(conn, reached(conn), NEAR) is not None:
            return
    if there:
        with store.begin() as conn:
            there = follow(conn) != TOO_MANY
    if not there:
        build(store)


def search(
    conn: Connection,
    text: str,
    limit: int = 50,
    *,
    everyone: bool = False,
    numbers: bool = True,
    stores: frozenset[str] | None = None,
) -> Found:
    """Customers for what was typed. everyone: also anonymous, masked, staff and test ones.

    stores: only customers of one of these. numbers: parts of phones and e-mails may be searched (for those who may see
    them). Without an index nothing is found.
    """
    asked = read(text)
    if not numbers:
        asked = Asked(asked.words)
    if asked.empty:
        return Found((), more=False)
    most = max(1, min(limit, MOST))
    fresh = changed_since(conn, reached(conn), NEAR) or []
    found: dict[str, Row] = {}
    for times, wanted in ((2, whole_grams(asked)), (LOOKED, grams(asked))):
        ids = [one for one in _candidates(conn, wanted, times * most + 2) if one not in found]
        fitting = _fitting(conn, [*ids, *fresh], asked, everyone=everyone, numbers=numbers)
        found |= {row["golden_id"]: row for row in _of_stores(conn, fitting, stores)}
        fresh = []
        if len(found) > most:
            break
    rows = sorted(found.values(), key=lambda row: (*_nearness(asked, row, numbers=numbers), row["golden_id"]))
    return Found(rows[:most], more=len(rows) > most)


def _nearness(asked: Asked, row: Row, *, numbers: bool) -> tuple[int, int]:
    """Sorts first who bears every word whole, then whose phone ends as was typed."""
    return -whole(asked, _words(row, numbers=numbers)), -ends(asked, national(row["phones"])) if asked.numbers else 0


def _candidates(conn: Connection, wanted: Sequence[str], most: int) -> list[str]:
    """Golden ids of at most so many customers that have all the grams, the newest segments' first."""
    places: dict[int, dict[str, bytes]] = {}
    chosen = select(search_segments.c.segment, search_segments.c.seq, search_segments.c.size)
    there = {row.segment: Segment(*row) for row in conn.execute(chosen)}
    rows = select(search_grams).where(search_grams.c.segment.in_(list(there)), search_grams.c.gram.in_(list(wanted)))
    for segment, gram, blob in conn.execute(rows):
        places.setdefault(segment, {})[gram] = bytes(blob)
    found: list[str] = []
    for segment in sorted(places, reverse=True):
        if len(places[segment]) == len(wanted) and len(found) < most:
            told = _all(list(places[segment].values()), there[segment].size)
            found += _named(conn, there[segment], told[: most - len(found)])
    return list(dict.fromkeys(found))


def _all(blobs: Sequence[bytes], size: int) -> Any:
    """Places that stand in every one."""
    ordered = sorted(blobs, key=len)
    flags = unpacked(ordered[0], size)
    for blob in ordered[1:]:
        flags &= unpacked(blob, size)
    return np.flatnonzero(flags)


def _named(conn: Connection, segment: Segment, places: Any) -> list[str]:
    if not len(places):
        return []
    ids = _ids(conn, segment)
    return [str(uuid.UUID(bytes=ids[16 * at : 16 * at + 16])) for at in places.tolist()]


def _ids(conn: Connection, segment: Segment) -> bytes:
    """Golden ids of a segment, a megabyte that never changes: kept, since reading it takes longer than all the rest."""
    kept = KEPT.setdefault(conn.engine, {})
    if segment not in kept:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        found = conn.scalar(select(search_segments.c.ids).where(search_segments.c.segment == segment.number))
        kept[segment] = bytes(found or b"")
    return kept[segment]


def _fitting(conn: Connection, ids: Sequence[str], asked: Asked, *, everyone: bool, numbers: bool) -> list[Row]:
    """Those that are active customers and bear what was asked today."""
    where = [customers.c.status == "active", among(conn, customers.c.golden_id, list(ids))]
    where += [] if everyone else [customers.c.kind.in_(CUSTOMER_KINDS)]
    rows = conn.execute(select(*[customers.c[name] for name in SHOWN]).where(*where)).mappings()
    told = [{str(name): value for name, value in row.items()} for row in rows]
    return [row for row in told if fits(asked, _words(row, numbers=numbers), national(row["phones"]))]


def _of_stores(conn: Connection, rows: Sequence[Row], stores: frozenset[str] | None) -> Sequence[Row]:
    """Those of one of the stores."""
    if stores is None or not rows:
        return rows
    docs = select(customers.c.golden_id, customers.c.doc)
    told = conn.execute(docs.where(among(conn, customers.c.golden_id, [row["golden_id"] for row in rows])))
    mine = {row.golden_id for row in told if not stores.isdisjoint(orjson.loads(row.doc).get("stores", ()))}
    return [row for row in rows if row["golden_id"] in mine]


def _words(row: Row, *, numbers: bool) -> list[str]:
    """Words of its names, and of what stands before the @ of its e-mails."""
    mails = [one.partition("@")[0] for one in (row["emails"] or "").split("|")] if numbers else []
    return words_of(" ".join([row["full_name"] or "", row["company_name"] or "", *mails]))
