"""Alerts: one message per change of state, none while it stays so, by every channel."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import receivers
from fakes import make_run

from hub.errors import ConfigError, TransientError
from hub.flow import alert_channels
from hub.flow.alerts import notify, states
from hub.flow.workspace import Workspace
from hub.settings import Alerts, Settings
from hub.store import alerts as table

REFUSED = {"code": "auth", "sentence": "GET /customers answered 401 (check the credentials)"}
COUNTS = {"rejected": 0, "retry": 0, "unknown": 0}


def report(source="ok", push=None, failure=None, steps=("match", "resolve"), held=0, **counts):
    told = {
        "sources": {"pos": {"status": source, "error": REFUSED if source in ("degraded", "failed") else None}},
        "push": {"shop": {"state": push, **COUNTS, **counts}} if push else {},
        "match": {"guards": {"held": held}},
        "steps": dict.fromkeys(steps, 0.1),
    }
    return told | ({"failure": failure} if failure else {})


@pytest.fixture
def hook():
    with receivers.web() as kept:
        yield kept


@pytest.fixture
def workspace(store, tmp_path, hook):
    return Workspace(Settings(tmp_path / "hub.toml", "", alerts=Alerts(webhook=hook.url)), store)


def after(workspace, *documents):
    for number, document in enumerate(documents, 1):
        notify(workspace, make_run(number), document)


def said(hook):
    return [(body["subject"], body["before"], body["state"]) for body in hook.bodies]


def test_the_first_good_run_says_nothing(workspace, hook):
    after(workspace, report(push="applied"))
    assert hook.bodies == []


def test_a_first_run_that_fails_says_so(workspace, hook):
    after(workspace, report("failed"))
    assert said(hook) == [("source:pos", None, "failed")]


def test_trouble_is_told_once_and_its_end_once(workspace, hook):
    after(workspace, report(), report("degraded"), report("degraded"), report(), report())
    assert said(hook) == [("source:pos", "ok", "degraded"), ("source:pos", "degraded", "ok")]


def test_since_is_when_the_state_began(workspace, hook):
    after(workspace, report("degraded"))
    run = make_run(2, day=2)
    notify(workspace, run, report("failed"))
    assert hook.bodies[1]["since"].startswith("2026-11-02")


def test_a_message_names_the_run_and_the_error(workspace, hook):
    after(workspace, report("failed"))
    assert hook.bodies[0]["run_id"] == "run-1"
    assert hook.bodies[0]["reason"] == REFUSED
    assert hook.bodies[0]["sentence"].startswith("Nguồn pos không chạy được: ")


def test_sentences_come_in_english_too(workspace, hook, store):
    settings = Settings(workspace.settings.path, "", language="en", alerts=workspace.settings.alerts)
    after(Workspace(settings, store), report(push="held"))
    assert hook.bodies[0]["sentence"] == "Destination shop is held back; a person must look"


def test_an_unsent_message_is_sent_by_the_next_run(workspace, hook):
    hook.answer = 404
    after(workspace, report("failed"))
    hook.answer = 200
    notify(workspace, make_run(2, day=2), report("failed"))
    assert said(hook) == [("source:pos", None, "failed")]
    assert hook.bodies[0]["since"].startswith("2026-11-01")


def test_a_failing_channel_is_told_of_and_does_no_harm(workspace, hook):
    hook.answer = 404
    assert [made.error for made in notify(workspace, make_run(), report("failed"))] == ["not_found"]


def test_an_unsent_message_leaves_the_state_unnotified(workspace, hook, store):
    hook.answer = 404
    after(workspace, report("failed"))
    with store.read() as conn:
        assert table.states(conn)["source:pos"].notified_at is None


def test_trouble_that_ended_before_anybody_heard_of_it_is_not_told(workspace, hook):
    hook.answer = 404
    after(workspace, report(), report("failed"))
    hook.answer = 200
    after(workspace, report())
    assert hook.bodies == []


def test_a_channel_that_works_hears_once_while_another_fails(store, tmp_path, hook):
    log = tmp_path / "log"
    alerts = Alerts(webhook=hook.url, command=keeper(tmp_path, log))
    workspace = Workspace(Settings(tmp_path / "hub.toml", "", alerts=alerts), store)
    hook.answer = 404
    after(workspace, report("failed"), report("failed"))
    hook.answer = 200
    after(workspace, report("failed"))
    assert len(log.read_text().splitlines()) == 1
    assert len(hook.bodies) == 1


def test_trouble_from_before_there_was_a_channel_is_told_when_there_is_one(workspace, hook, store):
    silent = Workspace(Settings(workspace.settings.path, ""), store)
    after(silent, report("failed"))
    after(workspace, report("failed"))
    assert said(hook) == [("source:pos", None, "failed")]


def test_the_same_states_again_write_nothing(workspace, store):
    after(workspace, report("failed"))
    with store.read() as conn:
        before = table.states(conn)
    after(workspace, report("failed"))
    with store.read() as conn:
        assert table.states(conn) == before


@pytest.mark.parametrize(
    ("document", "subject", "state"),
    [
        (report("partial"), "source:pos", "ok"),
        (report("degraded"), "source:pos", "degraded"),
        (report(push="waiting"), "destination:shop", "ok"),
        (report(push="applied", rejected=1), "destination:shop", "degraded"),
        (report(push="held"), "destination:shop", "held"),
        (report(push="failed"), "destination:shop", "failed"),
        (report(failure={"step": "resolve", "code": "invariant", "sentence": ""}, steps=("match",)), "run", "failed"),
        (report(held=2), "run", "held"),
        (report("failed"), "run", "ok"),
    ],
)
def test_states_of(document, subject, state):
    assert states(document)[subject].state == state


@pytest.mark.parametrize(
    ("document", "subject"),
    [
        (report("skipped"), "source:pos"),
        (report(steps=("pull",)), "run"),
        (report(failure={"step": "run", "code": "config", "sentence": ""}, steps=()), "run"),
    ],
)
def test_a_run_says_nothing_of_what_it_did_not_touch(document, subject):
    assert subject not in states(document)


def keeper(folder: Path, log: Path) -> str:
    script = folder / "keep it.py"
    script.write_text(f"import sys; open({str(log)!r}, 'a').write(sys.stdin.read() + '\\n')", encoding="utf-8")
    return f"{sys.executable} '{script.name}'"


def test_a_command_gets_the_message_on_standard_input_in_the_workspace(tmp_path):
    alert_channels.by_command(keeper(tmp_path, tmp_path / "log"), tmp_path, {"state": "hỏng"})
    assert json.loads((tmp_path / "log").read_text()) == {"state": "hỏng"}


def test_a_command_that_fails_is_an_error(tmp_path):
    with pytest.raises(TransientError, match="ended with 3"):
        alert_channels.by_command(f"{sys.executable} -c 'raise SystemExit(3)'", tmp_path, {})


def test_a_command_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ConfigError):
        alert_channels.by_command("no-such-command-here", tmp_path, {})


def test_a_command_that_never_ends_is_ended(tmp_path):
    with pytest.raises(TransientError, match="too long"):
        alert_channels.by_command("sleep 60", tmp_path, {}, seconds=0.05)


def test_a_webhook_keeps_the_address_as_written(hook):
    alert_channels.by_webhook(hook.url + "?token=a%2Fb", {"state": "ok"})
    alert_channels.by_webhook(hook.url, {"state": "ok"})
    assert hook.paths == ["/hook/?token=a%2Fb", "/hook/"]


def test_no_error_of_a_webhook_shows_its_address(hook):
    hook.answer = 403
    with pytest.raises(Exception, match="403") as caught:
        alert_channels.by_webhook(hook.url + "?token=hidden", {})
    assert "hidden" not in str(caught.value)


def test_a_mail_carries_sentence_and_message():
    with receivers.mail() as kept:
        options = {"to": "owner@example.com", "host": "127.0.0.1", "port": kept.port, "tls": "none"}
        alert_channels.by_email(options, {"sentence": "Nguồn pos không chạy được", "state": "failed"})
    letter = kept.bodies[0]
    assert letter["Subject"] == "Nguồn pos không chạy được"
    assert '"state": "failed"' in letter.get_content()


def test_a_mail_password_does_not_travel_in_clear():
    with pytest.raises(ConfigError, match="clear"):
        alert_channels.by_email({"to": "a@example.com", "host": "mail.example.com", "user": "a", "tls": "none"}, {})
