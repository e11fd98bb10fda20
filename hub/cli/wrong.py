"""`hub check`: settings, secrets, schemas and, with --connect, each vendor's credentials."""

from __future__ import annotations

import click

from hub.cli.common import DEGRADED, OK, emit, example, new_run_id, options, stop
from hub.cli.say import say
from hub.errors import HubError
from hub.flow.run import Run
from hub.flow.scoring import unlearnt
from hub.flow.workspace import RegistryCatalogue, Workspace, open_workspace
from hub.model import Json
from hub.settings import Finding, Settings, SettingsError, advice, find_config, load


@click.command(epilog=example("hub check --connect"))
@click.option("--connect", is_flag=True, help="Also try every vendor's credentials.")
@options
def check(connect: bool, as_json: bool, config: str | None) -> None:
    """Check hub.toml, secrets and schemas. Every finding is one line with the key's path and a hint."""
    path = find_config(config)
    try:
        settings = load(path, RegistryCatalogue())
    except SettingsError as error:
        if not as_json:
            raise
        emit({"ok": False, "findings": [_finding(item) for item in error.findings], "connections": {}}, True, str)
        stop(2)
    tried = _connections(config, settings) if connect else {}
    warnings = [_finding(item) for item in [*advice(settings, RegistryCatalogue()), *_scores(settings)]]
    report = {"ok": True, "findings": warnings, "connections": tried}
    emit(report, as_json, lambda value: "\n".join(_text(value, settings)))
    stop(OK if all(part["status"] == "ok" for parts in tried.values() for part in parts) else DEGRADED)


def _scores(settings: Settings) -> list[Finding]:
    """That `balanced` is not in force until something was learnt."""
    if not unlearnt(settings):
        return []
    message = say(settings.language, "scores.untrained")
    return [Finding("settings.merge_above", "matching.merge_above", message, level="warning")]


def _finding(item: object) -> dict[str, Json]:
    return {name: getattr(item, name) for name in ("id", "path", "message", "hint", "level")}


def _connections(config: str | None, settings: Settings) -> dict[str, list[dict[str, Json]]]:
    workspace = open_workspace(config)
    try:
        return {name: _try(workspace, name) for name in settings.sources}
    finally:
        workspace.store.dispose()


def _try(workspace: Workspace, name: str) -> list[dict[str, Json]]:
    language = workspace.settings.language
    try:
        with workspace.connect(workspace.settings.sources[name], Run(new_run_id())) as connection:
            found = connection.check()
    except HubError as error:
        return [{"status": "config", "code": error.code, "sentence": str(error)}]
    return [{"status": item.status, "code": item.code, "sentence": getattr(item, language)} for item in found]


def _text(report: Json, settings: Settings) -> list[str]:
    counts = {"sources": len(settings.sources), "destinations": len(settings.destinations)}
    lines = [say(settings.language, "check.good", **counts)]
    lines += [say(settings.language, "check.warning", **item) for item in report["findings"]]
    for name, parts in report["connections"].items():
        lines += [say(settings.language, "check.connect", name=name, **part) for part in parts]
    return lines
