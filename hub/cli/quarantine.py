"""`hub quarantine list|show|replay|discard`: records that could not be used."""

from __future__ import annotations

import getpass

import click
import orjson

from hub.cli.common import DEGRADED, OK, emit, example, opened, options, stop
from hub.cli.running import known, run_steps
from hub.cli.say import say
from hub.flow import quarantine as flow
from hub.flow.run import Run, utc_now
from hub.flow.workspace import Workspace
from hub.model import Json

MOST = 50


@click.group()
def quarantine() -> None:
    """Records that could not be used: why, run them again, give them up."""


@quarantine.command("list", epilog=example("hub quarantine list --source events"))
@click.option("--source", metavar="NAME", help="Only this source.")
@click.option("--code", metavar="CODE", help="Only this reason, such as phone.scientific.")
@click.option("--state", type=click.Choice([*flow.STATES, "all"]), default="open", show_default=True)
@options
def list_(source: str | None, code: str | None, state: str, as_json: bool, config: str | None) -> None:
    """Entries by number, without the customers' values."""
    with opened(config) as workspace:
        language = workspace.settings.language
        rows = flow.listed(workspace.store, source, code, None if state == "all" else state, language)
    told = {"entries": rows, "counts": flow.counted(rows)}
    emit(told, as_json, lambda value: "\n".join(_lines(value, language)))


def _lines(report: Json, language: str) -> list[str]:
    rows = report["entries"]
    if not rows:
        return [say(language, "quarantine.none")]
    lines = [line for row in rows[:MOST] for line in (_line(row, language), "    " + row["sentence"])]
    more = [say(language, "plan.more", count=len(rows) - MOST)] if len(rows) > MOST else []
    return [*lines, *more, ", ".join(f"{code} {count}" for code, count in report["counts"].items())]


def _line(row: Json, language: str) -> str:
    return say(language, "quarantine.line", **{**row, "field": row["field"] or ""})


@quarantine.command("show", epilog=example("hub quarantine show 12 --raw"))
@click.argument("qid", type=int)
@click.option("--raw", is_flag=True, help="Also the payload as it came: it holds the customer's values.")
@options
def show(qid: int, raw: bool, as_json: bool, config: str | None) -> None:
    """One entry: code, field, what it means, attempts."""
    with opened(config) as workspace:
        language = workspace.settings.language
        row = flow.shown(workspace.store, qid, language, raw=raw)
    emit(row, as_json, lambda value: "\n".join(_whole(value, language)))


def _whole(row: Json, language: str) -> list[str]:
    lines = [_line(row, language), "    " + row["sentence"]]
    if "discarded" in row:
        lines.append("    " + say(language, "quarantine.given_up", **row["discarded"]))
    if "payload" in row:
        lines.append(orjson.dumps(row["payload"], option=orjson.OPT_INDENT_2).decode())
    return lines


@quarantine.command("replay", epilog=example("hub quarantine replay --source events"))
@click.argument("qids", nargs=-1, type=int, metavar="[QID]...")
@click.option("--source", metavar="NAME", help="Only this source.")
@options
def replay(qids: tuple[int, ...], source: str | None, as_json: bool, config: str | None) -> None:
    """Run stored payloads through today's code (those named, of a source, or all); what is good now is closed.

    No vendor is asked. What became usable is matched by the next sync, or by `hub match`.
    """
    told: dict[str, Json] = {}

    def steps(workspace: Workspace, run: Run) -> None:
        known([source] if source else [], list(workspace.settings.sources), "source")
        told.update(flow.replay(workspace, run, qids, source))

    _, language = run_steps(config, steps)
    emit(told, as_json, lambda value: "\n".join(_replayed(value, language)))
    stop(DEGRADED if told["failed"] else OK)


def _replayed(report: Json, language: str) -> list[str]:
    counts = {"count": report["replayed"], "closed": report["closed"], "open": report["open"]}
    failed = [
        say(language, "sync.error", name=name, sentence=part["sentence"]) for name, part in report["failed"].items()
    ]
    return [say(language, "quarantine.replayed", **counts), *failed]


@quarantine.command("discard", epilog=example('hub quarantine discard 12 13 --reason "tried twice, nobody knows"'))
@click.argument("qids", nargs=-1, type=int, required=True, metavar="QID...")
@click.option("--reason", required=True, help="Kept with each entry.")
@options
def discard(qids: tuple[int, ...], reason: str, as_json: bool, config: str | None) -> None:
    """Give entries up. Their raw payloads stay; a newer version of the record is looked at as ever."""
    with opened(config) as workspace:
        count = flow.discard(workspace.store, qids, getpass.getuser(), reason, utc_now())
        language = workspace.settings.language
    emit({"discarded": count}, as_json, lambda value: say(language, "quarantine.discarded", count=value["discarded"]))
