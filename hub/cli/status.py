"""`hub status`: sources, counts, what waits."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from hub.cli.common import emit, example, opened, options
from hub.cli.say import say, word
from hub.flow import status as flow
from hub.model import Json, from_utc_text
from hub.settings import Settings


@click.command(epilog=example("hub status"))
@options
def status(as_json: bool, config: str | None) -> None:
    """Per source: last attempt, last success, newest record, stale or not; counts, quarantine, reviews, plans waiting."""
    with opened(config) as workspace:
        report, settings = flow.status(workspace.store, workspace.settings), workspace.settings
    emit(report, as_json, lambda value: "\n".join(_text(value, settings)))


def _text(report: Json, settings: Settings) -> list[str]:
    language, numbers = settings.language, report["counts"]
    lines = [line for name, part in report["sources"].items() for line in _source(name, part, settings)]
    told = {"reviews": numbers["open_reviews"], "plans": numbers["plans_waiting"]}
    lines.append(say(language, "status.counts", **{**numbers, **told}))
    asked = report["reviews"]
    if asked["asked"]:
        lines.append(
            say(language, "status.reviews", today=asked["today"], rest=asked["asked"] + asked["rest"] - asked["today"])
        )
    for plan in report["plans"]:
        lines.append("  " + say(language, "status.plan", **{**plan, "state": word(language, plan["state"])}))
        lines += ["    " + plan["sentence"]] if plan["sentence"] else []
    lines += ["  " + say(language, "status.held", **one) for one in report["held"]]
    lines += ["  " + say(language, "status.given_up", **one) for one in report.get("given_up", ())]
    for one in report.get("erasing", ()):
        told = {**one, "due": _time(one["due"], settings)[:10]}
        lines.append("  " + say(language, f"status.erasing.{one['state']}", **told))
    for one in report.get("withdrawals", ()):
        told = {**one, "due": _time(one["due"], settings)[:10]}
        lines.append("  " + say(language, f"status.withdrawals.{one['state']}", **told))
    for name, one in report.get("drift", {}).items():
        lines.append("  " + say(language, "status.drift", name=name, **{**one, "at": _time(one["at"], settings)}))
    lines += ["  " + _receiver(one, settings) for one in report.get("webhooks", ())]
    lines += ["  " + line for line in _scores(report["scores"], language)]
    if report["last_run"]:
        run = report["last_run"]
        lines.append(
            say(language, "status.run", status=word(language, run["status"]), at=_time(run["started_at"], settings))
        )
    return lines


def _receiver(one: Json, settings: Settings) -> str:
    case = "failing" if one["error"] else "ok"
    times = {name: _time(one[name], settings) for name in ("failing_since", "delivered_at")}
    return say(settings.language, f"status.webhook.{case}", **{**one, **times})


def _scores(part: Json, language: str) -> list[str]:
    """What people should know of scores: likely duplicates, what was not compared, what merges."""
    lines = [say(language, "sync.suggestions", **part)] if part["suggestions"] else []
    lines += [say(language, "sync.not_compared", **part)] if part["not_compared"] else []
    if part["in_force"] != part["merge_above"]:
        lines.append(say(language, "scores.untrained"))
    if part["in_force"] != "never":
        level = part["levels"][part["in_force"]]
        told = {"bits": level["bits"], "wrong": level["wrong_per_1000"]}
        lines.append(say(language, "status.merging", level=part["in_force"], **told))
    return lines


def _source(name: str, part: Json, settings: Settings) -> list[str]:
    language = settings.language
    times = {
        "attempt": _time(part["last_attempt"], settings),
        "success": _time(part["last_success"], settings),
        "newest": _time(part["newest_record"], settings),
    }
    state = word(language, part["status"]) if part["status"] else say(language, "status.never")
    stale = say(language, "status.stale") if part["stale"] else ""
    lines = [say(language, "status.source", name=name, connector=part["connector"], status=state, stale=stale, **times)]
    return [*lines, "  " + part["error"]["sentence"]] if part["error"] else lines


def _time(text: str | None, settings: Settings) -> str:
    """A canonical time on the shop's clock, to the minute."""
    if text is None:
        return say(settings.language, "status.never")
    moment: datetime = from_utc_text(text).astimezone(ZoneInfo(settings.timezone))
    return moment.strftime("%Y-%m-%d %H:%M")
