"""Keeping forgotten people out: what a source gives is compared with the digests of those who were erased.

Belongs here: who is kept out, who is asked about. Does not: erasing (forget.py), digests (forget_key.py).
Costs one look at an index while nobody was ever forgotten. The same person stays out; the same identifier with an
incompatible name, or a consent given since, becomes a question for a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import orjson

from hub.connectors.kit.port import Connection
from hub.errors import HubError
from hub.flow.forget_key import Key, the_key
from hub.matching.normalize import Normalized, canonical_frame, normalize_records
from hub.model import Json, Page, RawRecord
from hub.settings import Settings, Source
from hub.store import erasures
from hub.store.engine import Store, StoreConnection

if TYPE_CHECKING:
    import polars as pl

LEAST = 2
"""So many words of a name must agree before a number that several people bear tells who it is."""
Row = Mapping[str, Any]


@dataclass(slots=True)
class Verdicts:
    """source_id → erasure. out: the person who was forgotten. ask: code (name | consent) and erasure."""

    out: dict[str, str] = field(default_factory=dict)
    ask: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.out or self.ask)


@dataclass(frozen=True, slots=True)
class Guard:
    """Keeps people out of one source."""

    store: Store
    source: Source
    key: Key

    def page(self, connection: Connection, page: Page) -> Page:
        """The page without the records of people who were forgotten: their payloads are never kept."""
        given = page.records
        ids = [one.source_id for one in given] if isinstance(given, Sequence) else given["source_id"].to_list()
        with self.store.read() as conn:
            hit = self._known(conn, page.stream, ids)
            if not hit:
                return page
            out = set(hit) if page.stream != "customers" else self._same(conn, connection, _some(page, set(hit)))
        if isinstance(given, Sequence):
            return replace(page, records=[one for one in given if one.source_id not in out])
        return replace(page, records=given.filter(~given["source_id"].is_in(sorted(out))))

    def _known(self, conn: StoreConnection, stream: str, ids: Sequence[str]) -> list[str]:
        """Those of a source's ids that belonged to somebody who was forgotten."""
        digests = {self.key.record(self.source.name, stream, one): one for one in ids}
        rows = erasures.known(conn, list(digests))
        allowed = {row["digest"] for row in rows if row["kind"] == erasures.ALLOWED}
        return [digests[row["digest"]] for row in rows if row["digest"] not in allowed]

    def _same(self, conn: StoreConnection, connection: Connection, rows: Sequence[RawRecord]) -> set[str]:
        """Of these those that are kept out; what cannot be read is."""
        ids = {one.source_id for one in rows}
        try:
            mapped = connection.to_canonical("customers", rows).rows
            frame = canonical_frame(mapped) if isinstance(mapped, Sequence) else mapped
            verdicts = self.customers(conn, normalize_records(frame, region=self.source.region))
        except HubError:
            return ids
        return ids - verdicts.ask.keys()

    def customers(self, conn: StoreConnection, ready: Normalized) -> Verdicts:
        """What normalized records say about who bears them."""
        bearers: dict[str, list[str]] = {}
        ids = ready.records["source_id"].to_list()
        for source_id in ids:
            bearers.setdefault(self.key.record(self.source.name, "customers", source_id), []).append(source_id)
        own = ready.identifiers.filter(ready.identifiers["use"] == "own")
        for source_id, type_, value, issuer in own.select("source_id", "type", "value", "issuer").iter_rows():
            bearers.setdefault(self.key.value(type_, value, issuer), []).append(source_id)
        hits: dict[str, list[Row]] = {}
        for row in erasures.known(conn, list(bearers)):
            for source_id in bearers[row["digest"]]:
                hits.setdefault(source_id, []).append(row)
        return self._verdicts(ready, hits)

    def _verdicts(self, ready: Normalized, hits: Mapping[str, Sequence[Row]]) -> Verdicts:
        told = Verdicts()
        if not hits:
            return told
        chosen = ready.records.filter(ready.records["source_id"].is_in(list(hits)))
        for row in chosen.select("source_id", "full_name", "company_name", "doc").iter_rows(named=True):
            rows = hits[row["source_id"]]
            if any(one["kind"] == erasures.ALLOWED for one in rows):
                continue
            words = set(self.key.words([row["full_name"] or row["company_name"] or ""]))
            for one in sorted(rows, key=lambda hit: (hit["kind"] != erasures.SAME, hit["kind"] == "shared")):
                code = _code(one, words, orjson.loads(row["doc"]))
                if code == "out":
                    told.out[row["source_id"]] = one["erasure_id"]
                elif code:
                    told.ask[row["source_id"]] = (code, one["erasure_id"])
                if code:
                    break
        return told

    def buyers(self, conn: StoreConnection, rows: Sequence[Mapping[str, Json]]) -> dict[str, str]:
        """Order → erasure, of orders whose buyer was forgotten."""
        mine = {str(row["customer_source_id"]) for row in rows if row.get("customer_source_id")}
        digests = {self.key.record(self.source.name, "customers", one): one for one in mine}
        found = erasures.known(conn, list(digests))
        allowed = {row["digest"] for row in found if row["kind"] == erasures.ALLOWED}
        whose = {digests[row["digest"]]: row["erasure_id"] for row in found if row["digest"] not in allowed}
        return {
            str(row["source_id"]): whose[str(row["customer_source_id"])]
            for row in rows
            if row.get("customer_source_id") in whose
        }


def _code(hit: Row, words: set[str], doc: Mapping[str, Json]) -> str | None:
    """out: it is them. name, consent: a person must say. None: somebody else."""
    theirs = set(orjson.loads(hit["words"] or "[]"))
    both = words & theirs
    alike = not words or not theirs or len(both) == min(len(words), len(theirs))
    if hit["kind"] == "shared":
        if not alike or len(both) < LEAST:
            return None
    elif not alike and hit["kind"] != erasures.SAME:
        return "name"
    agreed = (one for one in doc.get("consents", ()) if one.get("status") == "granted")
    return "consent" if any((one.get("at") or "") > hit["at"] for one in agreed) else "out"


def _some(page: Page, ids: set[str]) -> list[RawRecord]:
    if isinstance(page.records, Sequence):
        return [one for one in page.records if one.source_id in ids]
    frame: pl.DataFrame = page.records
    rows = frame.filter(frame["source_id"].is_in(sorted(ids))).select("source_id", "payload", "updated_at").iter_rows()
    return [RawRecord(*row) for row in rows]


def guard_of(store: Store, settings: Settings, source: Source) -> Guard | None:
    """Who keeps people out of a source; None while nobody was forgotten. Raises ConfigError when the key is lost."""
    with store.read() as conn:
        if not erasures.any_there(conn):
            return None
    return Guard(store, source, the_key(store, settings))
