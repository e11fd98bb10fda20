"""A few new records landed and normalized in one transaction, in plain Python; the unusual is left to landing and `normalize`.

Belongs here: what is usual, mapping and checking. Does not: normal forms (hub.matching.normalize), SQL (store.few_landing),
matching (few.py). Usual is: a record of a source that the hub knows, never seen, that breaks no rule of its schema.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.connectors.kit.port import Connection
from hub.contracts import validate_values
from hub.flow.normalize import basis_of, note_of, shop_own
from hub.flow.run import Run
from hub.matching.normalize import Own
from hub.matching.normalize.single import Single, normalize_single
from hub.model import RawRecord, from_utc_text, utc_text
from hub.settings import Settings, Source
from hub.store import few_landing, few_reads
from hub.store.engine import Store
from hub.store.landing import FUTURE

MOST = 5
"""Records handed in together that are taken one by one."""
_KNOWN: dict[int, tuple[Settings, Own, dict[str, str]]] = {}
"""By the identity of the settings, which are never changed: the shop's own contacts, source → digest of its mapping."""


def take(
    store: Store, settings: Settings, source: Source, connection: Connection, posted: Sequence[RawRecord], run: Run
) -> bool:
    """Land and normalize new records of a source; False (and nothing is written) when that is not as usual."""
    if not 0 < len(posted) <= MOST or any(one.source == source.name for one in settings.destinations.values()):
        return False
    new = _made(settings, source, connection, posted, run)
    if new is None:
        return False
    at = run.now()
    arrival = few_landing.Arrival(source.name, at, utc_text(from_utc_text(at) + FUTURE), run.run_id)
    with store.begin() as conn:
        name = note_of(source)
        usual = few_landing.first(conn, source.name, [one.source_id for one in posted]) and (
            few_reads.notes(conn, [name]).get(name) == _known(settings)[2][source.name]
        )
        return usual and few_landing.heard(conn, source.name) and few_landing.keep(conn, arrival, new)


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
