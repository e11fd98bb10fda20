"""A plan from what changed equals a plan from everything, over histories at random.

HUB_HUNT=1000 plays so many histories instead of a few, HUB_HUNT_FROM=500 begins at that seed (CONTRIBUTING.md).
"""

from __future__ import annotations

import os
import random
from dataclasses import replace

import hunting
import pytest
from histories import Maker, Step
from shop import SHOP, Shop
from sqlalchemy import select

from hub.flow.consenting import wish
from hub.flow.decide import decide
from hub.flow.hold import hold, release
from hub.flow.match import match
from hub.flow.outlet import Outlet
from hub.flow.plan import plan
from hub.flow.push import push
from hub.flow.resolve import resolve
from hub.flow.sift import Sift
from hub.settings import Destination
from hub.store import headcount, ledger, planned
from hub.store.tables import customers

FIRST = int(os.environ.get("HUB_HUNT_FROM", "0"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("HUB_HUNT", "1")))
ABLE = replace(SHOP, writes=frozenset({"create", "update", "delete"}), requires=frozenset(), rereads=True)
NAMES = {"full_name": "hub", "phone": "fill_if_blank", "email": "newest"}
WIDE = {"max_changes": 1.0, "max_deletes": 1.0}
DESTINATIONS = (
    Destination("careful", "shop", "fake", "shop", {}, fields=NAMES, **WIDE),
    Destination("newest", "pos", "fake", "pos", {}, fields=dict.fromkeys(NAMES, "newest"), mode="upsert", **WIDE),
    Destination("mirror", "mail", "fake", "mail", {}, fields=NAMES, mode="mirror", purpose="marketing", **WIDE),
    Destination("list", None, "fake", "sheet", {}, fields=dict.fromkeys(NAMES, "hub"), mode="mirror", **WIDE),
)
OURS = ("create", "echo")
"""Actions of a history that write what only a push writes here."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_from_what_changed_equals_a_plan_from_everything(store, seed):
    rng, looked = random.Random(seed), []
    steps = [_without_ours(step) for step in Maker(rng).history(8)]
    shops = {one.name: Shop() for one in DESTINATIONS}
    for number, settings, _ in hunting.play(store, steps):
        _meddle(store, settings, number + 500, rng)
        for destination in [_otherwise(one, rng) for one in DESTINATIONS]:
            shop = shops[destination.name]
            shop.moods = rng.choices(("ack", "ack", "ack", "reject", "lost", "swallow"), k=6)
            run = hunting.run_of(number + 500)
            outlet = Outlet(store, settings, destination, ABLE, shop, run)
            looked.append(_same(store, outlet))
            report = plan(outlet)
            assert _same(store, outlet) is not None
            push(outlet, report, yes=rng.random() < 0.7)
            _same(store, outlet)
    assert any(one is not None for one in looked)


def _meddle(store, settings, number, rng):
    """What people ask for between runs: a hold set or lifted, a consent, a wish for one customer at one destination."""
    with store.read() as conn:
        ids = sorted(conn.scalars(select(customers.c.golden_id).where(customers.c.status == "active")))
    for _ in range(rng.choice((0, 1, 2))):
        one, name = rng.choice(ids), rng.choice(DESTINATIONS).name
        if rng.random() < 0.3:
            with store.begin() as conn:
                ledger.wish(conn, name, one, rng.choice(("recreate", "retry")), hunting.moment(number), "an")
            continue
        acts = [hold(settings, one), release(settings, one)]
        acts += [wish(settings, one, said, (), None, hunting.moment(number)) for said in ("granted", "withdrawn")]
        hunting._decide(store, number, rng.choice(acts))
    match(store, settings, hunting.run_of(number))
    resolve(store, settings, hunting.run_of(number))


def _otherwise(destination, rng):
    """Now and then the owner changes who is meant, or which fields."""
    changed = rng.choice(({"only": {"kind": "person"}}, {"fields": {"full_name": "fill_if_blank"}}))
    return replace(destination, **changed) if rng.random() < 0.1 else destination


def _without_ours(step: Step) -> Step:
    return replace(step, actions=tuple(one for one in step.actions if one[0] not in OURS))


def _same(store, outlet: Outlet):
    """All ways give the same: from what changed, from a glance at all, from judging all. Which were looked at (None: all)."""
    with store.read() as conn:
        quick, whole = decide(conn, outlet), decide(conn, outlet, thorough=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Sift, "quiet", lambda *_: False)
            slow = decide(conn, outlet, thorough=True)
        key = (headcount.RECORDS if outlet.destination.source else headcount.GIVEN) + outlet.source
        assert headcount.count(conn, key) == headcount.counted(conn, key), outlet.name
    for one in (quick, whole):
        assert [_line(item) for item in one.items] == [_line(item) for item in slow.items], outlet.name
        assert (one.noops, one.there) == (slow.noops, slow.there), outlet.name
        assert [_listed(each) for each in one.doubles] == [_listed(each) for each in slow.doubles], outlet.name
    return quick.looked


def _line(item):
    return (item.action, item.golden_id, item.target, item.changes, item.send, item.reason, item.notes)


def _listed(one):
    return one.golden_id, list(one.targets), list(one.points)


def test_other_settings_are_planned_from_everything(store):
    destination = DESTINATIONS[0]
    for _, settings, _ in hunting.play(store, Maker(random.Random(1)).history(0)):
        outlet = Outlet(store, settings, destination, ABLE, Shop(), hunting.run_of(500))
        plan(outlet)
        assert _same(store, outlet) is not None
        other = replace(outlet, destination=replace(destination, fields={"full_name": "fill_if_blank"}))
        assert _same(store, other) is None


def test_when_very_many_changed_everything_is_looked_at(store, monkeypatch):
    monkeypatch.setattr(planned, "FEW", -1)
    for _, settings, _ in hunting.play(store, Maker(random.Random(1)).history(0)):
        outlet = Outlet(store, settings, DESTINATIONS[1], ABLE, Shop(), hunting.run_of(500))
        plan(outlet)
        assert _same(store, outlet) is None
