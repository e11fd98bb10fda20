"""Incremental equals rebuild (promise 3.7), on random scripts of edits; and order of arrival does not matter."""

from __future__ import annotations

import random

import pytest
from fakes import make_run, record
from sqlalchemy import func, insert, select
from steps import POS, SETTINGS, SHOP, bring, partition, rows, settle

from hub.flow.match import match
from hub.store.scope import share
from hub.store.tables import (
    blocked_values,
    changes,
    customers,
    dirty_records,
    edges,
    history,
    judgements,
    records,
    refusals,
    xref,
)

NAMES = (
    "Nguyễn Thị Lan",
    "NGUYEN THI LAN",
    "Lan",
    "Trần Văn Hùng",
    "Hùng",
    "Phạm Thu Hoa",
    "Lê Minh Tuấn",
    "Khách lẻ",
    "Võ Quốc Bảo",
    "Cty TNHH An Phát",
    None,
)
PHONES = ("0912345678", "0987654321", "0933333333", "0905551234")
EMAILS = ("lan@example.com", "hung@example.com", "hoa@example.com")
IDS = ("001090012345", "001090012346", "079185055501")
STATE = (customers, xref, edges, refusals, blocked_values)


def made(rng, source_id):
    fields = {}
    if (name := rng.choice(NAMES)) is not None:
        fields["full_name"] = name
    if rng.random() < 0.8:
        fields["phones"] = [{"value": v, "use": "own"} for v in rng.sample(PHONES, rng.choice((1, 1, 2)))]
    if rng.random() < 0.4:
        fields["emails"] = [{"value": rng.choice(EMAILS), "use": "own"}]
    if rng.random() < 0.15:
        fields["ids"] = [{"type": "national_id", "value": rng.choice(IDS), "issuer": "VN"}]
    if rng.random() < 0.2:
        fields["birth_date"] = rng.choice(("1990-02-01", "1990-01-02", "1985-12-24"))
    return record(source_id, **fields)


def judge(store, rng, number):
    a, b = rng.sample([f"{source}:{n}" for source in ("pos", "shop") for n in range(12)], 2)
    with store.begin() as conn:
        row = {
            "a": min(a, b),
            "b": max(a, b),
            "verdict": rng.choice(("same", "different")),
            "author": "an",
            "at": f"2026-11-0{number}T00:00:00.000Z",
            "active": True,
        }
        conn.execute(insert(judgements).values(row))
        named = select(records.c.rid).where((records.c.source + ":" + records.c.source_id).in_((a, b)))
        there = named.where(records.c.rid.not_in(select(dirty_records.c.rid)))
        conn.execute(insert(dirty_records).from_select(["rid"], there))


def state(store):
    return [sorted(map(repr, rows(store, table))) for table in STATE]


@pytest.fixture
def always_incremental(monkeypatch):
    """The small sets of these tests are far above the share at which everything is matched anew."""
    monkeypatch.setattr("hub.flow.match.FULL_SHARE", 1.0)


@pytest.mark.usefixtures("always_incremental")
@pytest.mark.parametrize("seed", range(6))
def test_incremental_equals_rebuild(store, seed):
    rng = random.Random(seed)
    bring(store, *[made(rng, str(n)) for n in range(12)], number=1)
    bring(store, *[made(rng, str(n)) for n in range(12)], source=SHOP, number=1)
    settle(store, 1)
    for number in range(2, 7):
        source = rng.choice((POS, SHOP))
        gone = [str(n) for n in rng.sample(range(12), rng.choice((0, 0, 1, 2)))]
        bring(
            store,
            *[made(rng, str(n)) for n in rng.sample(range(12), 2) if str(n) not in gone],
            source=source,
            number=number,
            gone=gone,
        )
        if rng.random() < 0.4:
            judge(store, rng, number)
        matched, _ = settle(store, number)
        before, told = (
            state(store),
            (matched.records, matched.customers, matched.links, matched.related, dict(matched.guards)),
        )
        events = len(rows(store, changes)) + len(rows(store, history))
        again, _ = settle(store, number + 100, rebuild=True)
        assert state(store) == before
        assert len(rows(store, changes)) + len(rows(store, history)) == events
        guards = {name: told[4][name] for name in ("cannot_link", "conflict", "name")}
        assert (again.records, again.customers, again.links, again.related) == told[:4]
        assert {name: again.guards[name] for name in guards} == guards


@pytest.mark.usefixtures("always_incremental")
@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_arrival_does_not_matter(store, seed):
    rng = random.Random(seed)
    given = [made(rng, str(n)) for n in range(14)]
    rng.shuffle(given)
    for number, start in enumerate(range(0, 14, 3)):
        bring(store, *given[start : start + 3], number=number)
        settle(store, number)
    step_by_step = partition(store)
    with store.begin() as conn:
        for table in (xref, customers, edges, refusals, blocked_values):
            conn.execute(table.delete())
    match(store, SETTINGS, make_run(50), rebuild=True)
    settle(store, 51, rebuild=True)
    assert partition(store) == step_by_step


def test_few_changes_are_matched_without_reading_everything(store, monkeypatch):
    bring(
        store,
        *[
            record(str(n), full_name=f"Người Số {n}", phones=[{"value": f"09{n:08d}", "use": "own"}])
            for n in range(10, 60)
        ],
    )
    settle(store, 1)
    bring(store, record("10", full_name="Người Số Mười", phones=[{"value": "0900000010", "use": "own"}]), number=2)
    with store.read() as conn:
        assert 0 < share(conn) < 0.03
        assert conn.scalar(select(func.count()).select_from(dirty_records)) == 1
    monkeypatch.setattr("hub.store.scope.everything", None)
    _, made_ = settle(store, 2)
    assert (made_.updated, made_.unchanged) == (1, 49)
