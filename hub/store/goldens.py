"""What golden records are made from: members, their identifiers, and which values several customers share.

Belongs here: reading these for some customers, under the candidate. Does not: deciding (hub.matching.golden), writing
(promote.py).
"""

from __future__ import annotations

import polars as pl
from sqlalchemy import Connection, func, select

from hub.store.bulk import among
from hub.store.frames import read_frame
from hub.store.tables import blocked_values, candidate_blocked, identifiers, records

CONTACTS = ("phone", "email")
MEMBER = (
    "rid",
    "source",
    "source_id",
    "code",
    "kind",
    "full_name",
    "family_name",
    "given_name",
    "honorific",
    "name_key",
    "company_name",
    "company_key",
    "birth_date",
    "gender",
    "customer_type",
    "first_at",
    "doc",
    "since",
    "echo",
)
BORNE = ("rid", "type", "value", "issuer", "class", "use", "flags", "national", "last_seen")
"""What deciding reads; every column less is time saved on a million records."""
MANY = 2
"""Customers said to share a blocked value: at least so many. It is not counted, so that one more bearer changes nobody."""


def members(conn: Connection, part: pl.DataFrame) -> pl.DataFrame:
    """golden_id and the columns MEMBER of `records`. part: rid, golden_id."""
    wanted = select(*[records.c[name] for name in MEMBER]).where(among(conn, records.c.rid, part["rid"].to_list()))
    return read_frame(conn, wanted).join(part.select("rid", "golden_id"), on="rid")


def borne(conn: Connection, rids: list[int]) -> pl.DataFrame:
    """Identifiers of the records, the columns BORNE."""
    return read_frame(
        conn, select(*[identifiers.c[name] for name in BORNE]).where(among(conn, identifiers.c.rid, rids))
    )


def common(conn: Connection, values: list[str] | None = None) -> pl.DataFrame:
    """Bearers of phones and e-mails that two or more records bear as keys: rid, type, value, use, flags, kind.

    values: only these; None: all.
    """
    twice = (
        select(identifiers.c.type, identifiers.c.value)
        .where(identifiers.c.key, identifiers.c.type.in_(CONTACTS))
        .group_by(identifiers.c.value, identifiers.c.type)
        .having(func.count() > 1)
    )
    if values is not None:
        twice = twice.where(among(conn, identifiers.c.value, values))
    found = twice.subquery()
    statement = (
        select(
            identifiers.c.rid,
            identifiers.c.type,
            identifiers.c.value,
            identifiers.c.use,
            identifiers.c.flags,
            records.c.kind,
        )
        .join(found, (found.c.value == identifiers.c.value) & (found.c.type == identifiers.c.type))
        .join(records, records.c.rid == identifiers.c.rid)
        .where(identifiers.c.key)
    )
    return read_frame(conn, statement)


def with_blocked(conn: Connection, shared: pl.DataFrame) -> pl.DataFrame:
    """Shared values (type, value, customers) with blocked ones at MANY, as they will be once the candidate is promoted."""
    looked_at = read_frame(
        conn, select(candidate_blocked.c.type, candidate_blocked.c.value, candidate_blocked.c.reason)
    )
    stand = read_frame(conn, select(blocked_values.c.type, blocked_values.c.value, blocked_values.c.reason))
    stand = stand.join(looked_at, on=["type", "value"], how="anti")
    blocked = pl.concat([looked_at, stand]).filter(pl.col("reason").is_not_null(), pl.col("type").is_in(CONTACTS))
    many = blocked.select("type", "value").unique().with_columns(customers=pl.lit(MANY, dtype=pl.Int64))
    return pl.concat([shared.join(many, on=["type", "value"], how="anti"), many.select(shared.columns)])
