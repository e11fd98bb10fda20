"""What golden records are made from: members, their identifiers, and which values several customers share.

Belongs here: reading these for some customers, under the candidate. Does not: deciding (hub.matching.golden), writing
(promote.py).
"""

from __future__ import annotations

import polars as pl
from sqlalchemy import Connection, select

from hub.store import kept
from hub.store.frames import read_frame
from hub.store.tables import candidate_reassigned, candidate_shared, identifiers, records

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
BORNE = ("rid", "type", "value", "issuer", "class", "use", "flags", "national", "last_seen", "key")
"""What deciding reads; every column less is time saved on a million records."""


def members(conn: Connection, part: pl.DataFrame) -> pl.DataFrame:
    """golden_id and the columns MEMBER of `records`. part: rid, golden_id."""
    return kept.of_records(conn, records, MEMBER, part).join(part.select("rid", "golden_id"), on="rid")


def borne(conn: Connection, part: pl.DataFrame, lost: pl.DataFrame) -> pl.DataFrame:
    """Identifiers of the records of `part`, the columns BORNE; those that are `lost` (see `reassigned`) with that flag."""
    found = kept.of_records(conn, identifiers, BORNE, part)
    if lost.is_empty():
        return found
    flags = pl.concat_list(pl.col("flags").str.split("|"), pl.lit("reassigned")).list.sort().list.join("|")
    marks = lost.select("rid", "type", "value", gone=pl.lit(value=True))
    told = found.join(marks, on=["rid", "type", "value"], how="left", maintain_order="left")
    return told.with_columns(flags=pl.when("gone").then(flags.str.strip_chars_start("|")).otherwise("flags")).drop(
        "gone"
    )


def reassigned(conn: Connection) -> pl.DataFrame:
    """Identifiers of records that somebody else holds now, as the candidate has it: rid, type, value."""
    columns = (candidate_reassigned.c[name] for name in ("rid", "type", "value"))
    return read_frame(conn, select(*columns).distinct())


def shared(conn: Connection) -> pl.DataFrame:
    """Values that several customers share, as the candidate has it: type, value, customers."""
    return read_frame(conn, select(candidate_shared))
