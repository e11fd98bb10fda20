"""A withdrawal that is overdue is told once, and again when it is over."""

from __future__ import annotations

import pytest
from fakes import make_run

from hub.flow import alerts
from hub.flow.workspace import Workspace
from hub.settings import Settings
from hub.store import withdrawals as table

NOW, LATE, SOON = "2026-11-20T08:00:00.000Z", "2026-11-19T08:00:00.000Z", "2099-01-01T00:00:00.000Z"
QUIET = {"sources": {}, "push": {}, "steps": []}


def task(task_id, **more):
    row = {
        "task_id": task_id, "destination": "news", "target": task_id, "golden_id": "g", "purpose": "marketing",
        "channel": "email", "said_by": "hub", "said_at": None, "state": "manual", "reason": "no_mark", "due": SOON, "tries": 0,
        "at": "2026-11-01T00:00:00.000Z", "ended_at": None, "actor": None,
    }  # fmt: skip
    return row | more


@pytest.fixture
def heard(store, tmp_path, monkeypatch):
    """What the one channel heard, and a run's end."""
    messages = []
    monkeypatch.setattr(alerts, "channels", lambda _: {"test": messages.append})
    place = Workspace(Settings(tmp_path / "hub.toml", "", language="en"), store)

    def end():
        messages.clear()
        alerts.notify(place, make_run(day=20), QUIET)
        return [(one["subject"], one["state"], one["sentence"]) for one in messages]

    return store, end


def put(store, *rows):
    with store.begin() as conn:
        table.add(conn, rows)


def test_the_first_that_is_overdue_is_told_once(heard):
    store, end = heard
    put(store, task("t1"))
    assert end() == []
    put(store, task("t2", due=LATE))
    assert end() == [("withdrawals:news", "overdue", "news: a withdrawal is overdue there; see hub withdrawals")]
    put(store, task("t3", due=LATE))
    assert end() == []


def test_that_it_is_done_is_told_too(heard):
    store, end = heard
    put(store, task("t2", due=LATE))
    end()
    with store.begin() as conn:
        table.change(conn, ["t2"], state="done", ended_at=NOW)
    assert [one[:2] for one in end()] == [("withdrawals:news", "ok")]
    assert end() == []


def test_overdue_comes_before_held(heard):
    store, end = heard
    put(store, task("t1", state="held", reason="many"), task("t2", due=LATE))
    assert [one[1] for one in end()] == ["overdue"]
