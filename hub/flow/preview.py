"""A spreadsheet looked at before it is a source, and written into hub.toml as one.

Belongs here: judging phones for the preview, adding a table to hub.toml. Does not: reading files (sheet_file), showing (cli).
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
import tomllib
from pathlib import Path

from hub.errors import ConfigError
from hub.flow.workspace import RegistryCatalogue
from hub.model import Json
from hub.settings import Settings, SettingsError, load

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def path_in(file: Path, workspace: Path) -> str:
    """The file's path as hub.toml writes it: relative inside the workspace, else absolute; glob signs stand for themselves."""
    whole, root = file.resolve(), workspace.resolve()
    text = whole.relative_to(root).as_posix() if whole.is_relative_to(root) else whole.as_posix()
    return re.sub(r"([*?\[])", r"[\1]", text)


def free_name(config: Path, name: str) -> None:
    """Raise ConfigError when no source of that name can be added to the hub.toml at `config`."""
    if not NAME.fullmatch(name):
        raise ConfigError(f"{name!r} cannot name a source", hint="small letters, digits and _, beginning with a letter")
    if name in _parsed(config.read_text(encoding="utf-8-sig"), config).get("sources", {}):
        raise ConfigError(f"there is a source named {name!r} already", hint="nothing was changed; take another name")


def add_source(config: Path, name: str, table: str) -> Settings:
    """Append the text of a table `[sources.NAME]` to the hub.toml at `config`; all else in it stays as it is, byte by byte.

    Gives the settings as they are then. Raises ConfigError, and leaves the file alone, when the name is taken or the new
    table is wrong; raises SettingsError after writing when something else in the file is wrong.
    """
    config = config.resolve()
    free_name(config, name)
    old = config.read_bytes()
    end = "\r\n" if b"\r\n" in old else "\n"
    gap = "" if not old.strip() else end if old.endswith(b"\n") else end * 2
    new = old + (gap + end.join(table.strip().splitlines()) + end).encode()
    if name not in _parsed(new.decode("utf-8-sig"), config).get("sources", {}):
        raise ConfigError(f"the table is not [sources.{name}]")
    with tempfile.NamedTemporaryFile(dir=config.parent, prefix=".hub.", suffix=".toml", delete=False) as file:
        beside = Path(file.name)
    try:
        beside.write_bytes(new)
        _accepted(beside, name)
        beside.chmod(stat.S_IMODE(config.stat().st_mode))
        os.replace(beside, config)
    finally:
        beside.unlink(missing_ok=True)
    return load(config, RegistryCatalogue())


def _accepted(beside: Path, name: str) -> None:
    """Raise SettingsError with what is wrong about the new source; what else is wrong is not its fault."""
    try:
        load(beside, RegistryCatalogue())
    except SettingsError as error:
        mine = [
            finding for finding in error.findings if finding.path.split(".")[:2] in (["sources", name], ["sources"])
        ]
        if mine:
            raise SettingsError(mine) from error


def _parsed(text: str, config: Path) -> dict[str, Json]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{config.name} cannot be read as TOML: {error}", hint="nothing was changed") from error
