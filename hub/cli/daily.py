"""`hub sync`: the main job."""

from __future__ import annotations

from collections.abc import Sequence

import click

from hub.cli.common import emit, example, new_run_id, opened, options, stop
from hub.cli.progress import shown
from hub.cli.running import known, seldom_collected, waiting
from hub.cli.show import exit_code, sync_text
from hub.flow import sync as flow
from hub.flow.lock import lock, start_run
from hub.flow.run import Run
from hub.flow.workspace import Workspace
from hub.model import Json


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


def run_sync(
    workspace: Workspace, sources: Sequence[str] = (), *, full: bool = False, push: bool = True, direct: bool = False
) -> Json:
    """One sync, under the lock: in plain Python, or as a Dagster run in this process."""
    with shown() as progress, seldom_collected():
        run = Run(new_run_id(), progress=progress)
        with lock(workspace.store, run, said=waiting(workspace.settings.language)):
            return (
                _direct(workspace, run, sources, full, push)
                if direct
                else _dagster(workspace, run, sources, full, push)
            )


def _direct(workspace: Workspace, run: Run, sources: Sequence[str], full: bool, push: bool) -> Json:
    start_run(workspace.store, run)
    try:
        flow.steps(workspace, run, sources, full=full, no_push=not push)
    except Exception:
        if "failure" not in run.parts:
            raise
    finally:
        report = flow.finish(workspace, run)
    return report


def _dagster(workspace: Workspace, run: Run, sources: Sequence[str], full: bool, push: bool) -> Json:
    from hub import definitions

    definitions.run(workspace.settings, run, only=sources, push=push, full=full)
    return run.parts["document"]
