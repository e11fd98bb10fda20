"""`hub doctor`: machine, database, migrations, Dagster, disk, locks."""

from __future__ import annotations

from dataclasses import asdict

import click

from hub.cli.common import FAILED, OK, emit, example, options, stop
from hub.cli.say import say
from hub.flow.doctor import findings
from hub.flow.workspace import RegistryCatalogue
from hub.model import Json
from hub.settings import find_config, load


@click.command(epilog=example("hub doctor"))
@click.option("--all", "every", is_flag=True, help="Also show what is well.")
@options
def doctor(every: bool, as_json: bool, config: str | None) -> None:
    """Look at machine, database, migrations, Dagster, disk and locks. Changes nothing; exit code 4 when something is broken."""
    path = find_config(config)
    found = [asdict(finding) for finding in findings(path)]
    language = load(path, RegistryCatalogue()).language
    broken = any(finding["level"] == "error" for finding in found)
    emit({"ok": not broken, "findings": found}, as_json, lambda value: _text(value, language, every))
    stop(FAILED if broken else OK)


def _text(report: Json, language: str, every: bool) -> str:
    lines = [_line(language, finding) for finding in report["findings"] if every or finding["level"] != "ok"]
    return "\n".join(lines) if lines else say(language, "doctor.good")


def _line(language: str, finding: Json) -> str:
    key = "doctor.line" if finding["hint"] else "doctor.line.plain"
    return say(language, key, **{**finding, "level": say(language, f"doctor.level.{finding['level']}")})
