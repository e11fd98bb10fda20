"""What exports hold: the rows of the views in a fixed order, and which customers a purpose may reach.

Belongs here: the SELECTs, in bounded batches. Does not: file formats (files.py, sheet_file), what the views show (views.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    TableClause,
    Text,
    column,
    exists,
    func,
    or_,
    select,
    table,
    union_all,
)

from hub.model import CUSTOMER_KINDS
from hub.store.frames import BATCH, read_batches
from hub.store.tables import blocked_values, changes, customers, identifiers, reassigned, xref
from hub.store.views import COLUMNS, ORDER

INTEGERS = frozenset({"record_count", "version", "seq", "total", "paid"})
REACHES = {"email": "email", "sms": "phone", "zalo": "phone", "call": "phone"}
"""Channel → the contact of a customer that it reaches."""
EVERYTHING = ("*", "all", "any")
"""A purpose or channel that stands for every one."""
NO = ("refused", "withdrawn")


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a purpose may reach by a channel (of REACHES). granted: it needs a grant; else only a refusal forbids it."""

    purpose: str
    channel: str
    granted: bool


def batches(
    conn: Connection,
    name: str,
    reach: Reach | None = None,
    *,
    one_per_phone: bool = False,
    among: Select[Any] | None = None,
    size: int = BATCH,
) -> Iterator[pl.DataFrame]:
    """Rows of the export `name` (of views.COLUMNS), in the order of views.ORDER whatever the database, none empty.

    reach: only customers that it allows. one_per_phone: every phone once, each customer at most once (see `_phones`).
    among: only customers whose golden ids this selects.
    """
    view = _view(conn, name)
    if one_per_phone:
        statement = _by_phone(conn, view, reach)
    else:
        statement = select(*[view.c[each] for each in COLUMNS[name]])
        statement = statement.where(_allowed(conn, view, reach)) if reach else statement
    statement = statement.where(view.c.golden_id.in_(among)) if among is not None else statement
    yield from read_batches(conn, statement.order_by(*[_bytewise(conn, view.c[each]) for each in ORDER[name]]), size)


def position(conn: Connection) -> int:
    """The number of the last change that this snapshot holds; 0 before the first."""
    return int(conn.scalar(select(func.max(changes.c.seq))) or 0)


def schema(name: str) -> dict[str, Any]:
    """Columns of an export as polars types."""
    return {each: pl.Int64 if each in INTEGERS else pl.String for each in COLUMNS[name]}


def _view(conn: Connection, name: str) -> TableClause:
    columns: list[Any] = [column(each, BigInteger() if each in INTEGERS else Text()) for each in COLUMNS[name]]
    if conn.dialect.name == "sqlite":
        return table(f"hub_v1_{name}", *columns)
    return table(name, *columns, schema="hub_v1")


def _bytewise(conn: Connection, target: ColumnElement[Any]) -> ColumnElement[Any]:
    """Texts in byte order on both databases."""
    plain = conn.dialect.name == "sqlite" or not isinstance(target.type, Text)
    return target if plain else target.collate("C")


def _allowed(
    conn: Connection, people: TableClause, reach: Reach, contact: ColumnElement[Any] | None = None
) -> ColumnElement[bool]:
    """Whether the consents of a row of the customers' view allow what `reach` says, at `contact` (left out: the primary).

    Of marketing at the primary contact the view's own columns tell.
    """
    refused = _refused(conn, people, reach, contact)
    if not reach.granted:
        return ~refused
    if reach.purpose == "marketing" and contact is None:
        return people.c[f"marketing_{reach.channel}"] == "granted"
    return _says(conn, people, reach, ("granted",), contact) & ~refused


def _refused(
    conn: Connection, people: TableClause, reach: Reach, contact: ColumnElement[Any] | None = None
) -> ColumnElement[bool]:
    if reach.purpose == "marketing" and contact is None:
        return people.c[f"marketing_{reach.channel}"] == "withdrawn"
    return _says(conn, people, reach, NO, contact)


def _says(
    conn: Connection, people: TableClause, reach: Reach, statuses: tuple[str, ...], contact: ColumnElement[Any] | None
) -> ColumnElement[bool]:
    """A consent with one of the statuses stands for the purpose, the channel and the contact, or for everything.

    A grant is for the contact alone, a no also for whatever contact.
    """
    said = _view(conn, "consents").alias("said")
    here = said.c.address == (people.c[REACHES[reach.channel]] if contact is None else contact)
    anywhere = or_(said.c.address.is_(None), said.c.address == "", here)
    return exists().where(
        said.c.golden_id == people.c.golden_id,
        said.c.purpose.in_([reach.purpose, *EVERYTHING]),
        said.c.channel.in_([reach.channel, *EVERYTHING]),
        said.c.status.in_(statuses),
        here if statuses == ("granted",) else anywhere,
    )


def _by_phone(conn: Connection, view: TableClause, reach: Reach | None) -> Select[Any]:
    """Customers with the phone that reaches them, the first customer of every phone; one that refused closes the phone."""
    phones = _phones()
    rows = select(view.c.golden_id, phones.c.phone, phones.c.national).join(
        phones, phones.c.golden_id == view.c.golden_id
    )
    if reach:
        told = select(identifiers.c.value).join(xref, xref.c.rid == identifiers.c.rid)
        told = told.join(view, view.c.golden_id == xref.c.golden_id)
        told = told.where(identifiers.c.type == "phone", identifiers.c.use == "own")
        there = {"phone": (phones.c.phone, identifiers.c.value)}.get(REACHES[reach.channel], (None, None))
        closed = told.where(_refused(conn, view, reach, there[1]))
        rows = rows.where(_allowed(conn, view, reach, there[0]), phones.c.phone.not_in(closed))
    each = rows.subquery("reached")
    place = func.row_number().over(partition_by=each.c.phone, order_by=each.c.golden_id).label("place")
    first = select(each, place).subquery("first")
    own = {"phone": first.c.phone, "phone_national": first.c.national}
    columns = [own[name].label(name) if name in own else view.c[name] for name in COLUMNS["customers"]]
    return select(*columns).join(first, first.c.golden_id == view.c.golden_id).where(first.c.place == 1)


def _phones() -> Subquery:
    """golden_id, phone, national: the primary phone; of a customer without one the youngest own mobile that it shares.

    A shared phone is never primary, yet a message may go there once; a generic one (it joins nobody) and one that
    somebody else holds now are left out.
    """
    primary = select(customers.c.golden_id, customers.c.phone, customers.c.phone_national.label("national"))
    generic = select(blocked_values.c.value).where(blocked_values.c.type == "phone")
    lost = exists().where(reassigned.c.rid == identifiers.c.rid, reassigned.c.value == identifiers.c.value)
    order = (func.coalesce(identifiers.c.last_seen, "").desc(), identifiers.c.value)
    place = func.row_number().over(partition_by=xref.c.golden_id, order_by=order).label("place")
    shared = (
        select(xref.c.golden_id, identifiers.c.value.label("phone"), identifiers.c.national, place)
        .join(xref, xref.c.rid == identifiers.c.rid)
        .join(customers, customers.c.golden_id == xref.c.golden_id)
        .where(customers.c.phone.is_(None), customers.c.status == "active", customers.c.kind.in_(CUSTOMER_KINDS))
        .where(identifiers.c.type == "phone", identifiers.c["class"] == "mobile", identifiers.c.use == "own")
        .where(identifiers.c.key, identifiers.c.value.not_in(generic), ~lost)
        .where(~identifiers.c.flags.contains("ambiguous", autoescape=True))
        .subquery("shared")
    )
    others = select(shared.c.golden_id, shared.c.phone, shared.c.national).where(shared.c.place == 1)
    return union_all(primary.where(customers.c.phone.is_not(None)), others).subquery("phones")
