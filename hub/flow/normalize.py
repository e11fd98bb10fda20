"""Normalize: landed payloads become source records, identifiers and orders, in chunks of one transaction each.

Belongs here: mapping and checking a chunk, quarantine, echoes, what is normalized anew when the mapping changed.
Does not: SQL (store), the rules for values (matching.normalize).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from hub import connectors
from hub.connectors.kit.port import Capabilities, Connection, Mapped
from hub.contracts import validate_values
from hub.errors import HubError
from hub.flow.echo import echoes
from hub.flow.forget_refuse import anonymous, refuse
from hub.flow.forget_screen import Guard, guard_of
from hub.flow.run import Run, SourceReport
from hub.matching.normalize import NORMALIZE_VERSION, Normalized, Own, canonical_frame, normalize_records, own_of
from hub.model import Json, Stream
from hub.settings import Settings, Source
from hub.store import chunks, made, normalized, notes, orders, quarantine
from hub.store.engine import Store, StoreConnection, StoreError

if TYPE_CHECKING:
    import polars as pl

MAPPING = ("columns", "separator", "date_order", "as_of", "encoding")
"""Keys of a source that decide what a stored payload means: when they change, payloads are normalized anew."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What one call works with. frames: the connector maps polars frames. destinations: those that write to this source.

    guard: keeps out who was forgotten.
    """

    store: Store
    source: Source
    connection: Connection
    run: Run
    report: SourceReport
    frames: bool
    destinations: Sequence[str]
    own: Own
    guard: Guard | None


@dataclass(slots=True)
class _Read:
    """What mapping and checking made of payloads. rows: good ones (dicts, or one frame). bad: for quarantine."""

    rows: Sequence[Mapping[str, Json]] | pl.DataFrame
    bad: list[quarantine.Bad] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)


def shop_own(settings: Settings) -> Own:
    """The shop's own contacts and names of hub.toml, in normal form."""
    names = [text for text in settings.matching.own if "@" not in text and not any(sign.isdigit() for sign in text)]
    return own_of([text for text in settings.matching.own if text not in names], settings.region, names)


def normalize(
    store: Store,
    settings: Settings,
    source: Source,
    connection: Connection,
    run: Run,
    report: SourceReport | None = None,
    *,
    capabilities: Capabilities | None = None,
) -> SourceReport:
    """Normalize everything of the source that waits; adds its counts to `report`.

    A connector's error while mapping leaves the payloads waiting and the source failed; StoreError is raised.
    """
    report = report if report is not None else SourceReport()
    told = capabilities or connectors.load(source.connector).description.capabilities
    targets = [one.name for one in settings.destinations.values() if one.source == source.name]
    own, guard = shop_own(settings), guard_of(store, settings, source)
    step = _Step(store, source, connection, run, report, told.frames, targets, own, guard)
    began = time.monotonic()
    _renew(step, settings)
    for stream in sorted((info.name for info in told.streams), key=lambda name: name != "customers"):
        _stream(step, stream)
    report.seconds["normalize"] = round(time.monotonic() - began, 3)
    return report


def quick(store: Store, settings: Settings, source: Source, most: int) -> bool:
    """Whether normalizing the source is little: at most `most` payloads wait (of any source), and none must be read anew."""
    with store.read() as conn:
        before = notes.get(conn, note_of(source))
        return before in (None, basis_of(source, settings)) and chunks.few(conn, most)


def note_of(source: Source) -> str:
    """The key of `meta` under which stands how the source's payloads were last read."""
    return f"normalize:{source.name}"


def basis_of(source: Source, settings: Settings) -> str:
    """Digest of what decides how a payload of the source is read: the program, its mapping, the shop's own contacts."""
    mapping = {name: source.options.get(name) for name in MAPPING}
    told = (source.region, source.date_order, source.consents)
    basis = [NORMALIZE_VERSION, *told, sorted(settings.matching.own), mapping]
    text = orjson.dumps(basis, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str)
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def _renew(step: _Step, settings: Settings) -> None:
    """Let every stored payload wait again when what decides how it is read has changed."""
    name, digest = note_of(step.source), basis_of(step.source, settings)
    with step.store.read() as conn:
        before = notes.get(conn, name)
    if before == digest:
        return
    with step.store.begin() as conn:
        if before is not None:
            chunks.all_again(conn, step.source.name)
        notes.put(conn, name, digest)


def _stream(step: _Step, stream: Stream) -> None:
    after, total = -1, 0
    while True:
        with step.store.read() as conn:
            chunk = chunks.next_chunk(conn, step.source.name, stream, after)
        if chunk.is_empty():
            return
        after = int(chunk["rid"][-1])
        total += chunk.height
        _chunk(step, stream, chunk)
        step.run.progress("normalize", step.source.name, total, None, None)


def _chunk(step: _Step, stream: Stream, chunk: pl.DataFrame) -> None:
    now, gone = chunks.current(chunk), chunks.removed(chunk)
    if stream == "customers":
        ready = _prepared(step, now)
    else:
        read = _bisected(step, stream, now)
    with step.store.begin() as conn:
        if stream == "customers":
            bad = _keep_customers(step, conn, now, *ready)
            normalized.take_out(conn, gone)
        else:
            rows = read.rows if isinstance(read.rows, Sequence) else read.rows.to_dicts()
            kept = [_without_null(row) for row in rows]
            kept = anonymous(conn, step.guard, now, kept, step.run.now()) if step.guard else kept
            orders.replace(conn, step.source.name, now, kept)
            orders.take_out(conn, gone)
            bad = read.bad
        at = step.run.now()
        step.report.quarantined += quarantine.shut_in(conn, step.source.name, stream, now, bad, at)
        out = chunk["source_id"].to_list() if not bad else list(set(chunk["source_id"]) - {one[0] for one in bad})
        quarantine.let_out(conn, step.source.name, stream, out, at)
        chunks.done(conn, chunk)


def _without_null(row: Mapping[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in row.items() if value is not None}


def _prepared(step: _Step, now: pl.DataFrame) -> tuple[_Read, Normalized]:
    read = _bisected(step, "customers", now)
    frame = canonical_frame(read.rows) if isinstance(read.rows, Sequence) else read.rows
    return read, normalize_records(
        frame,
        region=step.source.region,
        date_order=step.source.date_order,
        own=step.own,
        today=step.run.now()[:10],
        grants=step.source.consents == "all",
    )


def _keep_customers(
    step: _Step, conn: StoreConnection, now: pl.DataFrame, read: _Read, ready: Normalized
) -> list[quarantine.Bad]:
    empty = made.unusable(ready.records, ready.refusals)
    sent = chunks.sent_fields(conn, step.destinations, now["source_id"].to_list())
    refusals = made.with_refused(ready.refusals, read.refused)
    records = made.leave_out(ready.records, [one[0] for one in empty])
    marks = echoes(made.documents(records, sent), sent)
    left, asked = _forgotten(step, conn, now, ready)
    incoming = normalized.Incoming(step.source.name, left, records, ready.identifiers, refusals, marks)
    step.report.fields_refused += normalized.replace(conn, incoming)
    return read.bad + empty + asked


def _forgotten(
    step: _Step, conn: StoreConnection, now: pl.DataFrame, ready: Normalized
) -> tuple[pl.DataFrame, list[quarantine.Bad]]:
    """The chunk without who was forgotten, and entries for those who are asked about."""
    told = step.guard.customers(conn, ready) if step.guard else None
    if not told or step.guard is None:
        return now, []
    return refuse(conn, step.guard, now, told, step.run.now(), step.run.run_id)


def _bisected(step: _Step, stream: Stream, now: pl.DataFrame) -> _Read:
    """Map and check payloads; those that make the mapping itself fail are found by halves, so that they block no other."""
    try:
        payloads = now.select("source_id", "payload", "updated_at") if step.frames else chunks.raws(now)
        return _checked(stream, step.connection.to_canonical(stream, payloads))
    except (StoreError, MemoryError):
        raise
    except Exception as error:  # any failure of a mapping is the payload's
        if now.height <= 1:
            code = error.code if isinstance(error, HubError) else "mapping.failed"
            return _Read([], [(source_id, code, None) for source_id in now["source_id"]])
        half = now.height // 2
        return _both(_bisected(step, stream, now[:half]), _bisected(step, stream, now[half:]))


def _both(first: _Read, second: _Read) -> _Read:
    rows = [*_dicts(first.rows), *_dicts(second.rows)]
    return _Read(rows, first.bad + second.bad, first.refused + second.refused)


def _dicts(rows: Sequence[Mapping[str, Json]] | pl.DataFrame) -> Sequence[Mapping[str, Json]]:
    return rows if isinstance(rows, Sequence) else rows.to_dicts()


def _checked(stream: Stream, mapped: Mapped) -> _Read:
    """Rows that keep the schema. A wrong field is left out and counted; a row wrong as a whole goes to quarantine.

    A frame has the types of the schema by its making.
    """
    bad: list[quarantine.Bad] = [(one.source_id, one.code, one.field) for one in mapped.unusable]
    read = _Read(mapped.rows, bad, list(mapped.refused))
    if not isinstance(mapped.rows, Sequence):
        return read
    wrong: dict[int, dict[str, str]] = {}
    name = "source_record.v1" if stream == "customers" else "order.v1"
    for breach in validate_values(name, mapped.rows):
        wrong.setdefault(breach.row, {}).setdefault(breach.field, breach.code)
    if wrong:
        read.rows = [row for n, row in enumerate(mapped.rows) if n not in wrong]
        read.rows += [
            kept for n, fields in wrong.items() if (kept := _mended(stream, mapped.rows[n], fields, read)) is not None
        ]
    return read


def _mended(
    stream: Stream, row: Mapping[str, Json], fields: Mapping[str, str], read: _Read
) -> Mapping[str, Json] | None:
    """The row without its wrong fields, or None (and an entry for quarantine) when it cannot do without them."""
    source_id = str(row.get("source_id") or "")
    needed = {"", "source_id"} | ({"kind"} if stream == "orders" else set())
    for name, code in fields.items():
        if name in needed:
            read.bad.append((source_id, f"schema.{code}", name or None))
            return None
    read.refused += [(source_id, name, f"schema.{code}") for name, code in fields.items()]
    return {name: value for name, value in row.items() if name not in fields}
