"""A few records landed and normalized in one transaction, row by row: the same rows that landing.py and normalized.py write.

Belongs here: statements by key, records that were never seen. Does not: mapping and normalizing (flow.few_land), what becomes of
the rows of records that are there already (few_changes.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Select, bindparam, exists, func, or_, select, update

from hub.model import RawRecord
from hub.store import few_changes, headcount, kept
from hub.store.compiled import each, execute, listed, packed, rows
from hub.store.few_reads import notes
from hub.store.few_writes import inserting, keep_notes
from hub.store.tables import (
    arrivals,
    dirty_records,
    dirty_values,
    erased_keys,
    landed,
    quarantine,
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


def _ready(sqlite: bool) -> Select[Any]:
    here = select(arrivals.c.arrival_id).where(arrivals.c.source == bindparam("source"))
    bad = select(quarantine.c.qid).where(quarantine.c.source == bindparam("source"), quarantine.c.state == "open")
    others = (select(table.c[name]) for table, name in WAITING)
    return select(or_(exists(here), exists(bad), exists(select(erased_keys.c.digest)), *map(exists, others)))


WAITING = ((waiting, "rid"), (dirty_records, "rid"), (dirty_values, "type"))


def ready(conn: Connection, source: str) -> bool:
    """Whether nothing waits to be landed, normalized or matched, none of the source lies in quarantine, nobody was forgotten."""
    return not rows(conn, _ready, source=source)[0][0]


def _seen(sqlite: bool) -> Select[Any]:
    same = (landed.c.source == bindparam("source"), landed.c.stream == bindparam("stream"))
    return select(*[landed.c[name] for name in SEEN]).where(*same, listed(landed.c.source_id, "ids", sqlite))


SEEN = ("source_id", "rid", "content_hash", "updated_at", "state", "scope")


def seen(conn: Connection, source: str, ids: Sequence[str]) -> dict[str, Row]:
    """Those of a source's records that were landed before, by id, with the columns SEEN."""
    found = rows(conn, _seen, source=source, stream=STREAM, ids=packed(conn, ids))
    return {row[0]: dict(zip(SEEN, row, strict=True)) for row in found}


def digest(raw: RawRecord) -> str:
    """Of a payload, as `landed` tells it."""
    return blake2b(raw.payload.encode(), digest_size=16).hexdigest()


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


def keep(conn: Connection, arrival: Arrival, new: Sequence[New], changed: Sequence[few_changes.Changed]) -> bool:
    """Write them, new ones in the order of their ids; False, before anything is written, in a store without any record."""
    last, last_raw, highest = rows(conn, _numbers)[0]
    if highest < 0:
        return False
    ordered = sorted(new, key=lambda one: one.raw.source_id)
    rids = range(last + 1, last + 1 + len(ordered))
    _land(conn, arrival, ordered, last + 1, last_raw + 1)
    _land_again(conn, arrival, changed, last_raw + 1 + len(ordered))
    other = [one for one in changed if one.differs]
    if not ordered and not other:
        return True
    stamp = int(notes(conn, [kept.STAMP]).get(kept.STAMP, 0)) + 1
    few_changes.replace(conn, other, arrival.source, stamp)
    each(conn, _record, [_row(one, arrival, rid, stamp) for rid, one in zip(rids, ordered, strict=True)])
    each(
        conn, few_changes.identifier, [row for rid, one in zip(rids, ordered, strict=True) for row in _borne(one, rid)]
    )
    refused = [row for rid, one in zip(rids, ordered, strict=True) for row in few_changes.refused(one.refusals, rid)]
    each(conn, few_changes.refusal, refused)
    each(conn, _dirty, [{"rid": rid} for rid in sorted([*rids, *(one.rid for one in other)])])
    keep_notes(conn, {kept.STAMP: str(stamp)})
    headcount.shift(conn, headcount.RECORDS + arrival.source, len(ordered))
    kept.of(conn).drop()
    return True


def hear(conn: Connection, arrival: Arrival, posted: Sequence[RawRecord]) -> None:
    """The source spoke by itself, and is well."""
    times = [at for one in posted if (at := usable(one, arrival)) is not None]
    execute(conn, _state, which=arrival.source, now=arrival.at, newest=max(times, default=None))


def usable(raw: RawRecord, arrival: Arrival) -> str | None:
    """The record's time, where it may tell which version is newer."""
    return raw.updated_at if raw.updated_at is not None and raw.updated_at <= arrival.horizon else None


def _raw_row(raw: RawRecord, arrival: Arrival, rid: int, raw_id: int) -> Row:
    told = {"payload": raw.payload, "updated_at": raw.updated_at, "content_hash": digest(raw)}
    return {**told, "landed_at": arrival.at, "run_id": arrival.run_id, "rid": rid, "raw_id": raw_id}


def _land(conn: Connection, arrival: Arrival, ordered: Sequence[New], rid: int, raw_id: int) -> None:
    each(conn, _raw, [_raw_row(one.raw, arrival, rid + n, raw_id + n) for n, one in enumerate(ordered)])
    here = {"source": arrival.source, "stream": STREAM, "state": "current", "scope": ""}
    told = [
        {**here, "rid": rid + n, "source_id": one.raw.source_id, "raw_id": raw_id + n, "content_hash": digest(one.raw),
         "updated_at": usable(one.raw, arrival)}
        for n, one in enumerate(ordered)
    ]  # fmt: skip
    each(conn, _landed, told)


def _again(sqlite: bool) -> Any:
    told: dict[str, Any] = {name: bindparam(name) for name in ("raw_id", "content_hash", "updated_at")}
    return update(landed).where(landed.c.rid == bindparam("which")).values(told)


def _land_again(conn: Connection, arrival: Arrival, changed: Sequence[few_changes.Changed], raw_id: int) -> None:
    each(conn, _raw, [_raw_row(one.raw, arrival, one.rid, raw_id + n) for n, one in enumerate(changed)])
    told = [
        {
            "which": one.rid,
            "raw_id": raw_id + n,
            "content_hash": digest(one.raw),
            "updated_at": usable(one.raw, arrival),
        }
        for n, one in enumerate(changed)
    ]
    each(conn, _again, told)


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
