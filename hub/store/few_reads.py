"""What a few records ask of the store, as plain rows: the same facts that scope.py and promote.py read as frames.

Belongs here: statements by index, run by the driver. Does not: what follows from them (flow.few), writing (few_writes.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, exists, literal, or_, select

from hub.store.compiled import listed, packed, rows
from hub.store.goldens import BORNE, MEMBER
from hub.store.reviews import ASIDE, WAITING
from hub.store.scope import RECORDS
from hub.store.tables import (
    blocked_values,
    consents,
    created_records,
    customers,
    dirty_customers,
    dirty_records,
    dirty_reviews,
    dirty_values,
    edges,
    held_joins,
    identifiers,
    judgements,
    meta,
    pins,
    reassigned,
    records,
    refusals,
    reviews,
    suggestions,
    xref,
    xref_past,
)

Row = dict[str, Any]
PERSON = tuple(dict.fromkeys((*RECORDS, *MEMBER, "stamp")))
"""Columns of a record: all that matching and the golden record read."""
IDENTIFIER = tuple(dict.fromkeys(("rid", "n", *BORNE, "raw", "first_seen")))
BEARER = ("rid", "type", "value", "issuer", "key", "flags", "kind", "name_given", "name_level", "company_key")
HELD = ("golden_id", "status", "version", "kind", "digest", "doc", "provenance", "created_at", "updated_at", "run_id",
        "inputs")  # fmt: skip
JOIN = ("rid_a", "rid_b", "rule", "type", "value", "issuer")
MOST_BEARERS = 500
"""A value with more bearers is not for a few rows."""
Value = tuple[str, str, str]
"""type, value, issuer."""


def _as_dicts(names: Sequence[str], found: Sequence[tuple[Any, ...]]) -> list[Row]:
    return [dict(zip(names, row, strict=True)) for row in found]


def _notes(sqlite: bool) -> Select[Any]:
    return select(meta.c.key, meta.c.value).where(listed(meta.c.key, "keys", sqlite))


def notes(conn: Connection, keys: Sequence[str]) -> Mapping[str, str]:
    """Those of the notes that are there."""
    return dict(rows(conn, _notes, keys=packed(conn, keys)))


def _dirty(sqlite: bool) -> Select[Any]:
    return select(dirty_records.c.rid).order_by(dirty_records.c.rid).limit(bindparam("most"))


def dirty(conn: Connection, most: int) -> list[int]:
    """Up to so many records that wait to be matched."""
    return [row[0] for row in rows(conn, _dirty, most=most)]


def _lost(sqlite: bool) -> Select[Any]:
    return select(dirty_values.c.type, dirty_values.c.value, dirty_values.c.issuer).limit(bindparam("most"))


def lost(conn: Connection, most: int) -> list[Value]:
    """Up to so many values that a record bears no more."""
    return [(row[0], row[1], row[2]) for row in rows(conn, _lost, most=most)]


def _waits() -> Any:
    return or_(*[reviews.c.state == one for one in WAITING])


def _unusual(sqlite: bool) -> Select[Any]:
    over = (pins.c.active, pins.c.until.is_not(None), pins.c.until <= bindparam("now"))
    asked = (_waits(), reviews.c.kind == "held")
    return select(
        or_(
            exists(select(dirty_customers.c.golden_id)), exists(select(dirty_reviews.c.rid)),
            exists(select(pins.c.pin_id).where(*over)), exists(select(held_joins.c.a).where(held_joins.c.state == "held")),
            exists(select(reviews.c.review_id).where(*asked)),
        )
    )  # fmt: skip


def unusual(conn: Connection, now: str) -> bool:
    """Whether anything waits beside changed records: customers, orders' questions, pins whose time is over, held joins."""
    return bool(rows(conn, _unusual, now=now)[0][0])


def _people(sqlite: bool) -> Select[Any]:
    return select(*[records.c[name] for name in PERSON]).where(listed(records.c.rid, "rids", sqlite))


def people(conn: Connection, rids: Sequence[int]) -> list[Row]:
    """Records with the columns PERSON."""
    return _as_dicts(PERSON, rows(conn, _people, rids=packed(conn, rids))) if rids else []


def _borne(sqlite: bool) -> Select[Any]:
    told = select(*[identifiers.c[name] for name in IDENTIFIER]).where(listed(identifiers.c.rid, "rids", sqlite))
    return told.order_by(identifiers.c.rid, identifiers.c.n)


def borne(conn: Connection, rids: Sequence[int]) -> list[Row]:
    """Identifiers of these records, with the columns IDENTIFIER."""
    return _as_dicts(IDENTIFIER, rows(conn, _borne, rids=packed(conn, rids))) if rids else []


def _bearers(sqlite: bool) -> Select[Any]:
    told = [(identifiers if name in identifiers.c else records).c[name] for name in BEARER]
    joined = identifiers.join(records, records.c.rid == identifiers.c.rid)
    return select(*told).select_from(joined).where(listed(identifiers.c.value, "values", sqlite)).limit(MOST_BEARERS)


def bearers(conn: Connection, values: Sequence[Value]) -> list[Row] | None:
    """Who bears these values, whether as keys or not, with the columns BEARER; None when they are very many."""
    found = rows(conn, _bearers, values=packed(conn, sorted({value for _, value, _ in values})))
    wanted = set(values)
    told = [one for one in _as_dicts(BEARER, found) if (one["type"], one["value"], one["issuer"]) in wanted]
    return None if len(found) == MOST_BEARERS else told


def _blocked(sqlite: bool) -> Select[Any]:
    return select(blocked_values).where(listed(blocked_values.c.value, "values", sqlite))


def blocked(conn: Connection, values: Sequence[Value]) -> dict[Value, tuple[int, int, str]]:
    """Those of the values that join nobody: names, nameless, reason."""
    found = rows(conn, _blocked, values=packed(conn, sorted({value for _, value, _ in values})))
    wanted = set(values)
    return {(row[0], row[1], row[2]): (row[3], row[4], row[5]) for row in found if (row[0], row[1], row[2]) in wanted}


def _members(sqlite: bool) -> Select[Any]:
    mine = xref.alias("mine")
    whose = select(mine.c.golden_id).where(listed(mine.c.rid, "rids", sqlite))
    return select(xref.c.rid, xref.c.golden_id, xref.c.rule).where(xref.c.golden_id.in_(whose))


def members(conn: Connection, rids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """rid → golden id and rule, of all records of the customers to whom these belong."""
    return {row[0]: (row[1], row[2]) for row in rows(conn, _members, rids=packed(conn, rids))}


def _created(sqlite: bool) -> Any:
    own, anchor = records.alias("own"), records.alias("anchor")
    named = created_records.c.anchor == anchor.c.source.concat(literal(":")).concat(anchor.c.source_id)
    mine = and_(own.c.source == created_records.c.source, own.c.source_id == created_records.c.source_id)
    by_own = select(own.c.rid.label("one"), created_records.c.anchor.label("name")).join_from(
        own, created_records, mine
    )
    by_anchor = select(own.c.rid.label("one"), created_records.c.anchor.label("name")).select_from(
        anchor.join(created_records, named).outerjoin(own, mine)
    )
    return by_own.where(listed(own.c.rid, "rids", sqlite)).union(by_anchor.where(listed(anchor.c.rid, "rids", sqlite)))


def created(conn: Connection, rids: Sequence[int]) -> list[tuple[int | None, str]]:
    """Records that the hub created, among these or anchored at one of them: rid (null: not there), name of the anchor."""
    return [(row[0], row[1]) for row in rows(conn, _created, rids=packed(conn, rids))]


def _record(sqlite: bool) -> Select[Any]:
    return select(records.c.rid).where(
        records.c.source == bindparam("source"), records.c.source_id == bindparam("source_id")
    )


def record(conn: Connection, name: str) -> int | None:
    """The rid of a record by its name (`source:source_id`), None when it is not there."""
    source, _, source_id = name.partition(":")
    found = rows(conn, _record, source=source, source_id=source_id)
    return int(found[0][0]) if found else None


def _told(sqlite: bool) -> Select[Any]:
    def named(*columns: Any) -> Any:
        return or_(*[listed(one, "names", sqlite) for one in columns])

    said = and_(judgements.c.active, named(judgements.c.a, judgements.c.b))
    past = or_(listed(xref_past.c.rid, "rids", sqlite), listed(xref_past.c.golden_id, "ids", sqlite))
    pinned = and_(pins.c.active, or_(named(pins.c.anchor), listed(pins.c.golden_id, "ids", sqlite)))
    agreed = or_(named(consents.c.anchor), listed(consents.c.golden_id, "ids", sqlite))
    scored = or_(listed(suggestions.c.rid_a, "rids", sqlite), listed(suggestions.c.rid_b, "rids", sqlite))
    return select(
        or_(
            exists(select(judgements.c.id).where(said)), exists(select(xref_past.c.rid).where(past)),
            exists(select(reassigned.c.rid).where(listed(reassigned.c.rid, "rids", sqlite))),
            exists(select(pins.c.pin_id).where(pinned)), exists(select(consents.c.consent_id).where(agreed)),
            exists(select(suggestions.c.rid_a).where(scored)),
            exists(select(customers.c.golden_id).where(listed(customers.c.merged_into, "ids", sqlite))),
        )
    )  # fmt: skip


def told(conn: Connection, rids: Sequence[int], names: Sequence[str], ids: Sequence[str]) -> bool:
    """Whether anything beside the records themselves has a say in these customers.

    rids, names: the records; ids: their golden ids. Judgements, former ids, numbers that changed hands, pins, consents,
    suggestions, customers that were merged into them.
    """
    given = {"rids": packed(conn, rids), "names": packed(conn, names), "ids": packed(conn, ids)}
    return bool(rows(conn, _told, **given)[0][0])


def _asked(sqlite: bool) -> Select[Any]:
    mine = or_(listed(reviews.c.a, "names", sqlite), listed(reviews.c.b, "names", sqlite))
    aside = [reviews.c.kind != one for one in ASIDE]
    return select(exists(select(reviews.c.review_id).where(mine, _waits(), *aside)))


def asked(conn: Connection, names: Sequence[str]) -> bool:
    """Whether a question about one of these records waits."""
    return bool(rows(conn, _asked, names=packed(conn, names))[0][0])


def _customers(sqlite: bool) -> Select[Any]:
    return select(*[customers.c[name] for name in HELD]).where(listed(customers.c.golden_id, "ids", sqlite))


def held(conn: Connection, ids: Sequence[str]) -> dict[str, Row]:
    """Customers that are there, by golden id, with the columns HELD."""
    return (
        {row["golden_id"]: row for row in _as_dicts(HELD, rows(conn, _customers, ids=packed(conn, ids)))} if ids else {}
    )


def _codes(sqlite: bool) -> Select[Any]:
    return select(customers.c.customer_code).where(listed(customers.c.customer_code, "codes", sqlite))


def taken(conn: Connection, codes: Sequence[str]) -> set[str]:
    """Those of the customer codes that somebody bears."""
    return {row[0] for row in rows(conn, _codes, codes=packed(conn, codes))}


def _edges(sqlite: bool) -> Select[Any]:
    mine = or_(listed(edges.c.rid_a, "rids", sqlite), listed(edges.c.rid_b, "rids", sqlite))
    return select(*[edges.c[name] for name in JOIN]).where(mine)


def joined(conn: Connection, rids: Sequence[int]) -> list[tuple[Any, ...]]:
    """Edges of these records, columns JOIN."""
    return [tuple(row) for row in rows(conn, _edges, rids=packed(conn, rids))]


def _refusals(sqlite: bool) -> Select[Any]:
    mine = or_(listed(refusals.c.rid_a, "rids", sqlite), listed(refusals.c.rid_b, "rids", sqlite))
    return select(*[refusals.c[name] for name in JOIN], refusals.c.related).where(mine)


def refused(conn: Connection, rids: Sequence[int]) -> list[tuple[Any, ...]]:
    """Refusals of these records, columns JOIN and related."""
    return [(*row[:-1], bool(row[-1])) for row in rows(conn, _refusals, rids=packed(conn, rids))]
