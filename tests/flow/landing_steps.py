"""Helpers of tests of landing."""

from __future__ import annotations

from fakes import CAPABILITIES, FakeConnection, make_run, make_source
from sqlalchemy import func, select

from hub.flow.land import pull
from hub.store.tables import landed, raw_records, waiting

T1, T2, T3 = (f"2026-10-0{day}T00:00:00.000Z" for day in (1, 2, 3))


def land(store, *pages, run=None, **options):
    return pull(store, make_source(), FakeConnection(pages), run or make_run(), capabilities=CAPABILITIES, **options)


def rows(store, table):
    with store.read() as conn:
        return conn.scalar(select(func.count()).select_from(table))


def newest(store, source_id="a"):
    with store.read() as conn:
        join = landed.join(raw_records, raw_records.c.raw_id == landed.c.raw_id)
        return conn.scalar(select(raw_records.c.payload).select_from(join).where(landed.c.source_id == source_id))


def state_of(store, source_id="a"):
    with store.read() as conn:
        return conn.scalar(select(landed.c.state).where(landed.c.source_id == source_id))


def done(store):
    """As if normalizing had taken all that waits."""
    with store.begin() as conn:
        conn.execute(waiting.delete())
