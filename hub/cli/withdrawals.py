"""`hub withdrawals`: which systems are still to stop because a customer said no, and until when."""

from __future__ import annotations

import click

from hub.cli.common import OK, account, emit, example, opened, options, stop
from hub.cli.running import known, run_steps
from hub.cli.say import say
from hub.cli.times import day_of
from hub.flow import withdraw_list as flow
from hub.flow import withdraw_tell
from hub.flow.run import Run, utc_now
from hub.flow.workspace import Workspace
from hub.model import Json
from hub.settings import Settings

SHOWN = 50


@click.command(
    epilog=example("hub withdrawals --done 0193a5c2-… --reason 'phoned'   (or: hub withdrawals --send news)")
)
@click.option("--at", "destination", metavar="DEST", help="Only this destination.")
@click.option("--state", type=click.Choice(flow.STATES), default="left", show_default=True)
@click.option("--all", "whole", is_flag=True, help=f"More than {SHOWN}.")
@click.option(
    "--done", "done", metavar="ID", multiple=True, help="A person has done it there by hand; may be repeated."
)
@click.option("--send", "send", metavar="DEST", help="What is held back may be told with the next push.")
@click.option("--reason", metavar="TEXT", help="Why; kept in the audit log without names and contacts.")
@click.option("--by", "author", metavar="NAME", help="Who says so; else the account's name.")
@options
def withdrawals(
    destination: str | None, state: str, whole: bool, done: tuple[str, ...], send: str | None, reason: str | None,
    author: str | None, as_json: bool, config: str | None,
) -> None:  # fmt: skip
    """Systems that are to stop because a customer said no: what is due first stands first.

    A no (withdrawn or refused) must reach every system that holds the address. Where the system keeps a mark for it the hub
    tells it with the next push, whatever plan waits there; where it does not, a person must act and say --done.
    """
    if done and send:
        raise click.UsageError("--done and --send stand alone")
    if done or send:
        _act(done, send, reason, author or account(), as_json, config)
    with opened(config) as workspace:
        settings = workspace.settings
        with workspace.store.read() as conn:
            rows = flow.listed(conn, settings, utc_now(), state, destination, limit=100_000 if whole else SHOWN)
    emit({"tasks": rows}, as_json, lambda value: "\n".join(_lines(value["tasks"], settings, whole=whole)))


def _lines(rows: list[Json], settings: Settings, *, whole: bool) -> list[str]:
    language = settings.language
    lines = [part for row in rows for part in _line(row, settings)]
    more = [say(language, "withdrawals.more")] if len(rows) == SHOWN and not whole else []
    return [*lines, *more] or [say(language, "withdrawals.none")]


def _line(row: Json, settings: Settings) -> list[str]:
    language = settings.language
    late = say(language, "withdrawals.late") if row["overdue"] else ""
    told = {**row, "due": day_of(row["due"], settings.timezone), "state": _state(row, language), "late": late}
    return [say(language, "withdrawals.line", **told), *([f"    {row['sentence']}"] if row["sentence"] else [])]


def _state(row: Json, language: str) -> str:
    return say(language, f"withdrawals.state.{row['state']}")


def task_text(row: Json, settings: Settings) -> str:
    """A task beside a customer's consents."""
    language = settings.language
    late = say(language, "withdrawals.late") if row["overdue"] else ""
    told = {**row, "sentence": row["sentence"] or "", "state": _state(row, language), "late": late}
    return say(language, "withdrawals.task", **(told | {"due": day_of(row["due"], settings.timezone)}))


def _act(
    done: tuple[str, ...], send: str | None, reason: str | None, by: str, as_json: bool, config: str | None
) -> None:
    told: dict[str, Json] = {}

    def steps(workspace: Workspace, run: Run) -> None:
        if send:
            known([send], list(workspace.settings.destinations), "destination")
            told.update(destination=send, count=withdraw_tell.release(workspace.store, run, send, by, reason))
        else:
            told.update(count=withdraw_tell.by_hand(workspace.store, run, done, by, reason))

    _, language = run_steps(config, steps, trigger="withdrawals")
    emit(told, as_json, lambda value: say(language, "withdrawals.sent" if send else "withdrawals.done", **told))
    stop(OK)
