"""What happened to the vendors. Belongs here: accepted writes, faults given, requests counted; read by tests only."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from hub.sandbox.rows import Json, RecordId


@dataclass(frozen=True)
class Write:
    """One accepted write of one record; an item of a batch counts by itself. `at` is the sandbox's real time, UTC.

    `action`: create, update, delete, erase, tags, field. `changed` is False when the write set what already stood.
    """

    seq: int
    at: str
    vendor: str
    method: str
    path: str
    action: str
    record: RecordId
    digest: str
    changed: bool
    body: Any


@dataclass(frozen=True)
class Fault:
    """One fault the hostile mode gave. `committed` is True when the vendor had already done what was asked."""

    seq: int
    at: str
    vendor: str
    kind: str
    method: str
    path: str
    committed: bool


class Place(Protocol):
    """Where a request came in."""

    @property
    def method(self) -> str:
        """GET, POST, …"""

    @property
    def path(self) -> str:
        """Below the vendor's base address."""


def digest_of(body: Json) -> str:
    """SHA-256 of the canonical JSON text."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Journal:
    """Append-only lists in order of `seq`, shared by all vendors of one sandbox."""

    def __init__(self) -> None:
        self.writes: list[Write] = []
        self.faults: list[Fault] = []
        self.requests: Counter[tuple[str, str, str]] = Counter()
        self._seq = 0

    def write(
        self, vendor: str, call: Place, action: str, record: RecordId, body: Json, *, changed: bool = True
    ) -> None:
        """Notes an accepted write; `call` says by which method and path."""
        args = (vendor, call.method, call.path, action, record, digest_of(body), changed, body)
        self.writes.append(Write(self._next(), _now(), *args))

    def fault(self, vendor: str, kind: str, method: str, path: str, *, committed: bool) -> None:
        """Notes a fault."""
        self.faults.append(Fault(self._next(), _now(), vendor, kind, method, path, committed))

    def request(self, vendor: str, method: str, route: str) -> None:
        """Counts a request by the template of its route."""
        self.requests[vendor, method, route] += 1

    def of(self, vendor: str | None = None, after: int = 0) -> list[Write]:
        """Accepted writes, of one vendor or all, with a `seq` above `after`."""
        return [entry for entry in self.writes if entry.seq > after and vendor in (None, entry.vendor)]

    def counts(self, vendor: str | None = None, after: int = 0) -> Counter[tuple[str, RecordId]]:
        """Accepted writes per (vendor, record id)."""
        return Counter((entry.vendor, entry.record) for entry in self.of(vendor, after))

    def repeated(self, vendor: str | None = None, after: int = 0) -> list[tuple[str, RecordId, str]]:
        """(vendor, record, digest) of every write that was accepted more than once with the same content."""
        seen = Counter((entry.vendor, entry.record, entry.digest) for entry in self.of(vendor, after))
        return [key for key, times in seen.items() if times > 1]

    @property
    def position(self) -> int:
        """The newest `seq`; pass it as `after` to look at what comes later."""
        return self._seq

    def clear(self) -> None:
        """Forgets the entries; `seq` goes on."""
        self.writes.clear()
        self.faults.clear()
        self.requests.clear()

    def as_json(self, vendor: str | None = None, after: int = 0) -> dict[str, Any]:
        """Everything after `after`, of one vendor or all."""
        counted = self.counts(vendor, after)
        return {
            "position": self.position,
            "writes": [asdict(entry) for entry in self.of(vendor, after)],
            "faults": [asdict(f) for f in self.faults if f.seq > after and vendor in (None, f.vendor)],
            "counts": [{"vendor": v, "record": record, "writes": n} for (v, record), n in counted.items()],
            "requests": [
                {"vendor": v, "method": method, "route": route, "times": n}
                for (v, method, route), n in self.requests.items()
                if vendor in (None, v)
            ],
        }

    def _next(self) -> int:
        self._seq += 1
        return self._seq


def _now() -> str:
    return datetime.now(UTC).isoformat()
