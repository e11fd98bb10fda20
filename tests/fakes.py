"""Ordinary code that stands in for the outside world in tests of the flow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from hub.connectors.kit.port import Capabilities, Finding, Found, Mapped, StreamInfo, Unusable
from hub.flow.run import Run
from hub.model import Page, RawRecord, Receipt, Stream, Tombstone, Write
from hub.settings import Source

CUSTOMERS = StreamInfo("customers", "tombstones", incremental=True, timed=True)
ORDERS = StreamInfo("orders", "none", incremental=True, timed=True)
CAPABILITIES = Capabilities(streams=(CUSTOMERS,), writes=frozenset({"update", "create"}))


class Clock:
    """A clock that moves one second with each look."""

    def __init__(self, second: int = 0, day: int = 1) -> None:
        self.second = second
        self.day = day

    def __call__(self) -> str:
        self.second += 1
        minutes, seconds = divmod(self.second, 60)
        return f"2026-11-{self.day:02d}T{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}.000Z"


def make_run(number: int = 1, day: int = 1) -> Run:
    """Run number N on a day of November 2026."""
    return Run(run_id=f"run-{number}", now=Clock(second=number * 60, day=day))


def make_source(name: str = "pos", **values: Any) -> Source:
    """A source's settings."""
    return Source(name=name, connector="fake", channel="pos", options={}, **values)


def record(source_id: str, updated_at: str | None = None, **fields: Any) -> RawRecord:
    """A payload that is the canonical row itself."""
    return RawRecord(source_id, orjson.dumps({"source_id": source_id, **fields}).decode(), updated_at)


def page(
    records: Sequence[RawRecord] = (),
    *,
    cursor: Mapping[str, Any] | None = None,
    stream: Stream = "customers",
    tombstones: Sequence[Tombstone] = (),
    **values: Any,
) -> Page:
    """A page; its cursor counts pages unless given."""
    return Page(stream, records, cursor if cursor is not None else {"page": 1}, tombstones, **values)


@dataclass
class FakeConnection:
    """Gives the pages it was made with; an exception among them is raised. Pulls are noted as (stream, cursor, full)."""

    pages: Iterable[Page | Exception] = ()
    asked: list[tuple[str, Any, bool]] = field(default_factory=list)
    closed: bool = False

    def check(self) -> Sequence[Finding]:
        return [Finding("ok", "ok", "works", "chạy tốt")]

    def pull(self, stream: Stream, cursor: Mapping[str, Any] | None, *, full: bool) -> Iterator[Page]:
        self.asked.append((stream, cursor, full))
        for given in list(self.pages):
            if isinstance(given, Exception):
                raise given
            if given.stream == stream:
                yield given

    def to_canonical(self, stream: Stream, payloads: Any) -> Mapped:
        rows, unusable = [], []
        for raw in payloads:
            try:
                row = orjson.loads(raw.payload)
            except orjson.JSONDecodeError:
                unusable.append(Unusable(raw.source_id, "payload.json"))
                continue
            if raw.updated_at is not None:
                row["updated_at"] = raw.updated_at
            rows.append(row)
        return Mapped(rows, unusable)

    def find(self, field: str, value: str) -> Sequence[Found]:
        return ()

    def read(self, source_id: str) -> Found | None:
        return None

    def write(self, writes: Sequence[Write]) -> Iterator[Receipt]:
        yield from (Receipt(write.key, "acked", write.target) for write in writes)

    def forget(self, source_id: str) -> Receipt:
        return Receipt("", "acked", source_id)

    def close(self) -> None:
        self.closed = True
