"""`hub init`: a starter workspace. (`hub preview` and `hub demo` have files of their own.)"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import click

from hub.cli.common import emit, example
from hub.cli.say import say
from hub.errors import ConfigError


@click.command(epilog=example("hub init myshop"))
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def init(folder: Path, as_json: bool) -> None:
    """Make a commented hub.toml, an .env.example and a .gitignore in DIR (default: here). Overwrites nothing."""
    path = folder / "hub.toml"
    if path.exists():
        raise ConfigError(f"{path} is there already", hint="nothing was changed")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text((resources.files("hub.cli") / "starter.toml").read_text(encoding="utf-8"), encoding="utf-8")
    _add(folder / ".gitignore", "data/\nout/\n.env\n")
    _add(folder / ".env.example", "KIOTVIET_CLIENT_ID=\nKIOTVIET_CLIENT_SECRET=\n")
    emit(
        {"path": str(path)},
        as_json,
        lambda value: say("vi", "init.done", **value) + "\n" + say("en", "init.done", **value),
    )


def _add(path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text, encoding="utf-8")
