"""Building the index of customers: in segments, from the customers themselves or from what the change feed tells.

Belongs here: segments and their places. Does not: grams (search_words.py), looking (search.py).
Nothing in a segment ever changes. A customer that changed comes into a new one; the older entry is found too and falls out
when it is compared with the customer. Small segments are made one as they become many, and all anew when most has changed.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from sqlalchemy import Connection, Select, delete, func, insert, select

from hub.store.bulk import among, insert_frame, is_sqlite, next_number
from hub.store.engine import Store
from hub.store.frames import read_frame
from hub.store.search_words import gram_frame
from hub.store.tables import changes, customers, search_grams, search_segments

SIZE = 65_536
"""Customers of a segment at most: a place fits in 16 bits."""
DENSE = SIZE // 16
"""From so many places on a bit for each customer takes less room than their numbers."""
SMALL = 4_096
MANY_SMALL = 12
TOO_MANY = -1
EVERY_LINE = 2**62
ALONE = 0x68756273
"""PostgreSQL's number of the lock on building."""
COLUMNS = ("golden_id", "full_name", "company_name", "emails", "phones")


def built(conn: Connection) -> bool:
    """Whether there is a whole index."""
    return reached(conn) >= 0


def reached(conn: Connection) -> int:
    """The number of the change feed up to which customers are indexed; negative without an index, or as long as it is being
    built (one number for each building, so that segment and seq tell what is in it)."""
    return int(conn.scalar(select(func.coalesce(func.max(search_segments.c.seq), -1))) or 0)


def changed_since(conn: Connection, seq: int, most: int) -> list[str] | None:
    """Customers of whom the feed tells something after `seq`; None when they are more than `most`.

    The lines are taken first (the limit says so to the planner, which would else walk an index over all customers).
    """
    told = select(changes.c.golden_id).where(changes.c.seq > seq).order_by(changes.c.seq).limit(EVERY_LINE).subquery()
    ids = list(conn.scalars(select(told.c.golden_id).distinct().limit(most + 1)))
    return None if len(ids) > most else ids


def build(store: Store) -> int:
    """Index all customers anew, a segment in each transaction, so that nobody waits for long; how many.

    What changes meanwhile is told by the feed after the position at which the building began.
    """
    with store.begin() as conn:
        _alone(conn)
        drop(conn)
        seq = _position(conn)
    count, last, unfinished = 0, "", -1 - secrets.randbits(40)
    while True:
        with store.read() as conn:
            made = _made(_after(conn, last))
        with store.begin() as conn:
            _alone(conn)
            _keep(conn, made, unfinished if made.ids else seq)
        if not made.ids:
            return count
        count, last = count + len(made.ids), made.ids[-1]


def _after(conn: Connection, last: str) -> pl.DataFrame:
    """The next customers in order of their ids."""
    held = select(*[customers.c[name] for name in COLUMNS])
    held = held.where(customers.c.status == "active", customers.c.golden_id > last)
    return read_frame(conn, held.order_by(customers.c.golden_id).limit(SIZE))


def follow(conn: Connection, most: int | None = None) -> int:
    """Index what changed since the index was last touched, in the caller's transaction; how many.

    Nothing happens without an index; TOO_MANY when more than `most` have changed, or so many that it is better built anew.
    """
    seq = reached(conn)
    if seq < 0 or seq == _position(conn):
        return 0
    _alone(conn)
    indexed = int(conn.scalar(select(func.sum(search_segments.c.size))) or 0)
    ids = changed_since(conn, seq, most if most is not None else indexed + SMALL)
    if ids is None:
        return TOO_MANY
    if indexed + len(ids) > 2 * _living(conn) + 4 * SMALL:
        return TOO_MANY
    for at in range(0, len(ids), SIZE):
        _keep(conn, _made(_read(conn, ids[at : at + SIZE])), _position(conn))
    _gather(conn)
    return len(ids)


def behind(conn: Connection) -> int:
    """How many changes the feed has told since the index was touched; 0 without an index."""
    seq = reached(conn)
    return _position(conn) - seq if seq >= 0 else 0


def drop(conn: Connection) -> None:
    """Take the index away; it is built anew when somebody searches."""
    conn.execute(delete(search_grams))
    conn.execute(delete(search_segments))


def _living(conn: Connection) -> int:
    return int(conn.scalar(select(func.count()).where(customers.c.status == "active")) or 0)


def _alone(conn: Connection) -> None:
    """One writer of the index at a time, until the transaction ends (SQLite has one writer anyway)."""
    if not is_sqlite(conn):
        conn.execute(select(func.pg_advisory_xact_lock(ALONE)))


def _position(conn: Connection) -> int:
    return int(conn.scalar(select(func.coalesce(func.max(changes.c.seq), 0))) or 0)


def _read(conn: Connection, ids: Sequence[str]) -> pl.DataFrame:
    held: Select[Any] = select(*[customers.c[name] for name in COLUMNS])
    return read_frame(conn, held.where(customers.c.status == "active", among(conn, customers.c.golden_id, ids)))


def _gather(conn: Connection) -> None:
    """Make one of the small segments once they are many."""
    mine = select(search_segments.c.segment, search_segments.c.ids).where(search_segments.c.size < SMALL)
    rows = conn.execute(mine.order_by(search_segments.c.segment)).all()
    if len(rows) <= MANY_SMALL:
        return
    numbers = [int(row.segment) for row in rows]
    conn.execute(delete(search_grams).where(search_grams.c.segment.in_(numbers)))
    conn.execute(delete(search_segments).where(search_segments.c.segment.in_(numbers)))
    ids = sorted({one for row in rows for one in ids_of(row.ids)})
    for at in range(0, len(ids), SIZE):
        _keep(conn, _made(_read(conn, ids[at : at + SIZE])), _position(conn))


@dataclass(frozen=True, slots=True)
class Made:
    """A segment before it is written: golden ids by place, grams and their places."""

    ids: Sequence[str]
    grams: pl.Series
    blobs: Sequence[bytes]


def _made(rows: pl.DataFrame) -> Made:
    """rows: in the order of their places, at most SIZE."""
    placed = rows.with_columns(place=pl.int_range(pl.len(), dtype=pl.UInt32).cast(pl.UInt16))
    told = gram_frame(placed).group_by("gram").agg("place").sort("gram")
    return Made(
        rows["golden_id"].to_list(), told["gram"], [packed(one.to_numpy(), rows.height) for one in told["place"]]
    )


def _keep(conn: Connection, made: Made, seq: int) -> None:
    """Write one segment."""
    number = next_number(conn, search_segments.c.segment)
    ids = b"".join(uuid.UUID(one).bytes for one in made.ids)
    conn.execute(insert(search_segments).values(segment=number, size=len(made.ids), seq=seq, ids=ids))
    places = pl.Series("places", made.blobs, dtype=pl.Binary)
    if not is_sqlite(conn):  # COPY reads bytes as hexadecimal text
        places = ("\\x" + places.bin.encode("hex")).alias("places")
    insert_frame(conn, search_grams, pl.DataFrame([made.grams, places]), {"segment": number})


def packed(places: np.ndarray[Any, np.dtype[np.uint16]], size: int) -> bytes:
    """Places of a segment as bytes: `b` and a bit for each customer, or `n` and the numbers, little-endian."""
    if len(places) < DENSE:
        return b"n" + np.sort(places).astype("<u2").tobytes()
    bits = np.zeros(size, dtype=np.uint8)
    bits[places] = 1
    return b"b" + np.packbits(bits).tobytes()


def unpacked(blob: bytes, size: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """A flag for each customer of a segment."""
    if blob[:1] == b"b":
        return np.unpackbits(np.frombuffer(blob, np.uint8, offset=1), count=size).astype(np.bool_)
    flags = np.zeros(size, dtype=np.bool_)
    flags[np.frombuffer(blob, "<u2", offset=1)] = True
    return flags


def ids_of(blob: bytes) -> list[str]:
    """Golden ids of a segment, by place."""
    return [str(uuid.UUID(bytes=blob[at : at + 16])) for at in range(0, len(blob), 16)]
