"""What the sources' own times and addresses say of some records, for telling whether a number changed hands.

Belongs here: three small SELECTs. Does not: what follows (hub.matching.holders), when values began (since.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson
import polars as pl
from sqlalchemy import Connection, func, select

from hub.store import kept
from hub.store.bulk import among
from hub.store.frames import read_frame
from hub.store.tables import identifiers, orders, records

MANY = 2_000
"""From so many records on, all that is kept is read in its order."""
PARTS = ("line", "ward", "district", "province")


def seen(conn: Connection, rids: list[int], types: Sequence[str]) -> pl.DataFrame:
    """rid, type, value, issuer, first, last of what these records bear as keys of these types; null where the source tells
    no time. Very many are taken from what is kept of a first load: each read of its own would wait for the disk."""
    names = ("rid", "type", "value", "issuer", "first_seen", "last_seen")
    if len(rids) >= MANY and kept.whole(conn):
        found = kept.rows_of(conn, identifiers, (*names, "key"), rids).filter(
            pl.col("key") & pl.col("type").is_in(types)
        )
    else:
        borne = select(*[identifiers.c[name] for name in names]).where(identifiers.c.key, identifiers.c.type.in_(types))
        found = read_frame(conn, borne.where(among(conn, identifiers.c.rid, rids)))
    return found.select(*names[:4], first="first_seen", last="last_seen")


def used(conn: Connection, rids: list[int]) -> pl.DataFrame:
    """rid, at: the newest order of those records that have one."""
    whose = (records.c.source == orders.c.source) & (records.c.source_id == orders.c.customer_source_id)
    if conn.scalar(select(orders.c.rid).limit(1)) is None:
        return pl.DataFrame(schema={"rid": pl.Int64, "at": pl.String})
    newest = select(records.c.rid, func.max(orders.c.at).label("at")).join(orders, whose)
    return read_frame(conn, newest.where(among(conn, records.c.rid, rids)).group_by(records.c.rid))


def homes(conn: Connection, rids: list[int]) -> pl.DataFrame:
    """rid, home: every address of these records that names a street, as one text in small letters."""
    wanted = select(records.c.rid, records.c.doc).where(among(conn, records.c.rid, rids))
    rows = [
        (rid, ", ".join(one[part] for part in PARTS if one.get(part)).casefold())
        for rid, doc in read_frame(conn, wanted).iter_rows()
        for one in orjson.loads(doc).get("addresses") or ()
        if one.get("line")
    ]
    return pl.DataFrame(rows, schema={"rid": pl.Int64, "home": pl.String}, orient="row")
