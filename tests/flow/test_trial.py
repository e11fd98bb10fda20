"""Trying a decision out keeps nobody from writing and leaves nothing behind."""

from __future__ import annotations

import pytest
from fakes import make_run
from sqlalchemy import func, insert, select, text, update
from steps import HUNG, LAN, SETTINGS, bring, person, settle

from hub.errors import ConfigError
from hub.flow import consenting, effect, judge
from hub.flow.hold import release
from hub.store import audit
from hub.store.tables import consents, meta, metadata
from hub.store.trial import trial


@pytest.fixture
def shop(store):
    """Two customers who are nobody's question."""
    bring(store, person("1", *LAN), person("2", *HUNG))
    settle(store)
    return store


def counted(store):
    with store.read() as conn:
        return {one.name: conn.scalar(select(func.count()).select_from(one)) for one in metadata.sorted_tables}


def test_a_decision_is_tried_while_somebody_else_writes(shop):
    merge = judge.merge(SETTINGS, ["pos:1", "pos:2"])
    with shop.begin() as conn:
        conn.execute(insert(meta).values(key="a writer", value="at work"))
        told = effect.preview(shop, SETTINGS, make_run(9), merge)
    assert (told["merged"], told["changed"]) == (1, 1)


def test_nothing_is_left_behind_and_the_next_look_sees_the_store_itself(shop):
    before = counted(shop)
    for _ in range(2):
        effect.preview(shop, SETTINGS, make_run(9), judge.merge(SETTINGS, ["pos:1", "pos:2"]))
    assert counted(shop) == before


def test_each_of_several_is_tried_by_itself_and_one_that_cannot_be_is_told(shop):
    merge = judge.merge(SETTINGS, ["pos:1", "pos:2"])
    plans = {"first": merge, "none": release(SETTINGS, "pos:1"), "second": merge}
    told = effect.previews(shop, SETTINGS, make_run(9), plans)
    assert isinstance(told["none"], ConfigError)
    assert told["first"] == told["second"] | {"cases": told["first"]["cases"]}


def broken(conn):
    conn.execute(insert(meta).values(key="tried", value="x"))
    raise ZeroDivisionError


def test_a_trial_that_breaks_leaves_nothing_behind(shop):
    before = counted(shop)
    with pytest.raises(ZeroDivisionError):
        effect.preview(shop, SETTINGS, make_run(9), broken)
    assert counted(shop) == before


def wished(store, status, number):
    """What Lan says of texts, entered and in force; the decision's id."""
    plan = consenting.wish(SETTINGS, "pos:1", status, ["marketing.sms"], None, "2026-01-01T00:00:00.000Z")
    with store.begin() as conn:
        made = judge.write(conn, plan(conn), make_run(number), "an", None)
    settle(store, number)
    return made


def test_the_ledger_of_consents_is_tried_without_being_copied(shop):
    first = wished(shop, "granted", 11)
    before = counted(shop)
    for plan, now in (
        (judge.undo(first), 0),
        (consenting.wish(SETTINGS, "pos:1", "withdrawn", [], None, "2026-02-01"), 2),
    ):
        told = effect.preview(shop, SETTINGS, make_run(12), plan)
        (case,) = told["cases"]
        assert len(case["fields"]["consents"][1] or ()) == now
    assert counted(shop) == before


def test_rows_that_are_changed_and_put_in_a_trial_are_seen_in_it_alone(shop):
    wished(shop, "granted", 11)
    with shop.read() as conn:
        (stood,) = conn.execute(select(consents)).mappings()
    with trial(shop) as conn:
        conn.execute(update(consents).values(active=False))
        conn.execute(insert(consents), [{**stood, "status": "withdrawn", "consent_id": stood["consent_id"] + 7}])
        told = conn.execute(select(consents.c.status, consents.c.active).order_by(consents.c.consent_id)).all()
    with shop.read() as conn:
        (stands,) = conn.execute(select(consents)).mappings()
    assert [tuple(one) for one in told] == [("granted", False), ("withdrawn", True)]
    assert stands == stood


def test_a_customers_consents_are_found_by_index_in_a_trial(shop):
    if not shop.sqlite:
        pytest.skip("only SQLite's trial has a view")
    with trial(shop) as conn:
        asked = "SELECT * FROM consents WHERE active AND anchor IN (SELECT value FROM json_each('[\"pos:1\"]'))"
        steps = [row.detail for row in conn.execute(text(f"EXPLAIN QUERY PLAN {asked}"))]
    assert any("consents_anchor" in step for step in steps)


def test_the_log_of_people_is_free_while_a_decision_is_tried(shop):
    with trial(shop) as conn:
        judge.write(conn, judge.merge(SETTINGS, ["pos:1", "pos:2"])(conn), make_run(9), "preview", None)
        with shop.begin() as other:
            if not shop.sqlite:
                other.execute(text("SET LOCAL lock_timeout = '5s'"))
            audit.write(other, at="2026-01-01T00:00:00.000Z", actor="an", action="look")
    with shop.read() as conn:
        assert next(row["action"] for row in audit.read(conn)) == "look"
