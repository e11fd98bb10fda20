"""`hub review`: the queue of questions for people: list, show, decide, report."""

from __future__ import annotations

import sys
from typing import Any

import click

from hub.cli.common import OK, account, emit, example, new_run_id, note, opened, options, stop
from hub.cli.judge import decide as carry_out
from hub.cli.judge import deciding, effect_text
from hub.cli.review_claim import claim, release
from hub.cli.review_text import list_text, sample_text, show_text
from hub.cli.running import run_steps
from hub.cli.say import say
from hub.cli.show import exit_code
from hub.cli.times import day_of, day_start
from hub.flow import effect
from hub.flow import review as flow
from hub.flow import review_decide as answers
from hub.flow.review_report import WHATS
from hub.flow.review_report import report as reported
from hub.flow.review_show import shown
from hub.flow.run import Run, utc_now
from hub.flow.workspace import Workspace
from hub.model import Json

SAMPLE = 20
KINDS = click.Choice(["report", "held", "changed", "pin", "name", "money", "reach", "score", "erased"])


@click.group()
def review() -> None:
    """Questions that only a person can answer: the most valuable first, as many as a day holds; the rest is one number."""


review.add_command(claim)
review.add_command(release)


@review.command("list", epilog=example("hub review list --kind name --rule swapped --all"))
@click.option("--kind", type=KINDS, help="Only this kind.")
@click.option("--rule", metavar="WORDS", help="Only this pattern, such as name_unsure.swapped or phone.")
@click.option("--state", type=click.Choice(flow.STATES), default="open", show_default=True)
@click.option("--all", "everything", is_flag=True, help="Not only today's.")
@click.option("--limit", type=click.IntRange(min=1), help="So many at most.")
@options
def list_(as_json: bool, config: str | None, **asked: Any) -> None:
    """Today's questions, how many minutes they take, and the rest as one number."""
    with opened(config) as workspace:
        told = flow.listed(workspace.store, workspace.settings, utc_now(), **asked)
        language = workspace.settings.language
    emit(told, as_json, lambda value: list_text(value, language))


@review.command("show", epilog=example("hub review show 7K3M9X"))
@click.argument("review_id", metavar="ID")
@options
def show(review_id: str, as_json: bool, config: str | None) -> None:
    """One question: the records side by side, why and why not, what each answer would change.

    ID: its first characters are enough.
    """
    with opened(config) as workspace:
        told = shown(workspace.store, workspace.settings, Run(new_run_id()), review_id)
        language = workspace.settings.language
    emit(told, as_json, lambda value: show_text(value, language))


@review.command("decide", epilog=example("hub review decide 7K3M9X merge --reason 'same card shown'"))
@click.argument("words", nargs=-1, required=True, metavar="[ID]... merge|apart|related|keep|drop|later")
@click.option("--exclude", multiple=True, metavar="RECORD", help="This record (source:source_id) is somebody else.")
@click.option("--again", is_flag=True, help="Also what is decided already.")
@click.option("--until", metavar="DATE", help="Of later: YYYY-MM-DD, the day in the shop on which it is asked again.")
@click.option("--kind", type=KINDS, help="With --all: all open questions of this kind.")
@click.option("--rule", metavar="WORDS", help="With --all: all open questions of this pattern.")
@click.option("--all", "everything", is_flag=True, help="All that --kind and --rule name, instead of ids.")
@deciding
def decide(words: tuple[str, ...], **asked: Json) -> None:
    """Answer questions with one verdict; several at once are one decision, taken back by one `hub undo`.

    merge: one customer. apart: different ones. related: different, and known to belong together. keep, drop: a pinned value.
    later: ask again --until a day, else in a week; `hub review back` asks at once.
    With --all a sample and the effect are shown first; without a terminal add --yes.
    """
    *ids, verdict = words
    if verdict not in answers.VERDICTS:
        raise click.UsageError(f"{verdict!r} is no answer: one of {', '.join(answers.VERDICTS)}")
    many = asked["everything"]
    if many == bool(ids) or (many and not (asked["kind"] or asked["rule"])) or (many and asked["exclude"]):
        raise click.UsageError("name questions by their ids, or all of --kind and --rule with --all")
    rows = (
        answers.matching(asked["kind"], asked["rule"], utc_now())
        if many
        else answers.named(ids, again=bool(asked["again"]))
    )
    if verdict == answers.LATER:
        _later(rows, asked)
    elif many and not _agreed(rows, verdict, asked):
        stop(OK)
    carry_out("review", lambda settings: answers.decide(settings, rows, verdict, asked["exclude"]), asked)


def _agreed(rows: Any, verdict: str, asked: Json) -> bool:
    """Show a sample of many questions; without a terminal and --yes that, with the effect, is all."""
    with opened(asked["config"]) as workspace:
        settings, language = workspace.settings, workspace.settings.language
        with workspace.store.read() as conn:
            found = rows(conn)
        told = flow.tell(workspace.store, settings, flow.sample(found, SAMPLE))
        if asked["yes"] or asked["dry_run"] or sys.stdin.isatty():
            note(sample_text(told, len(found), language))
            return True
        plan = answers.decide(settings, rows, verdict)
        what = effect.preview(workspace.store, settings, Run(new_run_id()), plan)
    whole = {"applied": False, "count": len(found), "sample": told, "effect": what}
    lines = [sample_text(told, len(found), language), effect_text(what, language), say(language, "review.yes")]
    emit(whole, asked["as_json"], lambda value: "\n".join(lines))
    return False


def _later(rows: Any, asked: Json) -> None:
    """Put questions off."""
    if asked["dry_run"]:
        raise click.UsageError("--dry-run has nothing to show for later")
    made: dict[str, Json] = {}

    def steps(workspace: Workspace, run: Run) -> None:
        with workspace.store.begin() as conn:
            found = rows(conn)
            until = day_start(asked["until"], workspace.settings.timezone) if asked["until"] else None
            made["until"] = flow.postpone(conn, found, run, asked["author"] or account(), asked["reason"], until)
            made["count"], made["day"] = len(found), day_of(made["until"], workspace.settings.timezone)

    report, language = run_steps(asked["config"], steps, trigger="review")
    emit({"applied": True, **made}, asked["as_json"], lambda value: say(language, "review.later", **value))
    stop(exit_code(report))


@review.command("back", epilog=example("hub review back 7K3M9X"))
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--by", "author", metavar="NAME", help="Who asks; else the account's name.")
@options
def back(ids: tuple[str, ...], author: str | None, as_json: bool, config: str | None) -> None:
    """Ask questions that were put off (`later`) again now."""
    made: dict[str, Json] = {}

    def steps(workspace: Workspace, run: Run) -> None:
        with workspace.store.begin() as conn:
            made["count"] = flow.bring_back(conn, [answers.one(conn, one) for one in ids], run, author or account())

    report, language = run_steps(config, steps, trigger="review")
    emit({"applied": True, **made}, as_json, lambda value: say(language, "review.back", **made))
    stop(exit_code(report))


@review.command(
    "report", epilog=example("hub review report 0912345678 --what two_people --comment 'two names at the till'")
)
@click.argument("key")
@click.option("--what", type=click.Choice(WHATS), default=WHATS[0], show_default=True)
@click.option("--comment", metavar="TEXT", help="Kept with the question.")
@click.option("--by", "author", metavar="NAME", help="Who reports; else the account's name.")
@options
def report(key: str, what: str, comment: str | None, author: str | None, as_json: bool, config: str | None) -> None:
    """Say that the customer KEY is two people, or that a phone is not theirs. It comes first, and holds pushes meanwhile."""
    made: dict[str, str] = {}

    def steps(workspace: Workspace, run: Run) -> None:
        by = author or account()
        made.update(reported(workspace.store, workspace.settings, run, key, what, by, comment))

    told, language = run_steps(config, steps, trigger="report")
    emit(made, as_json, lambda value: say(language, "review.reported", **made))
    stop(exit_code(told))
