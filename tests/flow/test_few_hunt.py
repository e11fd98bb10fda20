"""A few records taken row by row equal the same by frames and rebuilt (promise 3.7), hunted over histories at random.

HUB_HUNT=1000 plays so many histories instead of a few, HUB_HUNT_FROM=500 begins at that seed (CONTRIBUTING.md).
"""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import hunted
import hunting
import pytest
from histories import NAMES, PHONES, Maker
from sqlalchemy import select

from hub.flow import few, few_land, one
from hub.settings import Source
from hub.store.tables import field_refusals, identifiers, landed, raw_records, records, source_state, waiting

FIRST = int(os.environ.get("HUB_HUNT_FROM", "0"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("HUB_HUNT", "1")))
STEPS = 12
TILL = Source("till", "api", "pos", {})
LANDED = (raw_records, landed, records, identifiers, field_refusals, source_state, waiting)


@pytest.fixture(autouse=True)
def _always_incremental(monkeypatch):
    """The small sets of these tests are far above the share at which everything is matched anew."""
    monkeypatch.setattr("hub.flow.match.FULL_SHARE", 2.0)


def kept(store: Any) -> dict[str, Any]:
    """What landing and normalizing wrote, beside what matching did."""
    with store.read() as conn:
        found = {t.name: [dict(row) for row in conn.execute(select(t)).mappings()] for t in LANDED}
    rows = {name: sorted(some, key=lambda row: [str(v) for v in row.values()]) for name, some in found.items()}
    return {**rows, **hunted.state(store)}


@pytest.mark.parametrize("seed", SEEDS)
def test_few_records_row_by_row_equal_a_rebuild(store, twin, seed):
    """One store is matched row by row where that is usual, its twin anew: equal after every step, ids and feed too."""
    done: Counter[bool] = Counter()
    steps = Maker(random.Random(seed)).history(STEPS)
    settled = hunting.settle

    def at_once(a_store, settings, number, *, rebuild=False):
        if not rebuild:
            with patch("hub.flow.match.os.urandom", hunting.entropy(number)):
                done[few.settle(a_store, settings, hunting.run_of(number))] += 1
        return settled(a_store, settings, number, rebuild=rebuild)

    with patch.object(hunting, "settle", at_once):
        both = zip(hunting.play(store, steps), hunting.play(twin, steps, rebuild=True), strict=True)
        for (number, _, _), _ in both:
            assert hunted.differing(hunted.state(store), hunted.state(twin)) == {}, number
    assert done[True]


def payload(lot: random.Random, number: int) -> dict[str, Any]:
    """A record handed in, mostly new."""
    emails = [{"value": lot.choice(("lan@example.com", "hung@example.com", "l***@gmail.com"))}] * lot.randrange(2)
    phones = [{"value": phone} for phone in lot.sample(PHONES, lot.randrange(3))]
    told = {
        "full_name": lot.choice(NAMES),
        "phones": phones,
        "emails": emails,
        "shoe_size": lot.choice((None,) * 9 + (38,)),
    }
    source_id = f"t{lot.randrange(number)}" if number and lot.random() < 0.4 else f"t{number}"
    return {"source_id": source_id, **{name: value for name, value in told.items() if value}}


def post(store: Any, settings: Any, number: int, given: Any) -> Any:
    with patch("hub.flow.match.os.urandom", hunting.entropy(number)):
        return one.resolve_records(store, settings, TILL, given, hunting.run_of(number))


@pytest.mark.parametrize("seed", SEEDS)
def test_records_handed_in_between_syncs_equal_those_taken_by_frames(store, twin, seed, monkeypatch):
    """Single records between syncs, judgements, merges, splits and pins: every table is as frames and rebuilds leave it."""
    lot, done = random.Random(seed), Counter[str]()
    taken, settled = few_land.take, few.settle
    monkeypatch.setattr("hub.flow.one.few_land.take", lambda *given: _counted(done, "landed", taken(*given)))
    monkeypatch.setattr("hub.flow.one.few.settle", lambda *given: _counted(done, "matched", settled(*given)))
    steps = Maker(random.Random(seed)).history(STEPS // 3)
    settings = replace(hunting.BASE, sources={**hunting.BASE.sources, "till": TILL})
    for number, step in enumerate(steps):
        given = [payload(lot, number * 4 + n) for n in range(3)]
        for a_store in (store, twin):
            for action in step.actions:
                hunting.act(a_store, settings, number * 10, action)
            hunting.settle(a_store, settings, number * 10, rebuild=a_store is twin)
        for n, record in enumerate(given):
            post(store, settings, number * 10 + 1 + n, [record])
            with patch("hub.flow.one.few_land.take", _no), patch("hub.flow.one.few.settle", _no):
                post(twin, settings, number * 10 + 1 + n, [record])
            assert hunted.differing(kept(store), kept(twin)) == {}, (number, n)
    assert done["landed"] + done["matched"]


def _no(*_: Any) -> bool:
    return False


def _counted(done: Counter[str], name: str, taken: bool) -> bool:
    done[name] += taken
    return taken
