"""`hub db upgrade|check`: the store's tables."""

from __future__ import annotations

import click

from hub.cli.common import FAILED, OK, emit, example, opened, options, stop
from hub.cli.say import say
from hub.model import Json
from hub.store import migrate


@click.group()
def db() -> None:
    """The store's tables."""


@db.command("upgrade", epilog=example("hub db upgrade"))
@options
def upgrade(as_json: bool, config: str | None) -> None:
    """Bring the tables to this program's version. Runs by itself at the start of other commands, too."""
    with opened(config) as workspace:
        language = workspace.settings.language
        emit({"revision": migrate.check(workspace.store).current}, as_json, lambda _: say(language, "db.upgraded"))


@db.command("check", epilog=example("hub db check"))
@options
def check(as_json: bool, config: str | None) -> None:
    """Compare the tables with what this program needs; exit code 4 when they differ."""
    with opened(config, migrate=False) as workspace:
        language = workspace.settings.language
        found = migrate.check(workspace.store)
        told = {"ok": found.ok, "current": found.current, "head": found.head, "drift": list(found.drift)}
        emit(told, as_json, lambda _: say(language, "db.good") if found.ok else _text(told))
    stop(OK if found.ok else FAILED)


def _text(told: Json) -> str:
    return "\n".join([f"{told['current']} → {told['head']}", *told["drift"]])
