"""What questions are made from: refused and suggested joins between customers, what people judged, orders, grants.

Belongs here: reading it, for everything or around what changed. Does not: what becomes a question (hub.matching.questions), the
questions themselves (reviews.py). Around what changed means all customers that a chain of refused joins holds together.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import BigInteger, Connection, Select, Table, case, cast, func, insert, select

from hub.store import notes
from hub.store.bulk import among, delete_in, insert_frame
from hub.store.frames import read_frame
from hub.store.tables import customers, dirty_reviews, judgements, landed, orders, records, refusals, suggestions, xref
from hub.store.words import NAME, named

NOTE = "reviews"
"""Key of `meta`: the version of the rules that the questions stand by; absent until questions were made once."""
REFUSED = ("rid_a", "rid_b", "rule", "type", "value", "related")
PERSON = ("rid", "source", "source_id", "full_name", "company_name", "name_level", "name_toned")


@dataclass(frozen=True, slots=True)
class Around:
    """The customers whose questions are looked at: golden ids, rids and names of their records and of those that left."""

    golden_ids: Sequence[str]
    rids: Sequence[int]
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """refused: REFUSED, x, y (golden ids). suggested: rid_a, rid_b, bits, x, y. judged: x, y. people: rid, name, shown,
    weak. customers: golden_id, kind, record_count, money. granted: golden_id, doc of those with a consent granted."""

    refused: pl.DataFrame
    suggested: pl.DataFrame
    judged: pl.DataFrame
    people: pl.DataFrame
    customers: pl.DataFrame
    granted: pl.DataFrame


# what changed --------------------------------------------------------------------------------------------------------


def soil_orders(conn: Connection, order_rids: Sequence[int]) -> None:
    """Have the customers of these orders looked at again, once there are questions at all."""
    if not order_rids or notes.get(conn, NOTE) is None:
        return
    same = (records.c.source == orders.c.source) & (records.c.source_id == orders.c.customer_source_id)
    told = select(records.c.rid).select_from(orders).join(records, same).distinct()
    there = select(dirty_reviews.c.rid)
    mine = told.where(among(conn, orders.c.rid, list(order_rids)), records.c.rid.not_in(there))
    conn.execute(insert(dirty_reviews).from_select(["rid"], mine))


def soil(conn: Connection, rids: Collection[int]) -> None:
    """Have the customers of these records looked at again, once there are questions at all."""
    if not rids or notes.get(conn, NOTE) is None:
        return
    held = set(conn.scalars(select(dirty_reviews.c.rid)))
    insert_frame(conn, dirty_reviews, pl.DataFrame({"rid": sorted(set(rids) - held)}, schema={"rid": pl.Int64}))


def dirty(conn: Connection) -> list[int]:
    """Records whose questions are to be looked at again."""
    return list(conn.scalars(select(dirty_reviews.c.rid)))


def around(conn: Connection, rids: Sequence[int]) -> Around:
    """Whom these records concern: their customers, and all that a chain of refused joins holds together with them."""
    found: set[str] = set()
    members: set[int] = set()
    fresh = set(_golden(conn, list(rids)))
    while fresh:
        found |= fresh
        more = _members(conn, sorted(fresh))
        members.update(more)
        fresh = _partners(conn, more) - found
    every = sorted(members.union(rids))
    known = select(landed.c.source, landed.c.source_id).where(among(conn, landed.c.rid, every))
    return Around(sorted(found), sorted(members), sorted(read_frame(conn, known).select(NAME).to_series().to_list()))


def _golden(conn: Connection, rids: list[int]) -> list[str]:
    return list(conn.scalars(select(xref.c.golden_id).where(among(conn, xref.c.rid, rids)).distinct()))


def _members(conn: Connection, golden_ids: list[str]) -> list[int]:
    return list(conn.scalars(select(xref.c.rid).where(among(conn, xref.c.golden_id, golden_ids))))


def _partners(conn: Connection, rids: list[int]) -> set[str]:
    rows = read_frame(conn, _between(conn, refusals, ("rid_a",), rids))
    return {*rows["x"], *rows["y"]}


# the facts -----------------------------------------------------------------------------------------------------------


def gather(conn: Connection, whom: Around | None) -> Facts | None:
    """All that questions about pairs rest on, None when nothing was refused or suggested. whom: None means everybody."""
    rids = None if whom is None else whom.rids
    refused = read_frame(conn, _between(conn, refusals, REFUSED, rids))
    suggested = read_frame(conn, _between(conn, suggestions, ("rid_a", "rid_b", "bits"), rids))
    if refused.is_empty() and suggested.is_empty():
        return None
    both = [pl.concat([frame[side] for frame in (refused, suggested)]).unique().to_list() for side in ("x", "y")]
    ids = sorted({*both[0], *both[1]})
    concerned = pl.concat([frame[side] for frame in (refused, suggested) for side in ("rid_a", "rid_b")]).unique()
    return Facts(
        refused,
        suggested,
        _judged(conn, whom),
        _people(conn, concerned.to_list()),
        with_money(conn, ids),
        _granted(conn, refused),
    )


def _between(conn: Connection, table: Table, names: Sequence[str], rids: Sequence[int] | None) -> Select[Any]:
    """Rows of a table of pairs whose records belong to two customers x and y that are there."""
    a, b = xref.alias("a"), xref.alias("b")
    joined = table.join(a, a.c.rid == table.c.rid_a).join(b, b.c.rid == table.c.rid_b)
    columns = [*(table.c[name] for name in names), a.c.golden_id.label("x"), b.c.golden_id.label("y")]
    chosen = select(*columns).select_from(joined).where(a.c.golden_id != b.c.golden_id)
    if rids is None:
        return chosen
    return chosen.where(among(conn, table.c.rid_a, list(rids)) | among(conn, table.c.rid_b, list(rids)))


def _judged(conn: Connection, whom: Around | None) -> pl.DataFrame:
    """x, y: customers of whom people have judged two records; both ways round."""
    said = select(judgements.c.a, judgements.c.b).where(judgements.c.active)
    if whom is not None:
        names = list(whom.names)
        said = said.where(among(conn, judgements.c.a, names) | among(conn, judgements.c.b, names))
    told = read_frame(conn, said)
    whose = holders(conn, [*told["a"], *told["b"]])
    pairs = told.select(x=pl.col("a").replace_strict(whose, default=None, return_dtype=pl.String),
                        y=pl.col("b").replace_strict(whose, default=None, return_dtype=pl.String))  # fmt: skip
    kept = pairs.drop_nulls().filter(pl.col("x") != pl.col("y")).unique()
    return pl.concat([kept, kept.select(x="y", y="x")]).unique()


def holders(conn: Connection, names: list[str]) -> dict[str, str]:
    """Record (`source:source_id`) → golden id of its customer, of records that are there."""
    known = named(conn, names).unique()
    if known.is_empty():
        return {}
    whose = select(xref.c.rid, xref.c.golden_id).where(among(conn, xref.c.rid, known["rid"].to_list()))
    rows = known.join(read_frame(conn, whose), on="rid")
    return dict(rows.select("name", "golden_id").iter_rows())


def _people(conn: Connection, rids: list[int]) -> pl.DataFrame:
    """weak: a name that is missing, partial or without tones does not tell by itself who it is."""
    rows = read_frame(conn, select(*[records.c[name] for name in PERSON]).where(among(conn, records.c.rid, rids)))
    weak = (pl.col("name_level") != "full") | ~pl.col("name_toned")
    return rows.select("rid", name=NAME, shown=pl.coalesce("full_name", "company_name").fill_null(""), weak=weak)


def currencies(conn: Connection, golden_ids: list[str]) -> dict[str, frozenset[str]]:
    """golden id → the currencies of its orders that name one."""
    same = (orders.c.source == records.c.source) & (orders.c.customer_source_id == records.c.source_id)
    told = select(xref.c.golden_id, orders.c.currency).distinct().join(records, records.c.rid == xref.c.rid)
    mine = told.join(orders, same).where(orders.c.currency.is_not(None), among(conn, xref.c.golden_id, golden_ids))
    found: dict[str, set[str]] = {}
    for golden_id, currency in conn.execute(mine) if golden_ids else ():
        found.setdefault(golden_id, set()).add(currency)
    return {golden_id: frozenset(names) for golden_id, names in found.items()}


def with_money(conn: Connection, golden_ids: list[str]) -> pl.DataFrame:
    """golden_id, kind, record_count, money: sales less returns of all its records, minor units whatever the currency."""
    facts = select(customers.c.golden_id, customers.c.kind, customers.c.record_count)
    rows = read_frame(conn, facts.where(among(conn, customers.c.golden_id, golden_ids)))
    if conn.scalar(select(orders.c.rid).limit(1)) is None:
        return rows.with_columns(money=pl.lit(0, pl.Int64))
    signed = case((orders.c.kind == "sale", orders.c.total), (orders.c.kind == "return", -orders.c.total), else_=0)
    same = (records.c.source == orders.c.source) & (records.c.source_id == orders.c.customer_source_id)
    told = select(xref.c.golden_id, cast(func.sum(signed), BigInteger).label("money"))
    joined = told.select_from(xref).join(records, records.c.rid == xref.c.rid).join(orders, same)
    sums = read_frame(conn, joined.where(among(conn, xref.c.golden_id, golden_ids)).group_by(xref.c.golden_id))
    return rows.join(sums, on="golden_id", how="left").with_columns(pl.col("money").fill_null(0).clip(0))


def _granted(conn: Connection, refused: pl.DataFrame) -> pl.DataFrame:
    """golden_id, doc of customers with some consent granted, who share a phone or an e-mail that joins nobody."""
    shared = refused.filter(pl.col("type").is_in(["phone", "email"]))
    ids = pl.concat([shared["x"], shared["y"]]).unique().to_list()
    told = select(customers.c.golden_id, customers.c.doc).where(among(conn, customers.c.golden_id, ids))
    return read_frame(conn, told.where(customers.c.doc.contains('"granted"')))


def done(conn: Connection, rids: Sequence[int], version: str) -> None:
    """These records were looked at, by these rules."""
    if rids:
        delete_in(conn, dirty_reviews.c.rid, list(rids))
    if notes.get(conn, NOTE) != version:
        notes.put(conn, NOTE, version)
