"""Work that waits for normalizing: landed payloads in bounded chunks, and what is taken off the list.

Belongs here: reading `waiting` with its payloads, removals, what was sent to these records. Does not: writing the
normalized rows (normalized.py, orders.py), quarantine (quarantine.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import polars as pl
from sqlalchemy import Connection, delete, insert, select

from hub.model import Json, RawRecord
from hub.store.bulk import among
from hub.store.frames import read_frame
from hub.store.tables import landed, raw_records, sent, waiting

CHUNK = 50_000


def next_chunk(conn: Connection, source: str, stream: str, after: int = -1, size: int = CHUNK) -> pl.DataFrame:
    """Up to `size` waiting records by rid: rid, source_id, state, raw_id, payload, updated_at (as the source said)."""
    by_waiting = landed.c.source.concat("") == source  # no index fits: the list leads, not every record of the source
    statement = (
        select(
            landed.c.rid,
            landed.c.source_id,
            landed.c.state,
            landed.c.raw_id,
            raw_records.c.payload,
            raw_records.c.updated_at,
        )
        .select_from(
            waiting.join(landed, landed.c.rid == waiting.c.rid).join(
                raw_records, raw_records.c.raw_id == landed.c.raw_id
            )
        )
        .where(by_waiting, landed.c.stream == stream, waiting.c.rid > after)
        .order_by(waiting.c.rid)
        .limit(size)
    )
    return read_frame(conn, statement)


def few(conn: Connection, most: int) -> bool:
    """Whether no more than `most` records wait, of all sources."""
    return len(conn.scalars(select(waiting.c.rid).limit(most + 1)).all()) <= most


def current(chunk: pl.DataFrame) -> pl.DataFrame:
    """The rows of a chunk that are to be normalized: those that are there and whose payload was not erased."""
    return chunk.filter(pl.col("state") != "removed", pl.col("payload") != "")


def removed(chunk: pl.DataFrame) -> list[int]:
    """The rids of a chunk that are to be taken out."""
    rids: list[int] = chunk.filter(pl.col("state") == "removed")["rid"].to_list()
    return rids


def raws(chunk: pl.DataFrame) -> list[RawRecord]:
    """The chunk as payloads, one by one."""
    return [RawRecord(*row) for row in chunk.select("source_id", "payload", "updated_at").iter_rows()]


def done(conn: Connection, chunk: pl.DataFrame) -> None:
    """Take a chunk off the list."""
    conn.execute(delete(waiting).where(among(conn, waiting.c.rid, chunk["rid"].to_list())))


def all_again(conn: Connection, source: str) -> None:
    """Let every record of a source that is not removed wait again."""
    here = select(landed.c.rid).where(landed.c.source == source, landed.c.state != "removed")
    conn.execute(insert(waiting).from_select(["rid"], here.where(landed.c.rid.not_in(select(waiting.c.rid)))))


def sent_fields(
    conn: Connection, destinations: Sequence[str], source_ids: Sequence[str]
) -> dict[str, Mapping[str, Json]]:
    """What was acknowledged for these records: source id → field → value; of several destinations the last ack wins."""
    if not destinations or not source_ids:
        return {}
    if conn.scalar(select(sent.c.source_id).where(sent.c.destination.in_(destinations)).limit(1)) is None:
        return {}
    statement = select(sent.c.source_id, sent.c.fields).where(
        sent.c.destination.in_(destinations),
        among(conn, sent.c.source_id, source_ids),
    )
    found: dict[str, Any] = {}
    for source_id, fields in conn.execute(statement.order_by(sent.c.acked_at, sent.c.destination)):
        found.setdefault(source_id, {}).update(orjson.loads(fields))
    return found
