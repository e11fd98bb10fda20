"""Helpers of tests that run the real steps over small sets of records."""

from __future__ import annotations

from pathlib import Path

from fakes import CAPABILITIES, FakeConnection, make_run, make_source, page, record
from sqlalchemy import select

from hub.flow import judge
from hub.flow.land import pull
from hub.flow.match import match
from hub.flow.normalize import normalize
from hub.flow.resolve import resolve
from hub.model import Tombstone
from hub.settings import Matching, Settings
from hub.store.tables import customers, records, xref

POS, SHOP, MAIL = make_source("pos"), make_source("shop"), make_source("mail", creates=False)
SETTINGS = Settings(
    Path("hub.toml"),
    "",
    sources={one.name: one for one in (POS, SHOP, MAIL)},
    matching=Matching(compare_up_to=0),
)
"""Nothing is suggested: what is not about scores is quicker without."""


def person(source_id, name, *phones, at=None, **more):
    return record(source_id, at, full_name=name, phones=[{"value": phone, "use": "own"} for phone in phones], **more)


def bring(store, *given, source=POS, number=1, gone=()):
    """Pull and normalize records of one source."""
    run, connection = make_run(number), FakeConnection([page(given, tombstones=[Tombstone(i) for i in gone])])
    report = pull(store, source, connection, run, capabilities=CAPABILITIES)
    normalize(store, SETTINGS, source, connection, run, report, capabilities=CAPABILITIES)


def settle(store, number=1, *, rebuild=False, day=1):
    run = make_run(number, day)
    return match(store, SETTINGS, run, rebuild), resolve(store, SETTINGS, run)


def decide(store, plan, number=50, day=1):
    """Write a decision and let it take effect, as the commands do."""
    run = make_run(number, day)
    with store.begin() as conn:
        decision_id = judge.write(conn, plan(conn), run, "an", "asked at the counter")
    match(store, SETTINGS, run)
    resolve(store, SETTINGS, run)
    return decision_id


def whose(store):
    """`source:source_id` → golden id."""
    with store.read() as conn:
        joined = select(records.c.source, records.c.source_id, xref.c.golden_id).join(xref, xref.c.rid == records.c.rid)
        return {f"{source}:{source_id}": golden_id for source, source_id, golden_id in conn.execute(joined)}


def partition(store):
    """The set of sets of records."""
    found: dict[str, set[str]] = {}
    for name, golden_id in whose(store).items():
        found.setdefault(golden_id, set()).add(name)
    return {frozenset(names) for names in found.values()}


def rows(store, table, *order):
    with store.read() as conn:
        return [dict(row) for row in conn.execute(select(table).order_by(*order)).mappings()]


def customer(store, golden_id):
    with store.read() as conn:
        return dict(conn.execute(select(customers).where(customers.c.golden_id == golden_id)).mappings().one())


LAN, LAN2, HUNG = ("Nguyễn Thị Lan", "0912345678"), ("NGUYEN THI LAN", "0912 345 678"), ("Trần Văn Hùng", "0987654321")
