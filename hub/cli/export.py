"""`hub export`: the hub's tables as files."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from hub.cli.common import emit, example, opened, options
from hub.cli.say import say
from hub.flow import export as flow


@click.command(
    epilog=example("hub export customers --format xlsx --output customers.xlsx --one-per phone --for marketing.sms")
)
@click.argument("table", type=click.Choice(flow.TABLES))
@click.option(
    "--format", "format_", type=click.Choice(flow.FORMATS), help="Left out: by the name of --output, else csv."
)
@click.option(
    "--output", metavar="PATH", type=click.Path(path_type=Path), help="Left out: standard output (csv, jsonl)."
)
@click.option("--one-per", type=click.Choice(["phone"]), help="Every phone once, each customer at most once.")
@click.option(
    "--for", "purpose", metavar="PURPOSE.CHANNEL", help="Only customers whose consent allows it: marketing.sms."
)
@options
def export(
    table: str,
    format_: str | None,
    output: Path | None,
    one_per: str | None,
    purpose: str | None,
    as_json: bool,
    config: str | None,
) -> None:
    """Write TABLE as a file: columns as in the reference, lists joined by `|`, safe to open in a spreadsheet program.

    CSV carries a byte order mark; phones are text. A file that is there already is replaced only when the new one is whole.
    """
    format_ = format_ or _by_name(output)
    _refuse(table, format_, output, one_per or purpose, as_json)
    with opened(config) as workspace:
        reach = flow.reach_of(workspace.settings, purpose) if purpose else None
        out = output if output is not None else sys.stdout.buffer
        rows = flow.export(workspace.store, table, format_, out, reach, one_per_phone=bool(one_per))
        language = workspace.settings.language
    if output is not None:
        told = {"table": table, "format": format_, "path": str(output), "rows": rows}
        emit(told, as_json, lambda value: say(language, "export.done", **value))


def _by_name(output: Path | None) -> str:
    suffix = output.suffix.lower().removeprefix(".") if output else ""
    return suffix if suffix in flow.FORMATS else "csv"


def _refuse(table: str, format_: str, output: Path | None, chosen: str | None, as_json: bool) -> None:
    """Wrong usage, exit code 2."""
    if output is None and (format_ not in flow.STREAMS or as_json):
        raise click.UsageError(
            f"--output is needed with --format {format_}" if not as_json else "--json needs --output"
        )
    if chosen and table != "customers":
        raise click.UsageError("--one-per and --for are for customers")
