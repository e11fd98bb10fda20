"""A spreadsheet looked at before it is a source, and written into hub.toml as one.

Belongs here: judging phones for the preview, the first rows as the hub understands them, adding a table to hub.toml.
Does not: reading files, guessing columns, masks (connectors.sheet_file), showing (cli).
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from hub.connectors import load as connector
from hub.connectors.kit.port import Context
from hub.connectors.sheet_file.book import FileRefused
from hub.connectors.sheet_file.connection import sentences
from hub.connectors.sheet_file.masking import mask
from hub.connectors.sheet_file.preview import SHOWN, Preview, preview
from hub.errors import ConfigError
from hub.flow.run import utc_now
from hub.flow.workspace import RegistryCatalogue
from hub.matching.normalize import Normalized, canonical_frame, normalize_phone, normalize_records
from hub.model import Json
from hub.settings import Settings, SettingsError, load

if TYPE_CHECKING:
    from hub.model import Frame

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Person:
    """One row as the hub understands it, masked. refused: (field, code) of values that it leaves out."""

    kind: str
    name: str
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    birth_date: str
    refused: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What there is to show. seen: the file; people: its first rows; toml: the table that reads it, "" when none can."""

    seen: Preview
    people: tuple[Person, ...]
    toml: str


def look(file: Path, settings: Settings, name: str) -> Look:
    """Look at a file for a source called `name`. settings: for region, zone, language and the folder; nothing is written.

    Raises ConfigError, in the settings' language, for a file that cannot be read.
    """
    region, whole = settings.region, file.resolve()
    try:
        seen = preview(whole, lambda text: phone_fault(text, region), source=name, workspace=settings.workspace)
        path = path_in(whole, settings.workspace)
        toml = seen.toml.replace(f"path = {_text(seen.file)}\n", f"path = {_text(path)}\n", 1)
        return Look(seen, _people(toml, settings, name) if toml else (), toml)
    except FileRefused as error:
        raise ConfigError(_sentence(error, file, settings.language), code=error.code) from error
    except OSError as error:
        raise ConfigError(f"{file.name}: {error.strerror or type(error).__name__}", code="sheet.unreadable") from error


def phone_fault(text: str, region: str) -> str | None:
    """Why a cell holds no usable phone (the first one's reason); None when one of its numbers is usable."""
    found = normalize_phone(text, region)
    return None if any(phone.e164 for phone in found) else found[0].reason


def _text(text: str) -> str:
    """A TOML basic string, as the preview writes it."""
    return orjson.dumps(text).decode().replace("\x7f", "\\u007f")


def _sentence(error: FileRefused, file: Path, language: str) -> str:
    pair = sentences().get(error.code)
    if pair is None:
        return f"{file.name}: {error.code}"
    return pair[language == "vi"].format_map(_Blank({"file": file.name, **error.fields}))


class _Blank(dict[str, Json]):
    """Words of a sentence; one that is missing stays empty."""

    def __missing__(self, key: str) -> str:
        return ""


def _people(toml: str, settings: Settings, name: str) -> tuple[Person, ...]:
    """The first rows through the connector's mapping and the hub's normalizing."""
    context = Context(
        name, tomllib.loads(toml)["sources"][name], settings.workspace, settings.region, settings.timezone, utc_now,
        wait=lambda seconds: None,
    )  # fmt: skip
    connection = connector("sheet").open(context)
    try:
        page = next(iter(connection.pull("customers", None, full=True)), None)
        if page is None:
            return ()
        rows = connection.to_canonical("customers", page.records[:SHOWN]).rows
    finally:
        connection.close()
    frame = canonical_frame(rows) if isinstance(rows, Sequence) else rows
    return _shown(normalize_records(frame, region=settings.region, today=utc_now()[:10]))


def _shown(found: Normalized) -> tuple[Person, ...]:
    contacts, refusals = _by_record(found.identifiers), _by_record(found.refusals)
    return tuple(
        _person(row, contacts.get(row["source_id"], []), refusals.get(row["source_id"], []))
        for row in found.records.iter_rows(named=True)
    )


def _by_record(frame: Frame) -> dict[str, list[Mapping[str, Json]]]:
    rows: dict[str, list[Mapping[str, Json]]] = {}
    for row in frame.iter_rows(named=True):
        rows.setdefault(row["source_id"], []).append(row)
    return rows


def _person(row: Mapping[str, Json], contacts: list[Mapping[str, Json]], refusals: list[Mapping[str, Json]]) -> Person:
    name = " ".join(part for part in (row["honorific"], mask(row["full_name"] or "", "full_name")) if part)
    return Person(
        kind=row["kind"],
        name=name or mask(row["company_name"] or "", "company_name"),
        phones=tuple(mask(one["national"] or one["value"], "phones") for one in contacts if one["type"] == "phone"),
        emails=tuple(mask(one["value"], "emails") for one in contacts if one["type"] == "email"),
        birth_date=mask(row["birth_date"] or "", "birth_date"),
        refused=tuple((one["field"], one["code"]) for one in refusals),
    )


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
