"""Why something was not written is said in words wherever a person looks."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from hub.cli.explain import _push
from hub.cli.show import push_lines
from hub.cli.status import _text
from hub.cli.steps import _plan_text
from hub.flow.run import PushReport
from hub.flow.status import _sentence
from hub.settings import Settings

WORDS = {
    "vi": "Khách chưa đồng ý nhận tin qua kênh này",
    "en": "The customer has not agreed to be reached by this channel",
}


@pytest.fixture
def report():
    told = PushReport(plan_id="p1", state="waiting")
    told.because("blocked", "no_consent")
    told.because("blocked", "no_consent")
    return asdict(told)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_push_says_how_many_and_why(report, language):
    (line,) = [line for line in push_lines("shop", report, language) if WORDS[language] in line]
    assert " 2: " in line


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_plan_says_why_a_record_is_left_alone(report, language):
    item = {"action": "blocked", "target": "7", "golden_id": "g1", "sentence": WORDS[language]}
    assert WORDS[language] in _plan_text("shop", {**report, "items": [item]}, language)


@pytest.mark.parametrize(("seconds", "told"), [(600.0, True), (20.0, False), (None, False)])
def test_a_plan_says_what_it_sets_off_and_how_long_it_takes(report, seconds, told):
    shown = {**report, "items": [], "effects": ["account_mail"], "takes": seconds}
    text = _plan_text("shop", shown, "en")
    assert "every created customer gets an account e-mail" in text
    assert ("about 10 minutes" in text) == told


def test_explain_says_why_a_write_did_not_stand():
    one = {"at": "t", "destination": "shop", "action": "update", "target": "7", "state": "rejected", "sentence": "Why"}
    assert _push(one).endswith("rejected: Why")


def test_status_says_why_a_plan_is_held(tmp_path):
    plan = {"destination": "shop", "state": "held", "reason": "max_changes:7/10"}
    counts = dict.fromkeys(("customers", "records", "quarantine", "open_reviews", "plans_waiting"), 0)
    told = {**plan, "sentence": _sentence(plan, "en")}
    settings = Settings(tmp_path / "hub.toml", "", language="en")
    scores = {"suggestions": 0, "not_compared": 0, "merge_above": "never", "in_force": "never"}
    report = {"sources": {}, "counts": counts, "plans": [told], "last_run": None, "held": [], "scores": scores}
    report["reviews"] = dict.fromkeys(("today", "asked", "rest"), 0)
    text = "\n".join(_text(report, settings))
    assert "It would touch 7/10 of the records" in text
