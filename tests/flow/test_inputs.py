"""A rebuild decides again only the customers whose inputs differ; what they are is told apart by one number."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import pytest
from sqlalchemy import select
from steps import SETTINGS, bring, decide, make_run, person, settle, whose

from hub.flow import consenting
from hub.flow.match import match
from hub.flow.pin import pin
from hub.flow.resolve import resolve
from hub.settings import Survivorship
from hub.store import promote
from hub.store.tables import customers

NOW = "2026-11-01T00:00:00.000Z"
LAN = person("1", "Nguyễn Thị Lan", "0912345678", at=NOW)
HUNG = person("2", "Trần Văn Hùng", "0987654321", at=NOW)


@pytest.fixture
def two(store):
    bring(store, LAN, HUNG)
    settle(store)
    return store


def decided(store, settings=SETTINGS, number=2, *, rebuild=True):
    """Golden ids that a run decides."""
    found: list[str] = []
    inner = promote._decided

    def spy(conn, new, by):
        found.extend(new["golden_id"].unique())
        return inner(conn, new, by)

    run = make_run(number)
    with patch.object(promote, "_decided", spy):
        match(store, settings, run, rebuild)
        resolve(store, settings, run)
    return sorted(found)


def inputs(store):
    with store.read() as conn:
        rows = conn.execute(select(customers.c.golden_id, customers.c.inputs))
        return {row.golden_id: row.inputs for row in rows}


def test_a_rebuild_with_the_same_inputs_decides_nobody(two):
    assert decided(two) == []


def test_a_rebuild_decides_whose_record_was_written_since(two):
    bring(two, person("1", "Nguyễn Thị Lan", "0912345678", at="2026-11-02T00:00:00.000Z", gender="nữ"), number=2)
    assert decided(two) == [whose(two)["pos:1"]]


def test_a_rebuild_decides_who_shares_a_value_with_others_than_before(two):
    before = inputs(two)
    bring(two, person("3", "Võ Quốc Bảo", "0912345678"), number=2)
    ids = whose(two)
    new = decided(two)
    assert ids["pos:1"] in new
    assert ids["pos:2"] not in new
    assert inputs(two)[ids["pos:1"]] != before[ids["pos:1"]]


def test_other_rules_decide_everybody_again(two):
    newest = replace(SETTINGS, survivorship=Survivorship(fields={"full_name": ("most_recent",)}))
    assert decided(two, newest, rebuild=False) == sorted(whose(two).values())


def test_customers_of_a_store_that_told_no_inputs_are_decided_once_more_and_then_left_out(two):
    with two.begin() as conn:
        conn.execute(customers.update().values(inputs=None))
    assert decided(two) == sorted(whose(two).values())
    assert None not in inputs(two).values()
    assert decided(two, number=3) == []


def test_what_people_said_of_a_customer_has_it_decided_each_time(two):
    ids = whose(two)
    decide(two, pin(SETTINGS, "pos:1", "birth_date", "1991-04-03"), number=2)
    assert decided(two, number=3) == [ids["pos:1"]]
    decide(two, consenting.wish(SETTINGS, "pos:2", "withdrawn", ("marketing.sms",), None, NOW), number=4)
    assert decided(two, number=5) == sorted(ids.values())
