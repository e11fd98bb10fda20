"""Records that could not be used, until a newer good version comes or a person decides.

Belongs here: the table `quarantine`. Does not: finding what is wrong (flow.normalize), sentences for codes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Connection, select, update

from hub.store.bulk import among, insert_frame
from hub.store.frames import read_frame
from hub.store.landing import upsert_waiting
from hub.store.tables import landed, quarantine, raw_records

SCHEMA = {"source_id": pl.String, "code": pl.String, "field": pl.String}
Bad = tuple[str, str, str | None]
"""source_id, code, field."""


def shut_in(conn: Connection, source: str, stream: str, chunk: pl.DataFrame, bad: Sequence[Bad], at: str) -> int:
    """Open an entry for each bad record, or count one more attempt on the open one; how many records.

    chunk: source_id, raw_id of the records in it.
    """
    frame = pl.DataFrame(bad, schema=SCHEMA, orient="row").unique("source_id", keep="first", maintain_order=True)
    frame = frame.join(chunk.select("source_id", "raw_id"), on="source_id", maintain_order="left")
    if frame.is_empty():
        return 0
    there = read_frame(
        conn,
        select(quarantine.c.source_id, quarantine.c.qid).where(
            *_open(source, stream),
            among(conn, quarantine.c.source_id, frame["source_id"].to_list()),
        ),
    )
    fresh = frame.join(there, on="source_id", how="anti", maintain_order="left")
    insert_frame(
        conn,
        quarantine,
        fresh.with_columns(
            source=pl.lit(source),
            stream=pl.lit(stream),
            state=pl.lit("open"),
            attempts=pl.lit(1, dtype=pl.Int64),
            first_at=pl.lit(at),
            last_at=pl.lit(at),
        ),
    )
    for row in frame.join(there, on="source_id").iter_rows(named=True):
        values = {"raw_id": row["raw_id"], "code": row["code"], "field": row["field"], "last_at": at}
        conn.execute(
            update(quarantine)
            .where(quarantine.c.qid == row["qid"])
            .values(
                attempts=quarantine.c.attempts + 1,
                **values,
            )
        )
    return frame.height


def let_out(conn: Connection, source: str, stream: str, source_ids: Sequence[str], at: str) -> None:
    """Close the open entries of records that are good now, or gone."""
    opened = _open(source, stream)
    if not source_ids or conn.scalar(select(quarantine.c.qid).where(*opened).limit(1)) is None:
        return
    good = among(conn, quarantine.c.source_id, source_ids)
    conn.execute(update(quarantine).where(*opened, good).values(state="closed", last_at=at))


def _open(source: str, stream: str) -> tuple[ColumnElement[bool], ...]:
    return (quarantine.c.source == source, quarantine.c.stream == stream, quarantine.c.state == "open")


def open_codes(conn: Connection, source: str, source_ids: Sequence[str]) -> dict[str, str]:
    """Source id → code, of those customers' records that cannot be used as they came last."""
    codes = select(quarantine.c.source_id, quarantine.c.code).where(*_open(source, "customers"))
    rows = conn.execute(codes.where(among(conn, quarantine.c.source_id, source_ids)).order_by(quarantine.c.qid))
    return {str(source_id): str(code) for source_id, code in rows}


def entries(conn: Connection, source: str | None = None, state: str | None = "open") -> list[Mapping[str, Any]]:
    """Entries by number: all columns of the table."""
    statement = select(quarantine).order_by(quarantine.c.qid)
    if source is not None:
        statement = statement.where(quarantine.c.source == source)
    if state is not None:
        statement = statement.where(quarantine.c.state == state)
    return [dict(row) for row in conn.execute(statement).mappings()]


def entry(conn: Connection, qid: int) -> Mapping[str, Any] | None:
    """One entry with the payload that it rests on."""
    joined = quarantine.join(raw_records, raw_records.c.raw_id == quarantine.c.raw_id)
    statement = select(quarantine, raw_records.c.payload).select_from(joined).where(quarantine.c.qid == qid)
    row = conn.execute(statement).mappings().one_or_none()
    return dict(row) if row is not None else None


def again(conn: Connection, qids: Sequence[int]) -> int:
    """Hand the records of open entries to normalizing again; how many."""
    same = (
        landed.c.source == quarantine.c.source,
        landed.c.stream == quarantine.c.stream,
        landed.c.source_id == quarantine.c.source_id,
    )
    statement = select(landed.c.rid).join_from(quarantine, landed, same[0] & same[1] & same[2])
    rids = read_frame(conn, statement.where(quarantine.c.state == "open", among(conn, quarantine.c.qid, qids)))
    upsert_waiting(conn, rids.unique())
    return rids.height


def discard(conn: Connection, qids: Sequence[int], at: str) -> int:
    """A person gives these records up; how many were open."""
    where = (quarantine.c.state == "open", among(conn, quarantine.c.qid, qids))
    return conn.execute(update(quarantine).where(*where).values(state="discarded", last_at=at)).rowcount
