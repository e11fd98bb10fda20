"""`hub merge`, `hub split`, `hub pin`, `hub undo`: what admins decide. Each shows first what it will change.

On a terminal the command asks before it decides; from a script it decides at once, because every decision can be taken back.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import click
import orjson

from hub.cli.common import OK, account, emit, example, new_run_id, note, opened, options, stop
from hub.cli.running import run_steps
from hub.cli.say import say, word
from hub.cli.show import exit_code
from hub.cli.times import day_start
from hub.flow import effect, judge
from hub.flow import sync as flow
from hub.flow.pin import pin as pinned
from hub.flow.run import Run
from hub.flow.workspace import Workspace
from hub.model import Json
from hub.settings import Settings
from hub.store import decisions

SHOWN = 10
NEWEST = 50
Planned = Callable[[Settings], judge.Plan]


def deciding(function: Callable[..., None]) -> Callable[..., None]:
    """Options of every command that decides."""
    for option in (
        click.option("--reason", metavar="TEXT", help="Why; kept with the decision."),
        click.option("--by", "author", metavar="NAME", help="Who decides; else the account's name."),
        click.option("--yes", is_flag=True, help="Do not ask on a terminal."),
        click.option("--dry-run", is_flag=True, help="Only show what would change."),
    ):
        function = option(function)
    return options(function)


@click.command(epilog=example("hub merge 0912345678 shop:231 --reason 'same card shown'"))
@click.argument("keys", nargs=-1, required=True)
@deciding
def merge(keys: tuple[str, ...], **asked: Json) -> None:
    """These customers are one. KEYS as in `hub explain`, two or more.

    Kept for every pair of records they hold now: it outranks all rules and outlives new data, until it is undone.
    """
    decide("merge", lambda settings: judge.merge(settings, keys), asked)


@click.command(epilog=example("hub split KH7F3K2M9QX shop:231"))
@click.argument("key")
@click.argument("records", nargs=-1, required=True)
@click.option("--each", is_flag=True, help="Every named record is somebody else of its own.")
@deciding
def split(key: str, records: tuple[str, ...], each: bool, **asked: Json) -> None:
    """These RECORDS (source:source_id) of the customer KEY are somebody else; together they become one customer."""
    decide("split", lambda settings: judge.split(settings, key, records, each=each), asked)


@click.command(epilog=example("hub pin 0912345678 birth_date 24/12/1985 --until 2027-01-01"))
@click.argument("key")
@click.argument("field")
@click.argument("value")
@click.option("--until", metavar="DATE", help="YYYY-MM-DD: the pin falls at the start of this day in the shop.")
@deciding
def pin(key: str, field: str, value: str, until: str | None, **asked: Json) -> None:
    """The customer's FIELD has this VALUE, whatever the records say. VALUE is read as a source's would be."""

    def plan(settings: Settings) -> judge.Plan:
        return pinned(settings, key, field, value, day_start(until, settings.timezone) if until else None)

    decide("pin", plan, asked)


@click.command(epilog=example("hub undo 0193a5c2-…   (or a number of the change feed, or --run ID, or --rule phone)"))
@click.argument("event", required=False)
@click.option("--run", "run_id", metavar="ID", help="All that a run joined: its decision, or its automatic merges.")
@click.option("--rule", metavar="NAME", help="All that this rule alone holds together.")
@click.option("--list", "listed", is_flag=True, help="The newest decisions.")
@deciding
def undo(event: str | None, run_id: str | None, rule: str | None, listed: bool, **asked: Json) -> None:
    """Take a decision back, or an automatic merge (its number in the change feed), or a whole run, or a rule.

    At any age; an undo is a decision too and can be taken back.
    """
    if listed:
        _list(asked["as_json"], asked["config"])
    if sum(one is not None for one in (event, run_id, rule)) != 1:
        raise click.UsageError("name one of EVENT, --run and --rule (or use --list)")
    plan = judge.undo(event) if event else judge.undo_run(run_id) if run_id else judge.undo_rule(rule or "")
    decide("undo", lambda settings: plan, asked)


def _list(as_json: bool, config: str | None) -> None:
    with opened(config) as workspace, workspace.store.read() as conn:
        rows, language = decisions.newest(conn, NEWEST), workspace.settings.language
    emit(rows, as_json, lambda value: "\n".join(_line(row, language) for row in value) or say(language, "judge.none"))
    stop(OK)


def _line(row: Json, language: str) -> str:
    state = word(language, "stands" if row["stands"] else "undone")
    return say(language, "judge.line", **{**row, "state": state, "reason": row["reason"] or ""}).rstrip()


def decide(kind: str, planned: Planned, asked: Json) -> None:
    """Show the effect, ask where somebody can answer, decide, and let it take effect in a run of its own."""
    config, as_json = asked["config"], asked["as_json"]
    with opened(config) as workspace:
        settings, language = workspace.settings, workspace.settings.language
        told = effect.preview(workspace.store, settings, Run(new_run_id()), planned(settings))
    if asked["dry_run"]:
        emit(
            {"applied": False, "effect": told},
            as_json,
            lambda value: effect_text(value["effect"], language, "judge.dry"),
        )
        stop(OK)
    if sys.stdin.isatty() and not asked["yes"]:
        note(effect_text(told, language))
        click.confirm(say(language, "judge.sure"), abort=True, err=True)
    made: dict[str, str] = {}

    def steps(workspace: Workspace, run: Run) -> None:
        with workspace.store.begin() as conn:
            plan = planned(workspace.settings)(conn)
            made["decision_id"] = judge.write(conn, plan, run, asked["author"] or account(), asked["reason"])
        flow.match_step(workspace, run)
        flow.resolve_step(workspace, run)

    report, _ = run_steps(config, steps, trigger=kind)
    whole = {"applied": True, **made, "effect": told, "run": report}
    emit(whole, as_json, lambda value: f"{effect_text(told, language)}\n{say(language, 'judge.done', **made)}")
    stop(exit_code(report))


def effect_text(told: Json, language: str, *ends: str) -> str:
    """An effect as people read it."""
    lines = [say(language, "judge.effect", **told)]
    for case in told["cases"][:SHOWN]:
        before, after = (", ".join(case[name]) or "–" for name in ("before", "after"))
        lines.append("  " + say(language, "judge.case", golden_id=case["golden_id"], before=before, after=after))
        for name, (old, new) in case["fields"].items():
            lines.append("    " + say(language, "judge.field", name=name, old=_short(old), new=_short(new)))
    for destination, count in told["writes"].items():
        lines.append("  " + say(language, "judge.writes", destination=destination, count=count))
    return "\n".join([*lines, *(say(language, end) for end in ends)])


def _short(value: Json) -> str:
    return "–" if value is None else value if isinstance(value, str) else orjson.dumps(value).decode()
