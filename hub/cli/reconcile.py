"""`hub reconcile`: read destinations back, and say how far they drifted."""

from __future__ import annotations

from collections.abc import Iterator

import click

from hub.cli.common import emit, example, options, stop
from hub.cli.running import known, run_steps
from hub.cli.say import say
from hub.cli.show import exit_code
from hub.flow import reconcile as flow
from hub.flow.run import Run
from hub.flow.workspace import Workspace
from hub.model import Json


@click.command(epilog=example("hub reconcile shop"))
@click.argument("destinations", nargs=-1)
@options
def reconcile(destinations: tuple[str, ...], as_json: bool, config: str | None) -> None:
    """Read destinations (all, or those named) back whole, and say how far they drifted from what they acknowledged.

    Writes nothing outside: the repair is the plan that follows. Exit 0 when all were read to their end, whatever they
    hold; 1 when one could not be.
    """
    told: dict[str, Json] = {}

    def steps(workspace: Workspace, run: Run) -> None:
        known(destinations, list(workspace.settings.destinations), "destination")
        told.update(flow.reconcile(workspace, run, list(destinations or workspace.settings.destinations)))

    report, language = run_steps(config, steps, trigger="reconcile")
    emit(told, as_json, lambda value: "\n".join(_text(value, language)))
    stop(exit_code(report))


def _text(value: Json, language: str) -> Iterator[str]:
    for name, part in value.items():
        if not part["readable"]:
            yield say(language, "reconcile.list", name=name, written=part["written"])
            continue
        yield say(language, "reconcile.head" if part["whole"] else "reconcile.partly", name=name, **_counts(part))
        for one, counts in part["fields"].items():
            yield "  " + say(language, "reconcile.field", field=one, **counts)
        if part["plan"]["plan_id"]:
            yield "  " + say(language, "reconcile.plan", name=name, **part["plan"]["planned"])


def _counts(part: Json) -> Json:
    return {key: part[key] for key in ("held", "written", "drifted", "missing", "percent")}
