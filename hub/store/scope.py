"""What a matching run works on: everything, or whole components around what changed, as frames.

Belongs here: growing the set of records, reading the frames that `hub.matching` takes. Does not: deciding (hub.matching),
writing the candidate (candidate.py). Which values to grow through is asked of the caller (`hub.matching.guards.frontier`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import polars as pl
from sqlalchemy import Connection, Select, func, select

from hub.store import kept
from hub.store.bulk import among
from hub.store.frames import read_frame
from hub.store.normalized import counted
from hub.store.tables import (
    blocked_values,
    customers,
    dirty_customers,
    dirty_records,
    dirty_values,
    identifiers,
    records,
    refusals,
    xref,
    xref_past,
)
from hub.store.words import sent_pairs, words

VALUE = ["type", "value", "issuer"]
RECORDS = (
    "rid",
    "source",
    "source_id",
    "kind",
    "full_name",
    "name_key",
    "name_given",
    "name_level",
    "name_toned",
    "company_name",
    "company_key",
    "birth_date",
    "customer_type",
)
IDENTIFIERS = ("rid", "type", "value", "issuer", "class", "use", "key", "flags")


class Frontier(Protocol):
    """What the caller says of some values: which to grow through, which are blocked now."""

    @property
    def expand(self) -> pl.DataFrame:
        """Values to grow through."""
        ...

    @property
    def blocked(self) -> pl.DataFrame:
        """Values that join nobody."""
        ...


@dataclass(slots=True)
class Scope:
    """The frames of one run. full: everything. own_ids also says where a former id leads (merged_into).

    blocked: None when matching must count it itself. gone: rids that have left.
    """

    full: bool
    records: pl.DataFrame
    identifiers: pl.DataFrame
    judgements: pl.DataFrame
    receipts: pl.DataFrame
    previous: pl.DataFrame
    own_ids: pl.DataFrame
    blocked: pl.DataFrame | None = None
    checked: pl.DataFrame | None = None
    gone: list[int] = field(default_factory=list)


def dirty(conn: Connection) -> int:
    """How many records, values and customers wait to be matched; 0 = nothing to do."""
    return sum(
        conn.scalar(select(func.count()).select_from(t)) or 0 for t in (dirty_records, dirty_values, dirty_customers)
    )


def dirty_rids(conn: Connection) -> list[int]:
    """Records that wait to be matched."""
    return list(conn.scalars(select(dirty_records.c.rid)))


def share(conn: Connection, size: int) -> float:
    """The share of all `size` records that is dirty."""
    return (conn.scalar(select(func.count()).select_from(dirty_records)) or 0) / max(size, 1)


def size(conn: Connection, matched: int) -> int:
    """How many records there are. matched: how many were when matching was last promoted (0: it never was).

    Since then only what is dirty came or went, so that nothing else is counted.
    """
    if not matched:
        return conn.scalar(select(func.count()).select_from(records)) or 0
    known = select(xref.c.rid).where(xref.c.rid == dirty_records.c.rid).exists()
    come = conn.scalar(select(func.count()).select_from(dirty_records).where(~known)) or 0
    there = select(records.c.rid).where(records.c.rid == xref.c.rid).exists()
    mine = xref.c.golden_id.in_(select(dirty_customers.c.golden_id))
    gone = conn.scalar(select(func.count()).select_from(xref).where(mine, ~there)) or 0
    return matched + come - gone


def everything(conn: Connection) -> Scope:
    """All records."""
    people = kept.everything(conn, records, RECORDS)
    ids = kept.everything(conn, identifiers, IDENTIFIERS)
    held = read_frame(conn, _previous())
    gone = held.join(people, on="rid", how="anti")["rid"].to_list()
    stay = held.join(people.select("rid"), on="rid", how="semi")
    return Scope(True, people, ids, words(conn), sent_pairs(conn), stay, read_frame(conn, _own()), gone=gone)


def _previous() -> Select[Any]:
    return select(xref.c.rid, xref.c.golden_id, customers.c.created_at).join(
        customers, customers.c.golden_id == xref.c.golden_id
    )


def _own() -> Select[Any]:
    return _retired(select(xref_past.c.rid, xref_past.c.golden_id, customers.c.created_at, customers.c.merged_into))


def _retired(statement: Select[Any]) -> Select[Any]:
    """Of former ids those that no record bears which is there; that of a customer whose last record leaves is one too."""
    there = xref.join(records, records.c.rid == xref.c.rid)
    borne = select(xref.c.rid).select_from(there).where(xref.c.golden_id == xref_past.c.golden_id).exists()
    joined = statement.join(customers, customers.c.golden_id == xref_past.c.golden_id)
    return joined.where(customers.c.status != "erased", ~borne)


class _Growth:
    """The set of records while it grows, by values, former customers, judgements and receipts."""

    def __init__(self, conn: Connection, ask: Callable[[pl.DataFrame, pl.DataFrame, pl.DataFrame], Frontier]) -> None:
        self.conn, self.ask = conn, ask
        self.loaded: set[int] = set()
        self.golden: set[str] = set()
        self.checked = pl.DataFrame(schema=dict.fromkeys(VALUE, pl.String))
        self.blocked: list[pl.DataFrame] = []
        self.gone: set[int] = set()
        self.was_blocked = read_frame(conn, select(blocked_values))
        self.partners = pl.concat(
            [
                words(conn).filter(pl.col("verdict") == "same").select(a="rid_a", b="rid_b"),
                sent_pairs(conn).select(a="rid", b="anchor_rid"),
            ]
        )

    def run(self, limit: float) -> bool:
        """Grow until nothing is added; False when more than `limit` records came together."""
        first = read_frame(self.conn, select(dirty_records.c.rid))["rid"].to_list()
        new = self.add(first) | self.customers(list(self.conn.scalars(select(dirty_customers.c.golden_id))))
        values = read_frame(self.conn, select(dirty_values))
        while new or not values.is_empty():
            if len(self.loaded) > limit:
                return False
            rids = sorted(new)
            values = pl.concat([values, self.borne(rids)]).unique()
            new = self.add(self.bearers(values)) | self.add(self.others(rids)) | self.members(rids)
            values = values.clear()
        return True

    def add(self, rids: list[int]) -> set[int]:
        """Those of the rids that are records and were not loaded before."""
        fresh = sorted(set(rids) - self.loaded)
        there = (
            set(self.conn.scalars(select(records.c.rid).where(among(self.conn, records.c.rid, fresh))))
            if fresh
            else set()
        )
        self.loaded |= there
        return there

    def borne(self, rids: list[int]) -> pl.DataFrame:
        """Values by which records are counted."""
        statement = select(identifiers.c.type, identifiers.c.value, identifiers.c.issuer).distinct()
        return read_frame(self.conn, statement.where(among(self.conn, identifiers.c.rid, rids), counted()))

    def bearers(self, values: pl.DataFrame) -> list[int]:
        """The records to load for values that were not looked at before."""
        fresh = values.join(self.checked, on=VALUE, how="anti")
        if fresh.is_empty():
            return []
        self.checked = pl.concat([self.checked, fresh])
        wanted = among(self.conn, identifiers.c.value, fresh["value"].unique().to_list())
        ids = read_frame(self.conn, select(*[identifiers.c[name] for name in IDENTIFIERS]).where(wanted)).join(
            fresh, on=VALUE, how="semi"
        )
        rids = ids["rid"].unique().to_list()
        people = read_frame(
            self.conn, select(*[records.c[name] for name in RECORDS]).where(among(self.conn, records.c.rid, rids))
        )
        found = self.ask(people, ids, self.was_blocked)
        self.blocked.append(found.blocked)
        bearing: list[int] = ids.filter("key").join(found.expand, on=VALUE, how="semi")["rid"].unique().to_list()
        return bearing

    def others(self, rids: list[int]) -> list[int]:
        """The other records of same-judgements and receipts."""
        there = pl.col("a").is_in(rids) | pl.col("b").is_in(rids)
        pairs = self.partners.filter(there)
        return [*pairs["a"], *pairs["b"]]

    def members(self, rids: list[int]) -> set[int]:
        """The records of the customers to which these belong now, and of retired ids that they bore."""
        if not rids:
            return set()
        held = select(xref.c.golden_id).where(among(self.conn, xref.c.rid, rids)).distinct()
        return self.customers([*self.conn.scalars(held), *self.bore(rids)])

    def bore(self, rids: list[int]) -> list[str]:
        """Retired ids of these records."""
        past = _retired(select(xref_past.c.golden_id)).where(among(self.conn, xref_past.c.rid, rids))
        return list(self.conn.scalars(past.distinct()))

    def customers(self, golden_ids: list[str]) -> set[int]:
        """The records that bear these ids or bore them; those that have left are noted, with what hung on them.

        Who inherits an id, and where a retired one leads, depends on all of them. A refusal falls with either record.
        """
        fresh = sorted(set(golden_ids) - self.golden)
        if not fresh:
            return set()
        self.golden |= set(fresh)
        rids = list(self.conn.scalars(select(xref.c.rid).where(among(self.conn, xref.c.golden_id, fresh))))
        past = list(self.conn.scalars(select(xref_past.c.rid).where(among(self.conn, xref_past.c.golden_id, fresh))))
        new = self.add([*rids, *past])
        gone = set(rids) - self.loaded - self.gone
        self.gone |= gone
        left = sorted(gone)
        return new | self.add(self.refused(left)) | self.customers(self.bore(left)) if gone else new

    def refused(self, rids: list[int]) -> list[int]:
        """Both records of the refusals that name one of these."""
        named = among(self.conn, refusals.c.rid_a, rids) | among(self.conn, refusals.c.rid_b, rids)
        return [
            rid for pair in self.conn.execute(select(refusals.c.rid_a, refusals.c.rid_b).where(named)) for rid in pair
        ]


def around(
    conn: Connection, ask: Callable[[pl.DataFrame, pl.DataFrame, pl.DataFrame], Frontier], limit: float
) -> Scope | None:
    """Whole components around what is dirty; None when they hold more than `limit` records (then take everything)."""
    growth = _Growth(conn, ask)
    if not growth.run(limit):
        return None
    rids = sorted(growth.loaded)
    people = read_frame(conn, select(*[records.c[name] for name in RECORDS]).where(among(conn, records.c.rid, rids)))
    ids = read_frame(
        conn, select(*[identifiers.c[name] for name in IDENTIFIERS]).where(among(conn, identifiers.c.rid, rids))
    )
    inside = people.select("rid")
    pairs = (
        words(conn)
        .join(inside, left_on="rid_a", right_on="rid", how="semi")
        .join(inside, left_on="rid_b", right_on="rid", how="semi")
    )
    receipts = (
        sent_pairs(conn)
        .join(inside, on="rid", how="semi")
        .join(inside, left_on="anchor_rid", right_on="rid", how="semi")
    )
    previous = read_frame(conn, _previous().where(among(conn, xref.c.rid, rids)))
    own = read_frame(conn, _own().where(among(conn, xref_past.c.rid, rids)))
    blocked = pl.concat(growth.blocked) if growth.blocked else read_frame(conn, select(blocked_values)).clear()
    return Scope(False, people, ids, pairs, receipts, previous, own, blocked, growth.checked, sorted(growth.gone))
