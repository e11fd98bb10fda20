"""A new record landed and normalized in one transaction, row by row: the same rows that landing.py and normalized.py write.

Belongs here: statements by key for records that were never seen. Does not: mapping and normalizing (flow.few_land), records that
are there already (landing.py, normalized.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Select, bindparam, exists, func, or_, select, update

from hub.model import RawRecord
from hub.store import kept
from hub.store.compiled import each, execute, listed, packed, rows
from hub.store.few_reads import notes
from hub.store.few_writes import inserting, keep_notes
from hub.store.tables import (
    arrivals,
    dirty_records,
    erased_keys,
    field_refusals,
    identifiers,
    landed,
    raw_records,
    records,
    source_state,
    waiting,
)

Row = Mapping[str, Any]
LANDED = ("rid", "source", "stream", "source_id", "raw_id", "content_hash", "updated_at", "state", "scope")
RAW = ("raw_id", "rid", "content_hash", "payload", "updated_at", "landed_at", "run_id")
STREAM = "customers"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where and when records land. at: the hub's clock; horizon: a later time of a record is no usable one."""

    source: str
    at: str
    horizon: str
    run_id: str


@dataclass(frozen=True, slots=True)
class New:
    """A record that was never seen: as it came, its row (RECORD_COLUMNS), identifiers in order, refusals (field, code, n)."""

    raw: RawRecord
    record: Row
    identifiers: Sequence[Row]
    refusals: Sequence[tuple[str, str, int]]


def _known(sqlite: bool) -> Select[Any]:
    same = (landed.c.source == bindparam("source"), landed.c.stream == bindparam("stream"))
    there = select(landed.c.rid).where(*same, listed(landed.c.source_id, "ids", sqlite))
    here = select(arrivals.c.arrival_id).where(arrivals.c.source == bindparam("source"))
    return select(or_(exists(there), exists(here), exists(select(waiting.c.rid)), exists(select(erased_keys.c.digest))))


def first(conn: Connection, source: str, ids: Sequence[str]) -> bool:
    """Whether none of these records was ever seen, nothing else waits to be landed or normalized, and nobody was forgotten."""
    return not rows(conn, _known, source=source, stream=STREAM, ids=packed(conn, ids))[0][0]


def _numbers(sqlite: bool) -> Select[Any]:
    return select(
        select(func.coalesce(func.max(landed.c.rid), 0)).scalar_subquery(),
        select(func.coalesce(func.max(raw_records.c.raw_id), 0)).scalar_subquery(),
        select(func.coalesce(func.max(records.c.rid), -1)).scalar_subquery(),
    )


def _raw(sqlite: bool) -> Any:
    return inserting(raw_records, RAW)


def _landed(sqlite: bool) -> Any:
    return inserting(landed, LANDED)


def _record(sqlite: bool) -> Any:
    return inserting(records, [column.name for column in records.columns])


def _identifier(sqlite: bool) -> Any:
    return inserting(identifiers, [column.name for column in identifiers.columns])


def _refusal(sqlite: bool) -> Any:
    return inserting(field_refusals, ("rid", "field", "n", "code"))


def _dirty(sqlite: bool) -> Any:
    return inserting(dirty_records, ("rid",))


def _state(sqlite: bool) -> Any:
    newest = bindparam("newest", type_=source_state.c.newest_record.type)
    before = source_state.c.newest_record
    told: dict[str, Any] = {"last_attempt": bindparam("now"), "last_success": bindparam("now"), "status": "ok"}
    later = func.coalesce(func.max(before, newest) if sqlite else func.greatest(before, newest), before, newest)
    values = {**told, "error": None, "newest_record": later}
    return update(source_state).where(source_state.c.source == bindparam("which")).values(values)


def _heard(sqlite: bool) -> Select[Any]:
    return select(source_state.c.source).where(source_state.c.source == bindparam("source"))


def heard(conn: Connection, source: str) -> bool:
    """Whether the source has a state already."""
    return bool(rows(conn, _heard, source=source))


def keep(conn: Connection, arrival: Arrival, new: Sequence[New]) -> bool:
    """Write them, in the order of their ids; False, before anything is written, in a store without any record."""
    last, last_raw, highest = rows(conn, _numbers)[0]
    if highest < 0:
        return False
    stamp = int(notes(conn, [kept.STAMP]).get(kept.STAMP, 0)) + 1
    ordered = sorted(new, key=lambda one: one.raw.source_id)
    rids = range(last + 1, last + 1 + len(ordered))
    _land(conn, arrival, ordered, last + 1, last_raw + 1)
    each(conn, _record, [_row(one, arrival, rid, stamp) for rid, one in zip(rids, ordered, strict=True)])
    each(conn, _identifier, [row for rid, one in zip(rids, ordered, strict=True) for row in _borne(one, rid)])
    each(conn, _refusal, [row for rid, one in zip(rids, ordered, strict=True) for row in _refused(one, rid)])
    each(conn, _dirty, [{"rid": rid} for rid in rids])
    keep_notes(conn, {kept.STAMP: str(stamp)})
    kept.of(conn).drop()
    times = [at for one in ordered if (at := _usable(one, arrival)) is not None]
    execute(conn, _state, which=arrival.source, now=arrival.at, newest=max(times, default=None))
    return True


def _usable(one: New, arrival: Arrival) -> str | None:
    at = one.raw.updated_at
    return at if at is not None and at <= arrival.horizon else None


def _land(conn: Connection, arrival: Arrival, ordered: Sequence[New], rid: int, raw_id: int) -> None:
    hashes = [blake2b(one.raw.payload.encode(), digest_size=16).hexdigest() for one in ordered]
    same = {"landed_at": arrival.at, "run_id": arrival.run_id}
    raws = [
        {**same, "raw_id": raw_id + n, "rid": rid + n, "content_hash": digest, "payload": one.raw.payload,
         "updated_at": one.raw.updated_at}
        for n, (one, digest) in enumerate(zip(ordered, hashes, strict=True))
    ]  # fmt: skip
    each(conn, _raw, raws)
    here = {"source": arrival.source, "stream": STREAM, "state": "current", "scope": ""}
    told = [
        {**here, "rid": rid + n, "source_id": one.raw.source_id, "raw_id": raw_id + n, "content_hash": digest,
         "updated_at": _usable(one, arrival)}
        for n, (one, digest) in enumerate(zip(ordered, hashes, strict=True))
    ]  # fmt: skip
    each(conn, _landed, told)


def _row(one: New, arrival: Arrival, rid: int, stamp: int) -> Row:
    began = one.record["updated_at"] or one.record["created_at"]
    told = {"rid": rid, "source": arrival.source, "stamp": stamp, "first_at": began, "since": None, "echo": None}
    return {**one.record, **told}


def _borne(one: New, rid: int) -> list[Row]:
    """A value of the first version that the hub sees may be as old as the record itself."""
    last = one.record["updated_at"] or one.record["created_at"]
    times = [at for at in (one.record["created_at"], last) if at is not None]
    seen = {"first_seen": min(times, default=None), "last_seen": last}
    return [{**row, **seen, "rid": rid, "n": n} for n, row in enumerate(one.identifiers)]


def _refused(one: New, rid: int) -> list[Row]:
    told: dict[tuple[str, int], str] = {}
    for name, code, n in one.refusals:
        told.setdefault((name, n), code)
    return [{"rid": rid, "field": name, "n": n, "code": code} for (name, n), code in told.items()]
