"""One message per change of state of a source, a destination or the run; none while it stays so.

Belongs here: what the states are, who has heard of which, the message. Does not: sending (alert_channels), tables (store).
A message names a subject, its states and an error's code; it holds no customer's data. A channel that fails hears next time.
The run stands for what is nobody else's: a step that failed, joins held back. So one event gives one message.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.errors import HubError
from hub.flow import webhooks
from hub.flow.alert_channels import Send, channels
from hub.flow.run import Run
from hub.flow.texts import texts
from hub.flow.workspace import Workspace
from hub.model import Json
from hub.store import alerts as table
from hub.store import withdrawals
from hub.store.alerts import AlertState
from hub.store.engine import StoreConnection

_log = logging.getLogger(__name__)
WITHDRAWALS = "withdrawals:"
"""Begins the subject of what a system was not told yet."""


@dataclass(frozen=True, slots=True)
class State:
    """What a run says of one subject. state: ok | degraded | held | failed. error: code and sentence, when there is one."""

    state: str
    error: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one channel. error: the code of what went wrong, None when it was sent."""

    subject: str
    state: str
    channel: str
    error: str | None = field(default=None)


def states(document: Mapping[str, Json]) -> dict[str, State]:
    """Subject → state, from the JSON of `hub sync`; a subject that the run had nothing to do with is not named."""
    sources = {
        f"source:{name}": _source(part) for name, part in document["sources"].items() if part["status"] != "skipped"
    }
    pushes = {f"destination:{name}": _destination(part) for name, part in document["push"].items()}
    return {**sources, **pushes, **_run(document)}


def _source(part: Mapping[str, Json]) -> State:
    return State("ok" if part["status"] == "partial" else part["status"], part.get("error"))


def _destination(part: Mapping[str, Json]) -> State:
    if part["state"] in ("held", "failed"):
        return State(part["state"], part.get("error"))
    return State("degraded" if part["rejected"] or part["retry"] or part["unknown"] else "ok", part.get("error"))


def _run(document: Mapping[str, Json]) -> dict[str, State]:
    failure = document.get("failure")
    if failure and failure["code"] != "config":
        return {"run": State("failed", failure)}
    if "resolve" not in document["steps"]:
        return {}
    return {"run": State("held" if document["match"]["guards"].get("held") else "ok")}


def withdrawn(conn: StoreConnection, known: Mapping[str, AlertState], now: str) -> dict[str, State]:
    """Per system whether telling it of a no is overdue, or held back; ok for one of whom people heard otherwise."""
    found = {subject: State("ok") for subject in known if subject.startswith(WITHDRAWALS)}
    for row in withdrawals.waiting(conn, now):
        subject = WITHDRAWALS + row["destination"]
        state = "overdue" if row["overdue"] else "held" if row["state"] == "held" else "ok"
        if state != "ok" and found.get(subject, State("ok")).state != "overdue":
            found[subject] = State(state)
    return found


def _receivers(conn: StoreConnection, workspace: Workspace, now: str) -> dict[str, State]:
    """Per receiver of webhooks whether it has failed for long."""
    found = webhooks.states(conn, workspace.settings, now)
    return {f"webhook:{one['name']}": State("failed" if one["failing"] else "ok") for one in found}


def notify(workspace: Workspace, run: Run, document: Mapping[str, Json]) -> list[Delivery]:
    """Tell what changed, at the end of a run. Never raises for what a channel does."""
    with workspace.store.read() as conn:
        stored = table.states(conn)
        subjects = states(document) | withdrawn(conn, stored, run.now()) | _receivers(conn, workspace, run.now())
    ways = channels(workspace.settings)
    made: list[Delivery] = []
    for subject, now in subjects.items():
        before = stored.get(subject)
        after, done = _tell(workspace, run, subject, now, before, ways)
        made += done
        if after != before:
            with workspace.store.begin() as conn:
                table.save(conn, subject, after)
    return made


def _tell(
    workspace: Workspace, run: Run, subject: str, now: State, before: AlertState | None, ways: Mapping[str, Send]
) -> tuple[AlertState, list[Delivery]]:
    """Tell every channel that knows otherwise; gives what to remember."""
    since = before.since if before and before.state == now.state else run.now()
    told = {name: _heard(before, name) for name in ways}
    made: list[Delivery] = []
    for name, send in ways.items():
        if (told[name] or "ok") == now.state:
            told[name] = now.state
            continue
        error = _send(send, _message(workspace, run, subject, now, told[name], since))
        made.append(Delivery(subject, now.state, name, error))
        if error is None:
            told[name] = now.state
        else:
            _log.warning("alert by %s about %s was not sent: %s", name, subject, error)
    return _remember(before, now.state, since, told, run), made


def _heard(before: AlertState | None, channel: str) -> str | None:
    """The state that a channel last heard of; None: it never heard of this subject."""
    if before is None:
        return None
    return before.state if before.notified_at else before.told.get(channel)


def _remember(
    before: AlertState | None, state: str, since: str, told: Mapping[str, str | None], run: Run
) -> AlertState:
    known = all(heard == state for heard in told.values()) if told else state == "ok"
    if not known:
        return AlertState(state, since, None, told)
    if before and before.notified_at and before.state == state:
        return before
    return AlertState(state, since, run.now())


def _send(send: Send, message: Mapping[str, Json]) -> str | None:
    try:
        send(message)
    except HubError as error:
        return error.code
    except Exception as error:  # whatever a channel does, the run has ended well or badly already
        return type(error).__name__
    return None


def _message(
    workspace: Workspace, run: Run, subject: str, now: State, before: str | None, since: str
) -> dict[str, Json]:
    error = now.error or {}
    reason = {name: error[name] for name in ("code", "sentence") if name in error}
    return {
        "subject": subject,
        "state": now.state,
        "before": before,
        "since": since,
        "sentence": _sentence(workspace.settings.language, subject, now.state, reason),
        "reason": reason or None,
        "run_id": run.run_id,
    }


def _sentence(language: str, subject: str, state: str, reason: Mapping[str, str]) -> str:
    kind, _, name = subject.partition(":")
    words = {key: row[language] for key, row in texts("alerts.tsv").items()}
    said = words.get(f"{kind}.{state}", words.get(state, "")).format(name=words[kind].format(name=name))
    return f"{said}: {words['reason'].format(**reason)}" if len(reason) == 2 else said
