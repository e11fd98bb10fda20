"""`hub disclose`: everything known about a person, to be handed to that person."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.common import account, emit, example, new_run_id, opened, options
from hub.cli.say import say
from hub.flow import disclose as flow
from hub.flow.judge import one
from hub.flow.run import Run


@click.command(epilog=example("hub disclose 0912345678 --output lan.json"))
@click.argument("key")
@click.option(
    "--output", metavar="PATH", type=click.Path(path_type=Path), help="A .json file; the text comes beside it."
)
@click.option("--reason", metavar="TEXT", help="Why; kept in the audit log without names and contacts.")
@click.option("--by", "author", metavar="NAME", help="Who asks; else the account's name.")
@options
def disclose(
    key: str, output: Path | None, reason: str | None, author: str | None, as_json: bool, config: str | None
) -> None:
    """Everything known about the customer KEY: values and where they come from, records as received, orders, consents,
    segments, what was given to whom, earlier versions, decisions.

    Prints it as text, or with --json as JSON; --output writes both files, readable by their owner alone. Logged.
    """
    if output is not None and output.suffix != ".json":
        raise click.UsageError("--output names a .json file")
    with opened(config) as workspace:
        language = workspace.settings.language
        with workspace.store.read() as conn:
            golden_id = one(conn, workspace.settings, key)
        run, by = Run(new_run_id()), author or account()
        path = output.resolve() if output else None
        told = flow.write(workspace.store, workspace.settings, run, golden_id, path, reason, by)
    if output is not None:
        done = {"golden_id": golden_id, "path": str(output), "text": str(output.with_suffix(".txt"))}
        emit(done, as_json, lambda value: say(language, "disclose.done", **value))
    else:
        emit(told, as_json, lambda value: "\n".join(flow.lines(value, language)))
