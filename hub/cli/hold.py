"""`hub hold`: nothing is written about a customer to any system until somebody lifts it."""

from __future__ import annotations

import click

from hub.cli.common import OK, account, emit, example, opened, options, stop
from hub.cli.running import run_steps
from hub.cli.say import say
from hub.cli.show import exit_code
from hub.flow import hold as flow
from hub.flow import judge
from hub.flow.run import Run
from hub.flow.workspace import Workspace


@click.command(epilog=example("hub hold 0912345678 --reason 'two people, we are asking them'"))
@click.argument("key", required=False)
@click.option("--release", is_flag=True, help="Lift it.")
@click.option(
    "--only", metavar="TEXT", help="With --release: of several holds this one, by its decision, question or reason."
)
@click.option("--list", "listed", is_flag=True, help="Who is on hold.")
@click.option("--reason", metavar="TEXT", help="Why; kept with the decision.")
@click.option("--by", "author", metavar="NAME", help="Who decides; else the account's name.")
@options
def hold(
    key: str | None,
    release: bool,
    only: str | None,
    listed: bool,
    reason: str | None,
    author: str | None,
    as_json: bool,
    config: str | None,
) -> None:
    """The customer KEY is not pushed anywhere until released; the hold follows its records, and `hub undo` takes it back."""
    if only and not release:
        raise click.UsageError("--only goes with --release")
    if listed == bool(key) or (listed and release):
        raise click.UsageError("name one customer, or --list")
    if listed:
        _list(config, as_json=as_json)
    made: dict[str, str] = {}

    def steps(workspace: Workspace, run: Run) -> None:
        settings, meant = workspace.settings, key or ""
        wish = flow.release(settings, meant, only) if release else flow.hold(settings, meant)
        with workspace.store.begin() as conn:
            act = wish(conn)
            made["golden_id"] = act.subjects[0]
            made["decision_id"] = judge.write(conn, act, run, author or account(), reason)

    report, language = run_steps(config, steps, trigger="hold")
    said = "hold.released" if release else "hold.done"
    emit({"applied": True, "held": not release, **made}, as_json, lambda value: say(language, said, **made))
    stop(exit_code(report))


def _list(config: str | None, *, as_json: bool) -> None:
    with opened(config) as workspace:
        rows, language = flow.listed(workspace.store), workspace.settings.language
    lines = [say(language, "hold.line", **{**row, "reason": row["reason"] or ""}).rstrip() for row in rows]
    emit(rows, as_json, lambda value: "\n".join(lines) or say(language, "hold.none"))
    stop(OK)
