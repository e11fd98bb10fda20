"""Reports from the counter: a question on top and a hold, lifted by the answer (behaviour 5.11)."""

from __future__ import annotations

import pytest
from fakes import make_run
from questions import HUNG, SON, SWAPPED, answer, question
from steps import LAN, SETTINGS, SHOP, bring, decide, partition, person, settle, whose

from hub.errors import ConfigError
from hub.flow import judge, review
from hub.flow.review_report import report
from hub.store import holds

NOW = "2026-11-20T00:00:00.000Z"


@pytest.fixture(autouse=True)
def _unscored(monkeypatch):
    """No scores: what they suggest of these few records is another test's."""
    monkeypatch.setattr("hub.flow.scoring.read", lambda *_, **__: None)


@pytest.fixture
def joined(store):
    """One customer of two records."""
    bring(store, person("1", *LAN), person("2", *LAN))
    bring(store, person("9", *HUNG), source=SHOP)
    settle(store)
    return store


def reported(store, what="two_people"):
    return report(store, SETTINGS, make_run(40), "pos:1", what, "an", "two names at the till")


def test_a_report_comes_first_and_holds_the_customer(joined):
    told = reported(joined)
    bring(joined, person("5", *SON), person("6", *SWAPPED), number=41)
    settle(joined, 41)
    listed = review.listed(joined, SETTINGS, NOW)["questions"]
    assert [one["kind"] for one in listed] == ["report", "name"]
    assert listed[0]["comment"] == "two names at the till"
    with joined.read() as conn:
        assert holds.held(conn) == {whose(joined)["pos:1"]}
    assert listed[0]["review_id"] == told["review_id"]


def test_a_report_made_twice_is_one_question_and_one_hold(joined):
    assert reported(joined)["review_id"] == reported(joined)["review_id"]
    with joined.read() as conn:
        assert len(holds.standing(conn)) == 1


def test_an_answered_report_lifts_the_hold_and_its_undo_sets_it_again(joined):
    told = reported(joined)
    decision = answer(joined, "apart", told["review_id"], exclude=["pos:2"])
    with joined.read() as conn:
        assert (holds.held(conn), len(partition(joined))) == (frozenset(), 3)
    decide(joined, judge.undo(decision), 51)
    with joined.read() as conn:
        assert (holds.held(conn), len(partition(joined))) == ({whose(joined)["pos:1"]}, 2)
    assert question(joined)["state"] == "open"


def test_a_report_that_is_wrong_is_answered_merge(joined):
    told = reported(joined, "wrong_phone")
    answer(joined, "merge", told["review_id"])
    settle(joined, 60, rebuild=True)
    with joined.read() as conn:
        assert holds.held(conn) == frozenset()
    assert question(joined)["state"] == "decided"


def test_an_only_record_cannot_be_parted(store):
    bring(store, person("1", *LAN))
    settle(store)
    told = reported(store)
    with pytest.raises(ConfigError, match="nothing would be parted"):
        answer(store, "apart", told["review_id"])
