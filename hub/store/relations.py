"""Relations between customers who are not one: what they share, of what kind that is, since when.

Belongs here: deriving them from refused joins that rest (RELATED), for the view and for one customer. Does not: deciding
(hub.matching), sentences (hub.matching.explain). Nothing is stored beside the refusals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, null, or_, select, union_all
from sqlalchemy.dialects import postgresql, sqlite

from hub.model import CUSTOMER_KINDS
from hub.store.bulk import among
from hub.store.tables import customers, identifiers, reassigned, refusals, xref

KINDS = ("reassigned", "said_apart", "employer", "household", "shares_phone", "shares_email", "shares_id")
"""The first that fits: a number that changed hands, two whom a person parted, a person and a company by its tax code, one
street address, else by what is shared."""
Chosen = Callable[[ColumnElement[int]], ColumnElement[bool]]


def of_records(conn: Connection, rids: Sequence[int]) -> list[Mapping[str, Any]]:
    """Relations of the customer who holds these records: golden_id, related_id, kind, type, value, since, in that order."""
    statement = relations(conn.dialect.name, lambda column: among(conn, column, rids))
    rows = conn.execute(statement.order_by("related_id", "kind", "type", "value")).mappings()
    return [{str(name): value for name, value in row.items()} for row in rows]


def sql(dialect: str) -> str:
    """The SELECT over all customers, as the view holds it."""
    compiler = sqlite.dialect() if dialect == "sqlite" else postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's is untyped
    return str(relations(dialect).compile(dialect=compiler, compile_kwargs={"literal_binds": True}))


def relations(dialect: str, chosen: Chosen | None = None) -> Select[Any]:
    """Both directions of every relation between living customers. chosen: only of these records, by index."""
    pair = union_all(
        _side(refusals.c.rid_a, refusals.c.rid_b, chosen), _side(refusals.c.rid_b, refusals.c.rid_a, chosen)
    ).subquery("pair")
    mine, theirs = xref.alias("mine"), xref.alias("theirs")
    one, other = customers.alias("one"), customers.alias("other")
    kind = _kind(dialect, pair, one, other)
    columns = (one.c.golden_id, other.c.golden_id.label("related_id"), kind.label("kind"), pair.c.type, pair.c.value)
    since = func.min(_since(pair)).label("since")
    joined = select(*columns, since).select_from(pair).join(mine, mine.c.rid == pair.c.rid)
    joined = joined.join(theirs, theirs.c.rid == pair.c.other)
    joined = joined.join(one, and_(one.c.golden_id == mine.c.golden_id, *_living(one)))
    joined = joined.join(other, and_(other.c.golden_id == theirs.c.golden_id, *_living(other)))
    return joined.where(one.c.golden_id != other.c.golden_id).group_by(
        *(each for each in columns[:2]), kind, *columns[3:]
    )


def _side(rid: ColumnElement[int], other: ColumnElement[int], chosen: Chosen | None) -> Select[Any]:
    told = select(rid.label("rid"), other.label("other"), refusals.c.rule, refusals.c.type, refusals.c.value)
    told = told.where(refusals.c.related, refusals.c.type.is_not(None), refusals.c.type != "score")
    return told.where(chosen(rid)) if chosen else told


def _living(customer: Any) -> tuple[ColumnElement[bool], ...]:
    return customer.c.status == "active", customer.c.kind.in_(CUSTOMER_KINDS)


def _kind(dialect: str, pair: Any, one: Any, other: Any) -> ColumnElement[str]:
    home = and_(
        one.c.address == other.c.address, _street(dialect, one).is_not(None),
        _street(dialect, other).is_not(None),
    )  # fmt: skip
    return case(
        (pair.c.rule == "reassigned", "reassigned"),
        (pair.c.rule == "cannot_link", "said_apart"),
        (and_(pair.c.rule == "kind", pair.c.type == "tax_code"), "employer"),
        (and_(pair.c.rule != "kind", home), "household"),
        (pair.c.type == "phone", "shares_phone"),
        (pair.c.type.in_(("email", "email_weak")), "shares_email"),
        else_="shares_id",
    )


def _street(dialect: str, customer: Any) -> ColumnElement[Any]:
    """The street of the address on show; null when it names none."""
    if dialect == "sqlite":
        return func.json_extract(customer.c.doc, "$.addresses[0].line")
    return func.jsonb_extract_path_text(customer.c.doc.cast(postgresql.JSONB), "addresses", "0", "line")


def _since(pair: Any) -> ColumnElement[Any]:
    """When the second of the two was first seen with it; of a number that changed hands its present holder."""
    seen = [_first(rid, pair) for rid in (pair.c.rid, pair.c.other)]
    handed = select(func.min(reassigned.c.since)).where(
        or_(reassigned.c.rid == pair.c.rid, reassigned.c.rid == pair.c.other), reassigned.c.value == pair.c.value
    )
    return case(
        (pair.c.rule == "reassigned", handed.correlate(pair).scalar_subquery()),
        (or_(seen[0].is_(None), seen[1].is_(None)), null()),
        (seen[0] > seen[1], seen[0]),
        else_=seen[1],
    )


def _first(rid: ColumnElement[int], pair: Any) -> Any:
    borne = select(func.min(identifiers.c.first_seen)).where(
        identifiers.c.rid == rid, identifiers.c.type == pair.c.type, identifiers.c.value == pair.c.value
    )
    return borne.correlate(pair).scalar_subquery()
