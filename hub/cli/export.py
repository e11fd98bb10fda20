"""`hub export`: the hub's tables as files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from hub.cli.common import account, emit, example, new_run_id, opened, options
from hub.cli.say import say
from hub.connectors.kit.remote import is_remote, shown
from hub.flow import export as flow
from hub.flow import export_set as sets
from hub.flow import segments
from hub.flow.run import Run, utc_now
from hub.flow.workspace import Workspace
from hub.store import audit

OPTIONS = ("password", "host_key", "known_hosts", "key", "secret", "endpoint", "region")


@click.command(
    epilog=example("hub export customers --format xlsx --output customers.xlsx --one-per phone --for marketing.sms")
)
@click.argument("tables", nargs=-1, required=True, type=click.Choice(flow.TABLES), metavar="TABLE...")
@click.option(
    "--format", "format_", type=click.Choice(flow.FORMATS), help="Left out: by the name of --output, else csv."
)
@click.option(
    "--output",
    metavar="PATH",
    help="Left out: standard output (csv, jsonl). With --manifest a folder, sftp:// or s3://.",
)
@click.option(
    "--manifest", is_flag=True, help="All TABLEs from one snapshot into the folder --output, with manifest.json."
)
@click.option("--one-per", type=click.Choice(["phone"]), help="Every phone once, each customer at most once.")
@click.option(
    "--for", "purpose", metavar="PURPOSE.CHANNEL", help="Only customers whose consent allows it: marketing.sms."
)
@click.option("--segment", metavar="NAME", help="Only customers of a segment: `hub segments` lists them.")
@options
def export(
    tables: tuple[str, ...],
    format_: str | None,
    output: str | None,
    manifest: bool,
    one_per: str | None,
    purpose: str | None,
    segment: str | None,
    as_json: bool,
    config: str | None,
) -> None:
    """Write TABLE as a file: columns as in the reference, lists joined by `|`, safe to open in a spreadsheet program.

    CSV carries a byte order mark; phones are text. A file that is there already is replaced only when the new one is whole.

    --manifest: several tables of one moment go into a folder, here, on an SFTP server or in S3 (HUB_EXPORT_PASSWORD;
    HUB_EXPORT_KEY, _SECRET, _ENDPOINT, _REGION, _HOST_KEY, _KNOWN_HOSTS), and manifest.json, written last, names rows and
    checksums.
    """
    path = Path(output) if output and not is_remote(output) else None
    format_ = format_ or _by_name(path)
    if manifest or (output and is_remote(output)):
        _set(tables, format_, output, one_per, (purpose, segment), as_json, config)
        return
    if len(tables) > 1:
        raise click.UsageError("several tables go into a folder: --manifest --output FOLDER")
    (table,) = tables
    _refuse(table, format_, path, one_per or purpose or segment, as_json)
    with opened(config) as workspace:
        reach = flow.reach_of(workspace.settings, purpose) if purpose else None
        among = segments.for_export(workspace.store, workspace.settings, segment) if segment else None
        out = path if path is not None else sys.stdout.buffer
        rows = flow.export(workspace.store, table, format_, out, reach, one_per_phone=bool(one_per), among=among)
        language = workspace.settings.language
        _logged(workspace, table, str(path.resolve()) if path else None, rows)
    if path is not None:
        told = {"table": table, "format": format_, "path": str(output), "rows": rows}
        emit(told, as_json, lambda value: say(language, "export.done", **value))


def _logged(workspace: Workspace, table: str, path: str | None, rows: int) -> None:
    """That somebody took a table, and where to, is in the audit log."""
    with workspace.store.begin() as conn:
        told = {"path": path, "tables": [table], "rows": rows}
        audit.write(conn, at=utc_now(), actor=account(), action="export", details=told)


def _set(
    tables: tuple[str, ...], format_: str, output: str | None, one_per: str | None, chosen: tuple[str | None, str | None],
    as_json: bool, config: str | None,
) -> None:  # fmt: skip
    if output is None or one_per or format_ == "xlsx":
        raise click.UsageError("--manifest needs a folder as --output, and csv, jsonl or parquet; not --one-per")
    names = {name: os.environ.get(f"HUB_EXPORT_{name.upper()}") for name in OPTIONS}
    options = {name: value for name, value in names.items() if value}
    with opened(config) as workspace:
        run = Run(new_run_id(), actor=account())
        told = sets.export_set(workspace, run, sets.asked(tables, format_, output, *chosen, options))
        language = workspace.settings.language
    shown_ = {"path": shown(output), "tables": len(told["tables"]), "position": told["feed_position"]}
    emit(told, as_json, lambda value: say(language, "export.set", **shown_))


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
        raise click.UsageError("--one-per, --for and --segment are for customers")
