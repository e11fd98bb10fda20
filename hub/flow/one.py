"""Records handed in, one or a handful at a time: landed, normalized, matched and resolved, answered with their customers.

Belongs here: what holds for a record that somebody waits for. Does not: the steps (land, normalize, match, resolve), HTTP (web).
Who waits is answered at once: while a run holds the workspace, or when more than a little must be matched, the record is
kept and the answer says `pending`; the end of that run, the next record or the next run takes it in. See decision 12.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.connectors.kit.text import dump
from hub.connectors.kit.times import canonical, zone
from hub.errors import LockedError, PermanentError
from hub.flow import few, few_land, lookup, match, normalize, resolve
from hub.flow.lock import lock
from hub.flow.run import Run, SourceReport
from hub.flow.workspace import Workspace
from hub.model import Json, Page, RawRecord
from hub.settings import Settings, Source
from hub.store import arrivals, quarantine, sources, story
from hub.store.engine import Store, StoreConnection
from hub.store.landing import Landed, land_page

PATIENCE = 0.5
"""Seconds that a call waits for the workspace, and for the file of SQLite; so many calls at once still take turns."""
STEP = 0.004
FEW = 10
"""Phones and e-mails of a record that are looked up while it is pending."""
COUNTS = ("read", "new", "changed", "unchanged")
MOST = 1_000
"""Records handed in by one call, and such as may wait for normalizing or matching, for a call to do it by itself."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one record.

    golden_id: its customer as it is known now, None when it has none yet. pending: kept, not yet matched. near: customers
    that its phones and e-mails fit, looked up while it is pending. trouble: why it cannot be used (code of the quarantine).
    """

    source_id: str
    golden_id: str | None
    pending: bool = False
    near: Sequence[str] = ()
    trouble: str | None = None


def resolve_records(
    store: Store,
    settings: Settings,
    source: Source,
    payloads: Sequence[Mapping[str, Json]],
    run: Run,
    *,
    patience: float = PATIENCE,
) -> list[Answer]:
    """Take in source records (schemas/source_record.v1.json) and answer with their customers, in the order given.

    Raises PermanentError before anything is kept when a record has no `source_id` or there are more than MOST, and StoreError
    when the store itself cannot take them now.
    """
    posted = [_raw(payload, run, settings) for payload in _few(payloads)]
    try:
        with lock(store, run, seconds=patience, step=STEP):
            pending = not _taken(store, settings, source, posted, run)
    except LockedError:
        with store.begin(patience=patience) as conn:
            arrivals.add(conn, source.name, posted, run.now())
        pending = True
    return _answers(store, settings, source, payloads, pending=pending)


def take_in(store: Store, settings: Settings, run: Run) -> None:
    """Land what waits of every source and match it when that is little; the caller holds the workspace."""
    with store.read() as conn:
        there = [name for name in arrivals.waiting(conn) if name in settings.sources]
    for name in there:
        _taken(store, settings, settings.sources[name], [], run)


def land_arrivals(store: Store, source: Source, run: Run, report: SourceReport | None = None) -> None:
    """Land what waits of one source, in the order in which it was handed in; the caller holds the workspace."""
    while True:
        with store.read() as conn:
            records, numbers = arrivals.first(conn, source.name)
        if not records:
            return
        counts = _land(store, source, records, run, numbers)
        for name in COUNTS if report else ():
            setattr(report, name, getattr(report, name) + getattr(counts, name))


def _few(payloads: Sequence[Mapping[str, Json]]) -> Sequence[Mapping[str, Json]]:
    if len(payloads) > MOST:
        raise PermanentError(f"more than {MOST} records at once", code="records.too_many")
    return payloads


def _raw(payload: Mapping[str, Json], run: Run, settings: Settings) -> RawRecord:
    """As it lands; a record that does not say when it changed did so now."""
    source_id = payload.get("source_id")
    if not isinstance(source_id, str) or not source_id.strip():
        raise PermanentError("a record needs its source_id, a text", code="records.source_id")
    return RawRecord(
        source_id, dump(dict(payload)), canonical(payload.get("updated_at"), zone(settings.timezone)) or run.now()
    )


def _taken(store: Store, settings: Settings, source: Source, posted: Sequence[RawRecord], run: Run) -> bool:
    """Land, then normalize, match and resolve; False when there is too much of it to be done while somebody waits."""
    if not _read(store, settings, source, posted, run):
        return False
    if few.settle(store, settings, run):
        return True
    if not match.quick(store, settings, MOST):
        return False
    match.match(store, settings, run)
    resolve.resolve(store, settings, run)
    return True


def _read(store: Store, settings: Settings, source: Source, posted: Sequence[RawRecord], run: Run) -> bool:
    """Land and normalize; False when too much waits."""
    with Workspace(settings, store).connect(source, run) as connection:
        if few_land.take(store, settings, source, connection, posted, run):
            return True
        land_arrivals(store, source, run)
        if posted:
            _land(store, source, posted, run)
        if not normalize.quick(store, settings, source, MOST):
            return False
        normalize.normalize(store, settings, source, connection, run)
    return True


def _land(store: Store, source: Source, records: Sequence[RawRecord], run: Run, waited: Sequence[int] = ()) -> Landed:
    """waited: numbers of those that waited; they leave the list in the same transaction."""
    at = run.now()
    with store.begin() as conn:
        counts, _ = land_page(conn, source.name, Page("customers", records, {}), at, run.run_id)
        sources.heard(conn, source.name, at, counts.newest)
        arrivals.drop(conn, waited)
    return counts


def _near(conn: StoreConnection, settings: Settings, payload: Mapping[str, Json]) -> Sequence[str]:
    """Customers that the phones and e-mails of a payload fit, as they stand."""
    told = [entry for name in ("phones", "emails") for entry in _list(payload.get(name))]
    texts = [str(entry["value"]) for entry in told if isinstance(entry, dict) and isinstance(entry.get("value"), str)]
    return list(dict.fromkeys(one for text in texts[:FEW] for one in lookup.by_contact(conn, settings, text)))


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list) else ()


def _answers(
    store: Store, settings: Settings, source: Source, payloads: Sequence[Mapping[str, Json]], *, pending: bool
) -> list[Answer]:
    ids = [str(payload["source_id"]) for payload in payloads]
    with store.read() as conn:
        wrong = quarantine.open_codes(conn, source.name, ids)
        near = [_near(conn, settings, payload) if pending else () for payload in payloads]
        whose = story.by_records(conn, source.name, ids)
    return [Answer(one, whose.get(one), pending, close, wrong.get(one)) for one, close in zip(ids, near, strict=True)]
