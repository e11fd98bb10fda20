"""Status: fresh or stale, counts, what waits."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import make_run, make_source
from grown import T1, T2, grow, load, person, settings_of
from sqlalchemy import insert

from hub.flow.lock import end_run, start_run
from hub.flow.status import status
from hub.model import RawRecord
from hub.settings import Settings
from hub.store import sources, tables

NOON = "2026-11-01T12:00:00.000Z"


def settings(**freshness):
    made = {name: make_source(name, freshness=seconds) for name, seconds in freshness.items()}
    return Settings(Path("hub.toml"), "", sources=made)


@pytest.fixture
def shop(store):
    load(
        store,
        "pos",
        person("1", "Nguyễn Thị Lan", "0912345678", None, T1),
        person("2", "Trần Văn Hùng", "0938271564", None, T2),
        person("3", "Khách lẻ"),
        RawRecord("x", "<html>"),
    )
    grow(store, settings_of("pos"))
    return store


def test_a_new_hub_has_nothing(store):
    told = status(store, settings(pos=None), NOON)
    assert told["counts"] == {"customers": 0, "records": 0, "open_reviews": 0, "quarantine": 0, "plans_waiting": 0}
    assert told["last_run"] is None
    names = ("status", "last_attempt", "last_success", "newest_record", "error")
    assert [told["sources"]["pos"][name] for name in names] == [None] * 5


def test_a_source_tells_its_times_and_counts(shop):
    pos = status(shop, settings(pos=3600), NOON)["sources"]["pos"]
    assert (pos["status"], pos["newest_record"], pos["records"], pos["quarantine"]) == ("ok", T2, 3, 1)
    assert pos["last_attempt"] == pos["last_success"]
    assert pos["last_attempt"].startswith("2026-11-01T00:0")


def test_counts_leave_out_those_who_are_nobody(shop):
    assert status(shop, settings(pos=None), NOON)["counts"] == {
        "customers": 2,
        "records": 3,
        "open_reviews": 0,
        "quarantine": 1,
        "plans_waiting": 0,
    }


@pytest.mark.parametrize(("freshness", "stale"), [(None, False), (86_400, False), (3600, True)])
def test_a_source_is_stale_after_its_freshness(shop, freshness, stale):
    assert status(shop, settings(pos=freshness), NOON)["sources"]["pos"]["stale"] is stale


def test_a_source_that_was_never_pulled_is_stale_when_it_should_be_fresh(store):
    told = status(store, settings(pos=60, shop=None), NOON)["sources"]
    assert (told["pos"]["stale"], told["shop"]["stale"]) == (True, False)


def test_an_error_comes_with_code_and_sentence(store):
    with store.begin() as conn:
        sources.save_state(
            conn, "pos", status="failed", last_attempt=T2, error='{"code": "auth", "sentence": "refused"}'
        )
    pos = status(store, settings(pos=60), NOON)["sources"]["pos"]
    assert (pos["status"], pos["error"]) == ("failed", {"code": "auth", "sentence": "refused"})


def test_plans_that_wait_are_told(store):
    plan = {"run_id": "r", "counts": "{}", "feed_seq": 0, "basis": "", "created_at": T1}
    with store.begin() as conn:
        for name, state in (("a", "waiting"), ("b", "applied"), ("c", "held")):
            conn.execute(insert(tables.plans).values(plan_id=name, destination=name, state=state, **plan))
    told = status(store, settings(), NOON)
    assert [(one["destination"], one["state"]) for one in told["plans"]] == [("a", "waiting"), ("c", "held")]
    assert told["counts"]["plans_waiting"] == 2


def test_the_last_run_is_told(store):
    start_run(store, make_run(1))
    end_run(store, make_run(1), "ok")
    run = make_run(2, day=2)
    start_run(store, run)
    end_run(store, run, "degraded")
    told = status(store, settings(), NOON)["last_run"]
    assert (told["run_id"], told["status"], told["trigger"]) == ("run-2", "degraded", "cli")
