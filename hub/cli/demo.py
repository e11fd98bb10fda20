"""`hub demo`: the whole story on this machine, through the real connectors over real HTTP, without any account."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import click

from hub.cli.common import emit, example, note, opened, stop
from hub.cli.daily import run_sync
from hub.cli.say import say
from hub.cli.show import exit_code, sync_text
from hub.flow import sync as flow
from hub.flow.run import Run
from hub.flow.workspace import Workspace
from hub.model import Json
from hub.sandbox.demo import connect, prepare
from hub.sandbox.server import Sandbox


@click.command(epilog=example("hub demo --people 500 --dir demo"))
@click.option("--people", default=400, show_default=True, help="How many people to make.")
@click.option("--dir", "folder", default="demo", show_default=True, type=click.Path(path_type=Path), help="Made anew.")
@click.option("--serve", is_flag=True, help="Keep the stand-ins running, so that `hub sync` in DIR goes on.")
@click.option("--seed", default=1, show_default=True, help="Other people, other mistakes.")
@click.option("--language", type=click.Choice(["vi", "en"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def demo(people: int, folder: Path, serve: bool, seed: int, language: str, as_json: bool) -> None:
    """Start stand-ins of five systems here, sync them, approve and push back, sync again: nothing left to do."""
    tell: Callable[[str], None] = note if as_json else click.echo
    records = prepare(folder, people, seed)
    with Sandbox(directory=folder) as box:
        box.load(folder)
        connect(folder, box.info(), language)
        tell(say(language, "demo.start", people=people, records=records, url=box.url))
        with opened(str(folder)) as workspace:
            syncs = _story(workspace, tell)
        emit({"syncs": syncs, "dir": str(folder.resolve())}, as_json, lambda _: say(language, "demo.end", dir=folder))
        if serve:
            _wait()
    stop(max(exit_code(report) for report in syncs))


def _story(workspace: Workspace, tell: Callable[[str], None]) -> list[Json]:
    """Sync (plans wait), a person's yes, sync until nothing is left to send."""
    language, syncs = workspace.settings.language, []
    for number in (1, 2, 3):
        tell(say(language, "demo.sync", n=number))
        syncs.append(run_sync(workspace))
        tell(sync_text(syncs[-1], language))
        if number < 3 and any(part["plan_id"] for part in syncs[-1]["push"].values()):
            tell(say(language, "demo.push"))
            approve(workspace, tell)
    return syncs


def approve(workspace: Workspace, tell: Callable[[str], None]) -> None:
    """What `hub push --yes` does."""
    from hub.cli.common import new_run_id
    from hub.cli.show import push_lines
    from hub.flow.lock import lock, start_run

    run = Run(new_run_id())
    with lock(workspace.store, run):
        start_run(workspace.store, run)
        try:
            flow.all_destinations(workspace, run, list(workspace.settings.destinations), yes=True)
        finally:
            report = flow.finish(workspace, run)
    for name, part in report["push"].items():
        for line in push_lines(name, part, workspace.settings.language):
            tell("  " + line)


def _wait() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return
