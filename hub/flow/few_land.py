"""A few records landed and normalized in one transaction, in plain Python; the unusual is left to landing and `normalize`.

Belongs here: what is usual, mapping and checking. Does not: normal forms (hub.matching.normalize), SQL (store.few_landing),
matching (few.py). Usual is: a record of a source that the hub knows, new or newer than it stands, that breaks no rule of its
schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.connectors.kit.port import Connection
from hub.contracts import validate_values
from hub.flow.normalize import basis_of, note_of, shop_own
from hub.flow.run import Run
from hub.matching.normalize import Own
from hub.matching.normalize.single import Single, normalize_single
from hub.model import RawRecord, from_utc_text, utc_text
from hub.settings import Settings, Source
from hub.store import few_changes, few_landing, few_reads
from hub.store.engine import Store, StoreConnection
from hub.store.landing import FUTURE

Row = Mapping[str, Any]
MOST = 5
"""Records handed in together that are taken one by one."""
_KNOWN: dict[int, tuple[Settings, Own, dict[str, str]]] = {}
"""By the identity of the settings, which are never changed: the shop's own contacts, source → digest of its mapping."""


def take(
    store: Store, settings: Settings, source: Source, connection: Connection, posted: Sequence[RawRecord], run: Run
) -> bool:
    """Land and normalize records of a source; False (and nothing is written) when that is not as usual."""
    if not 0 < len(posted) <= MOST or any(one.source == source.name for one in settings.destinations.values()):
        return False
    new = _made(settings, source, connection, posted, run)
    if new is None:
        return False
    at = run.now()
    arrival = few_landing.Arrival(source.name, at, utc_text(from_utc_text(at) + FUTURE), run.run_id)
    with store.begin() as conn:
        if not few_landing.ready(conn, source.name) or not _current(conn, settings, source):
            return False
        seen = few_landing.seen(conn, source.name, [one.source_id for one in posted])
        changed = _changed(conn, [one for one in new if one.raw.source_id in seen], seen, arrival)
        fresh = [one for one in new if one.raw.source_id not in seen]
        if changed is None or not few_landing.keep(conn, arrival, fresh, changed):
            return False
        few_landing.hear(conn, arrival, posted)
    return True


def _current(conn: StoreConnection, settings: Settings, source: Source) -> bool:
    """Whether the source is known, and its payloads stand as they are read now."""
    name = note_of(source)
    read = few_reads.notes(conn, [name]).get(name) == _known(settings)[2][source.name]
    return read and few_landing.heard(conn, source.name)


def _changed(
    conn: StoreConnection, given: Sequence[few_landing.New], seen: Mapping[str, Row], arrival: few_landing.Arrival
) -> list[few_changes.Changed] | None:
    """Newer versions of records that are there; what came as it stands is left out. None: one of them is not as usual."""
    other = [one for one in given if few_landing.digest(one.raw) != seen[one.raw.source_id]["content_hash"]]
    if any(row["state"] != "current" or row["scope"] for row in seen.values()):
        return None
    if any(_stale(one, seen[one.raw.source_id], arrival) for one in other):
        return None
    rids = [seen[one.raw.source_id]["rid"] for one in other]
    old = {row["rid"]: row for row in few_reads.people(conn, rids)}
    if len(old) < len(rids) or any(row["echo"] is not None for row in old.values()):
        return None
    borne: dict[int, list[Row]] = {}
    for one in few_reads.borne(conn, rids):
        borne.setdefault(one["rid"], []).append(one)
    return [
        few_changes.changed(one.raw, (one.record, one.identifiers, one.refusals), old[rid], borne.get(rid, []))
        for rid, one in zip(rids, other, strict=True)
    ]


def _stale(one: few_landing.New, row: Row, arrival: few_landing.Arrival) -> bool:
    at = few_landing.usable(one.raw, arrival)
    return at is not None and row["updated_at"] is not None and at < row["updated_at"]


def _known(settings: Settings) -> tuple[Settings, Own, dict[str, str]]:
    known = _KNOWN.get(id(settings))
    if known is None or known[0] is not settings:
        if len(_KNOWN) > MOST:
            _KNOWN.clear()
        bases = {name: basis_of(source, settings) for name, source in settings.sources.items()}
        known = _KNOWN[id(settings)] = settings, shop_own(settings), bases
    return known


def _made(
    settings: Settings, source: Source, connection: Connection, posted: Sequence[RawRecord], run: Run
) -> list[few_landing.New] | None:
    """The records in normal form; None when any of them is not for here."""
    if len({one.source_id for one in posted}) < len(posted) or not all(map(_readable, posted)):
        return None
    mapped = connection.to_canonical("customers", posted)
    rows = mapped.rows
    if mapped.unusable or mapped.refused or not isinstance(rows, Sequence) or len(rows) < len(posted):
        return None
    if any(True for _ in validate_values("source_record.v1", rows)):
        return None
    told = {"region": source.region, "date_order": source.date_order, "today": run.now()[:10]}
    own = _known(settings)[1]
    made = [normalize_single(row, own=own, **told) for row in rows]
    new = [
        few_landing.New(raw, *one) for raw, one in zip(posted, made, strict=True) if one is not None and _usable(one)
    ]
    return new if len(new) == len(posted) else None


def _readable(one: RawRecord) -> bool:
    """Text that any database takes as it is."""
    return bool(one.payload) and not any("\ud800" <= sign <= "\udfff" or sign == "\0" for sign in one.payload)


def _usable(one: Single) -> bool:
    """Whether it is somebody, or nothing was refused: who holds nothing usable goes to quarantine."""
    return one.record["kind"] != "anonymous" or not one.refusals
