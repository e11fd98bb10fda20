"""Everything that the store holds of one person: the customer's ids, records, values, orders.

Belongs here: finding it, set-based. Does not: taking it out (erasing.py), who is meant (flow.forget).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Connection, func, or_, select

from hub.store.bulk import among
from hub.store.frames import read_batches, read_frame
from hub.store.tables import (
    created_records,
    customers,
    identifiers,
    landed,
    orders,
    plan_items,
    plans,
    records,
    sent,
    xref,
    xref_past,
)
from hub.store.words import NAME

LEAST = 7
"""So many characters a contact has at least to be looked for inside the documents of orders."""
NAMES = ("full_name", "company_name")


@dataclass(frozen=True, slots=True)
class Person:
    """golden_ids: ids that are erased with the person, the living one first. rids: of the customer records.

    records: rid, source, stream, source_id, name of these. names: as records bear them. values: type, value, issuer, raw,
    national, shared (somebody else bears it too). orders: rids of their orders. recipient: rids of others' orders that went
    to them. past: ids that the records had before.
    """

    golden_ids: Sequence[str]
    rids: Sequence[int]
    records: pl.DataFrame
    names: Sequence[str] = ()
    values: pl.DataFrame = field(default_factory=pl.DataFrame)
    orders: Sequence[int] = ()
    recipient: Sequence[int] = ()
    past: Sequence[str] = ()

    @property
    def keys(self) -> list[str]:
        """`source:source_id` of the records."""
        return self.records["name"].to_list()


def of_customer(conn: Connection, golden_id: str) -> Person:
    """The person behind a living customer: their records there are and those that have left."""
    ids = _with_former(conn, [golden_id])
    now = set(conn.scalars(select(xref.c.rid).where(among(conn, xref.c.golden_id, ids))))
    latest = (
        select(xref_past.c.rid, func.max(xref_past.c.until).label("until")).group_by(xref_past.c.rid).subquery("latest")
    )
    left = (
        select(xref_past.c.rid)
        .join(latest, (latest.c.rid == xref_past.c.rid) & (latest.c.until == xref_past.c.until))
        .where(among(conn, xref_past.c.golden_id, ids), xref_past.c.rid.not_in(select(xref.c.rid)))
    )
    return _person(conn, ids, sorted(now | set(conn.scalars(left))))


def of_records(conn: Connection, rids: Sequence[int]) -> Person:
    """The person behind these records; customers that hold others too lose these only."""
    mine = select(xref.c.golden_id).where(among(conn, xref.c.rid, rids)).distinct()
    held = set(conn.scalars(mine))
    kept = select(xref.c.golden_id).where(among(conn, xref.c.golden_id, sorted(held)))
    held -= set(conn.scalars(kept.where(~among(conn, xref.c.rid, rids)))) if held else set()
    return _person(conn, _with_former(conn, sorted(held)), sorted(rids))


def _with_former(conn: Connection, ids: Sequence[str]) -> list[str]:
    found, fresh = list(ids), list(ids)
    while fresh:
        leading = select(customers.c.golden_id).where(among(conn, customers.c.merged_into, fresh))
        fresh = sorted(set(conn.scalars(leading)) - set(found))
        found += fresh
    return found


def _person(conn: Connection, golden_ids: Sequence[str], rids: Sequence[int]) -> Person:
    columns = (landed.c.rid, landed.c.source, landed.c.stream, landed.c.source_id)
    told = read_frame(conn, select(*columns).where(among(conn, landed.c.rid, rids))).with_columns(name=NAME)
    values = _values(conn, rids)
    mine = _orders(conn, told)
    past = sorted(set(conn.scalars(select(xref_past.c.golden_id).where(among(conn, xref_past.c.rid, rids)))))
    person = Person(golden_ids, rids, told, _names(conn, golden_ids, rids), values, mine, past=past)
    return replace(person, recipient=_received(conn, person))


def _names(conn: Connection, golden_ids: Sequence[str], rids: Sequence[int]) -> list[str]:
    """Names as records and customers bear them."""
    rows = conn.execute(select(*[records.c[name] for name in NAMES]).where(among(conn, records.c.rid, rids)))
    own = (customers.c.full_name, customers.c.company_name)
    heads = conn.execute(select(*own).where(among(conn, customers.c.golden_id, golden_ids)))
    return sorted({name for row in [*rows, *heads] for name in row if name})


def _values(conn: Connection, rids: Sequence[int]) -> pl.DataFrame:
    """Own identifiers, each once. The shop's own contacts are nobody's."""
    names = ("type", "value", "issuer", "raw", "national")
    borne = select(*[identifiers.c[name] for name in names]).where(
        among(conn, identifiers.c.rid, rids),
        identifiers.c.use == "own",
        ~(func.coalesce(identifiers.c.flags, "")).contains("own"),
    )
    frame = read_frame(conn, borne.distinct())
    held = frame["value"].unique().to_list()
    others = select(identifiers.c.type, identifiers.c.value).where(
        among(conn, identifiers.c.value, held), identifiers.c.use == "own", ~among(conn, identifiers.c.rid, rids)
    )
    elsewhere = read_frame(conn, others.distinct()).with_columns(shared=pl.lit(value=True))
    return frame.join(elsewhere, on=["type", "value"], how="left").with_columns(pl.col("shared").fill_null(value=False))


def _orders(conn: Connection, told: pl.DataFrame) -> list[int]:
    found: set[int] = set()
    for (source,), part in told.group_by("source"):
        ids = part["source_id"].to_list()
        mine = select(orders.c.rid).where(orders.c.source == source, among(conn, orders.c.customer_source_id, ids))
        found |= set(conn.scalars(mine))
    return sorted(found)


def contacts(person: Person) -> list[str]:
    """The contacts that are this person's alone, in all their forms."""
    mine = person.values.filter(~pl.col("shared"))
    forms = {text for name in ("value", "raw", "national") for text in mine[name].drop_nulls().to_list()}
    return sorted(text for text in forms if len(text) >= LEAST)


def _received(conn: Connection, person: Person) -> list[int]:
    """Orders of others whose document holds one of the person's own contacts: they were sent there."""
    return sorted(holding(conn, orders.c.rid, orders.c.doc, contacts(person)) - set(person.orders))


def holding(
    conn: Connection, key: ColumnElement[int], text: ColumnElement[str], words: Sequence[str], *where: Any
) -> set[int]:
    """Keys of rows whose text holds one of the words."""
    if not words:
        return set()
    found = or_(*(text.contains(word, autoescape=True) for word in words))
    return set(conn.scalars(select(key).where(found, *where)))


def every_record(conn: Connection) -> Iterator[tuple[int, str, str, str]]:
    """rid, source, stream, source_id of every customer record that ever landed."""
    told = select(landed.c.rid, landed.c.source, landed.c.stream, landed.c.source_id)
    for frame in read_batches(conn, told.where(landed.c.stream == "customers")):
        yield from frame.iter_rows()


def every_value(conn: Connection) -> Iterator[tuple[int, str, str, str, str | None]]:
    """rid, type, value, issuer of every own identifier, with the name of its record."""
    name = func.coalesce(records.c.full_name, records.c.company_name)
    told = select(identifiers.c.rid, identifiers.c.type, identifiers.c.value, identifiers.c.issuer, name.label("name"))
    joined = told.join(records, records.c.rid == identifiers.c.rid).where(identifiers.c.use == "own")
    for frame in read_batches(conn, joined):
        yield from frame.iter_rows()


def targets(conn: Connection, person: Person) -> dict[str, list[str]]:
    """Source → ids of the person's records there; `sent:DESTINATION` → ids that were written to."""
    found: dict[str, set[str]] = {}
    for source, source_id in person.records.select("source", "source_id").iter_rows():
        found.setdefault(source, set()).add(source_id)
    made = select(created_records.c.source, created_records.c.source_id)
    for source, source_id in conn.execute(made.where(among(conn, created_records.c.golden_id, person.golden_ids))):
        found.setdefault(source, set()).add(source_id)
    told = select(sent.c.destination, sent.c.source_id)
    for destination, source_id in conn.execute(told.where(among(conn, sent.c.golden_id, person.golden_ids))):
        found.setdefault(f"sent:{destination}", set()).add(source_id)
    return {name: sorted(ids) for name, ids in found.items()}


def unsettled(conn: Connection, person: Person) -> list[tuple[str, str, str]]:
    """destination, golden_id, key of every create that left and of which nobody knows what became of it."""
    told = select(plans.c.destination, plan_items.c.golden_id, plan_items.c.idempotency_key)
    mine = (
        among(conn, plan_items.c.golden_id, person.golden_ids),
        plan_items.c.action == "create",
        plan_items.c.state.in_(("sent", "unknown")),
    )
    rows = conn.execute(told.join(plans, plans.c.plan_id == plan_items.c.plan_id).where(*mine))
    return sorted((row.destination, row.golden_id, row.idempotency_key) for row in rows)
