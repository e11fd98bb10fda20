"""Trying a decision out keeps nobody from writing and leaves nothing behind."""

from __future__ import annotations

import pytest
from fakes import make_run
from sqlalchemy import func, insert, select
from steps import HUNG, LAN, SETTINGS, bring, person, settle

from hub.errors import ConfigError
from hub.flow import effect, judge
from hub.flow.hold import release
from hub.store.tables import meta, metadata


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
