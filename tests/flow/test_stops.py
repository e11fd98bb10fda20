"""A customer through time: what was kept, what changed at each stop, and why; nothing is computed anew."""

from __future__ import annotations

import pytest
from steps import LAN, SETTINGS, bring, decide, person, settle, whose

from hub.flow import judge
from hub.flow.pin import pin
from hub.flow.stops import stops


@pytest.fixture
def story(store):
    """Lan comes, gets an e-mail, is named by a person, and is merged with somebody."""
    bring(store, person("1", *LAN))
    settle(store)
    mails = [{"value": "lan@example.com", "use": "own"}]
    bring(store, person("1", *LAN, at="2026-11-02T00:00:00.000Z", emails=mails), number=2)
    settle(store, 2)
    decide(store, pin(SETTINGS, "pos:1", "full_name", "Nguyễn Thị Lan Anh"), 50)
    return store, whose(store)["pos:1"]


def test_every_version_is_a_stop_with_what_changed(story):
    store, golden_id = story
    told = stops(store, golden_id)
    assert [one["version"] for one in told] == [1, 2, 3]
    assert [sorted(one["changed"]) for one in told] == [[], ["emails"], ["full_name"]]
    assert told[2]["changed"]["full_name"] == "Nguyễn Thị Lan"
    assert [one["kind"] for one in told] == ["created", "updated", "updated"]
    assert [one["doc"]["full_name"] for one in told] == ["Nguyễn Thị Lan", "Nguyễn Thị Lan", "Nguyễn Thị Lan Anh"]


def test_records_that_came_are_told_by_where_they_come_from(story):
    store, golden_id = story
    bring(store, person("2", "Trần Văn Hùng", "0987654321"), number=3)
    settle(store, 3)
    decide(store, judge.merge(SETTINGS, ["pos:1", "pos:2"]), 60)
    last = stops(store, golden_id)[-1]
    assert last["kind"] == "merged"
    assert last["changed"]["records"] == ["pos:1"]


def test_of_very_many_versions_the_newest_are_told(story, monkeypatch):
    store, golden_id = story
    monkeypatch.setattr("hub.flow.stops.MOST", 2)
    told = stops(store, golden_id)
    assert [one["version"] for one in told] == [2, 3]
    assert told[0]["changed"] == {}
