"""A small world grown through the real steps: pull, normalize, match, resolve, from payloads that are canonical rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fakes import CUSTOMERS, ORDERS, FakeConnection, make_run, make_source, page, record
from sqlalchemy import select

from hub.connectors.kit.port import Capabilities
from hub.flow.land import pull
from hub.flow.match import match
from hub.flow.normalize import normalize
from hub.flow.resolve import resolve
from hub.model import RawRecord
from hub.settings import Settings
from hub.store.engine import Store
from hub.store.tables import records, xref

CAPABILITIES = Capabilities(streams=(CUSTOMERS, ORDERS))
T1, T2, T3 = (f"2026-10-0{day}T00:00:00.000Z" for day in (1, 2, 3))


def settings_of(*sources: str, **values: Any) -> Settings:
    """Settings with these sources."""
    return Settings(Path("hub.toml"), "", sources={name: make_source(name) for name in sources}, **values)


def person(
    source_id: str,
    full_name: str | None,
    phone: str | None = None,
    email: str | None = None,
    at: str | None = None,
    **more: Any,
) -> RawRecord:
    """A payload with one phone and one e-mail."""
    phones = [{"value": phone, "use": "own"}] if phone else []
    emails = [{"value": email, "use": "own"}] if email else []
    return record(source_id, at, full_name=full_name, phones=phones, emails=emails, **more)


def load(store: Store, source: str, *rows: RawRecord, orders: tuple[RawRecord, ...] = (), number: int = 1) -> None:
    """Pull and normalize the rows of one source."""
    pages = [page(list(rows)), page(list(orders), stream="orders")]
    connection, run, settings = FakeConnection(pages), make_run(number), settings_of(source)
    report = pull(store, settings.sources[source], connection, run, capabilities=CAPABILITIES)
    normalize(store, settings, settings.sources[source], connection, run, report, capabilities=CAPABILITIES)


def grow(store: Store, settings: Settings, number: int = 1) -> None:
    """Match and resolve what has changed."""
    match(store, settings, make_run(number))
    resolve(store, settings, make_run(number))


def customers(store: Store) -> dict[tuple[str, str], str]:
    """(source, source_id) → golden id."""
    named = select(records.c.source, records.c.source_id, xref.c.golden_id).join(xref, xref.c.rid == records.c.rid)
    with store.read() as conn:
        return {(source, source_id): golden_id for source, source_id, golden_id in conn.execute(named)}
