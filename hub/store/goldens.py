"""What golden records are made from: members, their identifiers, and which values several customers share.

Belongs here: reading these for some customers, under the candidate. Does not: deciding (hub.matching.golden), writing
(promote.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
from sqlalchemy import Connection, Table, select

from hub.store import kept
from hub.store.bulk import among
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
READ = 400_000
DEALT = 80_000
"""Records of a part: read from the store, and of what is kept."""


def parts(conn: Connection, new: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Members (golden_id and the columns MEMBER) and their identifiers (columns BORNE), some customers at a time, by their ids.

    new: rid, golden_id. What is read back from the store is read for very many at once: so nearly in the order in which it
    stands. Of what is kept a part is as large as what is decided together.
    """
    lost, dealt = reassigned(conn), kept.whole(conn)
    slices = list(_slices(new.select("rid", "golden_id").sort("golden_id", "rid"), DEALT if dealt else READ))
    if dealt:
        places = [one.with_columns(place=pl.lit(place, pl.Int64)) for place, one in enumerate(slices)]
        where = pl.concat(places)
        people = kept.deal(conn, records, MEMBER, where, len(slices))
        ids = kept.deal(conn, identifiers, BORNE, where.drop("golden_id"), len(slices))
        yield from ((one, _marked(some, lost)) for one, some in zip(people, ids, strict=True))
    for part in () if dealt else slices:
        yield members(conn, part), borne(conn, part, lost)


def members(conn: Connection, part: pl.DataFrame) -> pl.DataFrame:
    """golden_id and the columns MEMBER of `records`. part: rid, golden_id."""
    return _read(conn, records, MEMBER, part["rid"].to_list()).join(part.select("rid", "golden_id"), on="rid")


def borne(conn: Connection, part: pl.DataFrame, lost: pl.DataFrame) -> pl.DataFrame:
    """Identifiers of the records of `part`, the columns BORNE; those that are `lost` (see `reassigned`) with that flag."""
    return _marked(_read(conn, identifiers, BORNE, part["rid"].to_list()), lost)


def _read(conn: Connection, table: Table, names: Sequence[str], rids: list[int]) -> pl.DataFrame:
    return read_frame(conn, select(*[table.c[name] for name in names]).where(among(conn, table.c.rid, rids)))


def _slices(ordered: pl.DataFrame, size: int) -> Iterator[pl.DataFrame]:
    """Slices of about so many records that cut no customer in two. ordered: by golden_id."""
    start = 0
    while start < ordered.height:
        end = min(start + size, ordered.height)
        last = ordered["golden_id"][end - 1]
        end = ordered["golden_id"].search_sorted(last, side="right")
        yield ordered[start:end]
        start = end


def _marked(found: pl.DataFrame, lost: pl.DataFrame) -> pl.DataFrame:
    """Identifiers; those that are `lost` (see `reassigned`) with that flag."""
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
