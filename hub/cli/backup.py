"""`hub backup`, `hub restore`: a copy of the whole store, and back."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from hub.cli.common import OK, account, emit, example, new_run_id, opened, options, stop
from hub.cli.running import waiting
from hub.cli.say import say
from hub.flow import backup as flow
from hub.flow.lock import lock
from hub.flow.run import Run


@click.command(epilog=example("hub backup /backups/hub-sunday.db"))
@click.argument("path", required=False, type=click.Path(path_type=Path))
@options
def backup(path: Path | None, as_json: bool, config: str | None) -> None:
    """Copy the whole store to the new file PATH (left out: data/backups/), while others go on working.

    The copy holds everybody's data. data/forget.key and data/erased.jsonl are not in it: keep them elsewhere, and keep them.
    """
    with opened(config) as workspace:
        told = flow.save(workspace, Run(new_run_id()), path.resolve() if path else None, account())
        language = workspace.settings.language
    lines = [say(language, "backup.done", **told)]
    lines += [say(language, "backup.apart", path=one) for one in told["apart"]]
    emit(told, as_json, lambda value: "\n".join(lines))


@click.command(epilog=example("hub restore /backups/hub-sunday.db --yes"))
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask: what is in the store now is replaced.")
@options
def restore(path: Path, yes: bool, as_json: bool, config: str | None) -> None:
    """Put the copy PATH in the place of all that is in the store now.

    A copy of a newer program is refused, an older one is brought up to date. People who were forgotten since are erased again.
    """
    with opened(config) as workspace:
        language = workspace.settings.language
        if not yes and (not sys.stdin.isatty() or not click.confirm(say(language, "restore.ask", path=path), err=True)):
            click.echo(say(language, "restore.yes"), err=True)
            stop(OK)
        run = Run(new_run_id(), actor=account())
        with lock(workspace.store, run, said=waiting(language)):
            told = flow.restore(workspace, run, path, account())
    emit(told, as_json, lambda value: say(language, "restore.done", **value))
