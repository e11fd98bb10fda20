"""What a destination without a source of its own holds: a list that the hub only writes, known by what was acknowledged.

Belongs here: SELECTs over `sent` and customers. Does not: systems that are pulled (there.py), deciding (flow).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, func, literal, null, select

from hub.store import headcount
from hub.store.tables import customers, sent
from hub.store.there import Glance, glances, of, stream

Row = Mapping[str, Any]


def held(conn: Connection, destination: str, only: Sequence[str] | None = None, *, gone: bool) -> Iterator[Row]:
    """Every row given and not taken out, customer by customer, with the columns of `there.held_there`.

    gone: also rows of customers that are active no more (merged, inactive). What stands there is what was sent.
    """
    statement = (
        select(
            sent.c.golden_id,
            sent.c.source_id,
            literal("{}").label("record"),
            null().label("since"),
            null().label("first_at"),
            null().label("updated_at"),
            customers.c.doc.label("golden"),
            customers.c.provenance,
            customers.c.kind,
            customers.c.customer_code,
            literal("").label("landed_at"),
            sent.c.fields.label("sent"),
            sent.c.before,
            sent.c.origin,
            sent.c.acked_at,
            sent.c.state,
            sent.c.acked_at.label("made"),
        )
        .join(customers, customers.c.golden_id == sent.c.golden_id)
        .where(
            _given(destination), *([] if gone else [customers.c.status == "active"]), *of(conn, sent.c.golden_id, only)
        )
        .order_by(sent.c.golden_id, sent.c.source_id)
    )
    yield from stream(conn, statement)


def glance(conn: Connection, destination: str, *, gone: bool) -> Iterator[Glance]:
    """Every row given and not taken out, in no order, with the columns of `there.glance_there`. gone: see `held`."""
    statement = (
        select(
            sent.c.golden_id,
            literal("{}").label("record"),
            customers.c.doc.label("golden"),
            sent.c.fields.label("sent"),
            literal("").label("landed_at"),
            sent.c.acked_at,
            sent.c.acked_at.label("made"),
        )
        .join(customers, customers.c.golden_id == sent.c.golden_id)
        .where(_given(destination), *([] if gone else [customers.c.status == "active"]))
    )
    yield from glances(conn, statement)


def several(conn: Connection, destination: str) -> set[str]:
    """Customers to whom more than one row was given."""
    mine = select(sent.c.golden_id).where(_given(destination))
    return set(conn.scalars(mine.group_by(sent.c.golden_id).having(func.count() > 1)))


def absent(conn: Connection, destination: str, only: Sequence[str] | None = None) -> Iterator[Row]:
    """Live customers to whom no row was given, with the columns of `there.absent_there`."""
    here = select(sent.c.golden_id).where(_given(destination), *of(conn, sent.c.golden_id, only))
    names = ("golden_id", "provenance", "kind", "customer_code")
    statement = (
        select(customers.c.doc.label("golden"), *(customers.c[name] for name in names))
        .where(
            customers.c.status == "active", customers.c.golden_id.not_in(here), *of(conn, customers.c.golden_id, only)
        )
        .order_by(customers.c.golden_id)
    )
    yield from stream(conn, statement)


def left(conn: Connection, destination: str, only: Sequence[str] | None = None) -> set[str]:
    """Customers who hold a row and are active no more."""
    return set(conn.scalars(_left(sent.c.golden_id, destination).where(*of(conn, sent.c.golden_id, only))))


def count(conn: Connection, destination: str, *, gone: bool) -> int:
    """Rows given and not taken out; gone: see `held`."""
    whole = headcount.count(conn, headcount.GIVEN + destination)
    return whole if gone else whole - int(conn.scalar(_left(func.count(), destination)) or 0)


def _left(what: Any, destination: str) -> Select[Any]:
    """Rows given to customers that are active no more; these are the few, and have an index of their own."""
    rests = customers.c.status != literal("active", literal_execute=True)
    joined = select(what).select_from(sent).join(customers, customers.c.golden_id == sent.c.golden_id)
    return joined.where(_given(destination), rests)


def _given(destination: str) -> Any:
    return and_(sent.c.destination == destination, sent.c.state.is_(None))
