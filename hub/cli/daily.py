"""`hub sync` and `hub status`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from hub.cli.common import emit, example, new_run_id, note, opened, options, stop
from hub.cli.progress import shown
from hub.cli.say import say, word
from hub.errors import ConfigError
from hub.model import Json

if TYPE_CHECKING:
    from hub.flow.workspace import Workspace


@click.command(epilog=example("hub sync pos --no-push"))
@click.argument("sources", nargs=-1)
@click.option("--full", is_flag=True, help="Read the sources whole, to see what vanished.")
@click.option("--no-push", is_flag=True, help="Leave the destinations alone.")
@click.option("--direct", is_flag=True, help="The same steps without Dagster.")
@options
def sync(sources: tuple[str, ...], full: bool, no_push: bool, direct: bool, as_json: bool, config: str | None) -> None:
    """Pull, normalize, match, resolve and push: the main job. A Dagster run, unless --direct."""
    with opened(config) as workspace:
        known(sources, list(workspace.settings.sources), "source")
        report = run_sync(workspace, sources, full=full, push=not no_push, direct=direct)
        language = workspace.settings.language
    emit(report, as_json, lambda value: sync_text(value, language))
    stop(exit_code(report))


def known(names: Sequence[str], there: Sequence[str], what: str) -> None:
    """Raise ConfigError for a name that the settings do not have."""
    from hub.settings.check import near

    for name in names:
        if name not in there:
            raise ConfigError(f"no {what} named {name!r}", hint=near(name, there) or f"the {what}s are in hub.toml")


def exit_code(report: Json) -> int:
    """The exit code of a run's report."""
    from hub.flow.report import EXIT

    return EXIT[report["status"]]


def run_sync(workspace: Workspace, sources: Sequence[str], *, full: bool, push: bool, direct: bool) -> Json:
    """One sync, under the lock: in plain Python, or as a Dagster run in this process."""
    from hub.flow import sync as flow
    from hub.flow.lock import lock, start_run
    from hub.flow.run import Run

    language = workspace.settings.language
    with shown() as progress:
        run = Run(new_run_id(), trigger="cli", progress=progress)
        with lock(workspace.store, run, said=lambda who: note(say(language, "lock.waiting", who=who))):
            if not direct:
                return _by_dagster(workspace, run, sources, full=full, push=push)
            start_run(workspace.store, run)
            return flow.sync(workspace, run, sources, full=full, no_push=not push)


def _by_dagster(workspace: Workspace, run: object, sources: Sequence[str], *, full: bool, push: bool) -> Json:
    from hub import definitions
    from hub.flow.run import Run
    from hub.flow.status import stored_report

    assert isinstance(run, Run)
    definitions.run(workspace.settings, run.run_id, only=sources, push=push, full=full, progress=run.progress)
    return stored_report(workspace.store, run.run_id)


def sync_text(report: Json, language: str) -> str:
    """The report of a run as people read it."""
    lines = [say(language, "sync.title", **{**report, "status": word(language, report["status"])})]
    for name, part in report["sources"].items():
        lines.append(
            "  " + say(language, "sync.source", name=name, **{**part, "status": word(language, part["status"])})
        )
        if part["error"]:
            lines.append("    " + say(language, "sync.error", name=name, sentence=part["error"]["sentence"]))
    lines.append("  " + say(language, "sync.match", **report["match"]))
    lines.append("  " + say(language, "sync.golden", **report["golden"]))
    for name, part in report["push"].items():
        lines += ["  " + line for line in push_lines(name, part, language)]
    if report.get("failure"):
        lines.append(
            "  " + say(language, "sync.error", name=report["failure"]["step"], sentence=report["failure"]["sentence"])
        )
    return "\n".join(lines)


def push_lines(name: str, part: Json, language: str) -> list[str]:
    """One destination's result as people read it."""
    told = {**part, **part["planned"], "state": word(language, part["state"]), "name": name}
    lines = [say(language, "sync.push", **told)]
    if part["state"] in ("waiting", "held"):
        lines.append(say(language, f"sync.{part['state']}", name=name, plan_id=part["plan_id"]))
    if part.get("error"):
        lines.append(say(language, "sync.error", name=name, sentence=part["error"]["sentence"]))
    return lines
