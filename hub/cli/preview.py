"""`hub preview FILE`: a spreadsheet as the hub understands it; with --write a source of this workspace."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from hub.cli.common import emit, example, options
from hub.cli.say import say
from hub.connectors.sheet_file.preview import LEAST
from hub.errors import ConfigError
from hub.flow.preview import Look, Person, add_source, free_name, look
from hub.flow.texts import texts
from hub.flow.workspace import RegistryCatalogue
from hub.model import Json
from hub.settings import Settings, SettingsError, find_config, load

NAME = "customers"
SURE = 0.9
"""Confidence from which a column's meaning is not called a guess."""


@click.command(epilog=example("hub preview khach.xlsx --write events"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--write", "name", metavar="SOURCE", help="Add the file to hub.toml as a source of this name.")
@options
def preview(file: Path, name: str | None, as_json: bool, config: str | None) -> None:
    """Show a file's tabs, header, guessed columns, five masked rows, good and broken phones. Needs no workspace."""
    path = _config(config, needed=name is not None or config is not None)
    if name is not None and path is not None:
        free_name(path, name)
    settings = _settings(path)
    found = look(file, settings, name or NAME)
    if name is not None and path is not None:
        if not found.toml:
            raise ConfigError(say(settings.language, "preview.no_columns"), hint=found.seen.file)
        add_source(path, name, found.toml)
    people = [asdict(person) for person in found.people]
    told = {**asdict(found.seen), "toml": found.toml, "people": people, "written": name}
    emit(told, as_json, lambda _: "\n".join([*_text(found, settings.language), *_end(found, settings, name)]))


def _end(found: Look, settings: Settings, name: str | None) -> list[str]:
    """What to do next."""
    if name is not None:
        return ["", say(settings.language, "preview.written", name=name, path=settings.path)]
    if not found.toml:
        return ["", say(settings.language, "preview.no_columns")]
    return ["", say(settings.language, "preview.toml"), "", found.toml.rstrip()]


def _word(language: str, key: str, other: str) -> str:
    """A word of texts.tsv; `other` where it has none."""
    try:
        return say(language, key)
    except KeyError:
        return other


def _config(config: str | None, *, needed: bool) -> Path | None:
    try:
        return find_config(config)
    except ConfigError:
        if needed:
            raise
        return None


def _settings(path: Path | None) -> Settings:
    """The workspace's settings; the defaults where there is none, or where something in it is wrong (`hub check` says what)."""
    if path is not None:
        try:
            return load(path, RegistryCatalogue())
        except SettingsError:
            return Settings(path, "")
    return Settings(Path.cwd() / "hub.toml", "")


def _text(found: Look, language: str) -> list[str]:
    seen = found.seen
    lines = [say(language, "preview.file", path=seen.file, kind=seen.kind, encoding=seen.encoding or "-")]
    for place, tab in enumerate(seen.tabs):
        key = "preview.tab.none" if not tab.header_row else "preview.tab"
        mark = "*" if place == seen.best and len(seen.tabs) > 1 else " "
        lines.append(mark + say(language, key, tab=tab.name or seen.file, rows=tab.rows, header_row=tab.header_row))
    if seen.tabs and seen.tabs[seen.best].header_row:
        lines += _columns(found, language)
        lines += _people(found.people, language)
        lines += _phones(found, language)
    return lines


def _columns(found: Look, language: str) -> list[str]:
    tab = found.seen.tabs[found.seen.best]
    width = max((len(guess.label) for guess in tab.columns), default=0)
    lines = ["", say(language, "preview.columns")]
    for guess in tab.columns:
        sure = "" if guess.confidence >= SURE or not guess.field else say(language, _doubt(guess.confidence))
        lines.append(f"  {guess.label:<{width}}  →  {_meaning(guess.field, language)}{sure}")
    return lines


def _doubt(confidence: float) -> str:
    return "preview.unsure" if confidence >= LEAST else "preview.doubtful"


def _meaning(field: str | None, language: str) -> str:
    return _word(language, f"field.{field}", field) if field else say(language, "preview.unused")


def _reason(language: str, code: str) -> str:
    """Why a value is refused, in a few words; else as the quarantine says it."""
    sentence = texts("quarantine.tsv").get(code, {}).get(language, code)
    plain = code if "{" in sentence else sentence[:1].lower() + sentence[1:]
    return _word(language, f"reason.{code}", plain)


def _people(people: tuple[Person, ...], language: str) -> list[str]:
    lines = ["", say(language, "preview.people")] if people else []
    for person in people:
        parts = [
            person.name or "?",
            *person.phones,
            *person.emails,
            *([person.birth_date] if person.birth_date else []),
        ]
        faults = [_reason(language, code) for _, code in person.refused]
        if person.kind not in ("person", "organisation"):
            faults.insert(0, _word(language, f"kind.{person.kind}", person.kind))
        lines.append("  " + " · ".join(parts) + (f"   ({'; '.join(faults)})" if faults else ""))
    return lines


def _phones(found: Look, language: str) -> list[str]:
    tab = found.seen.tabs[found.seen.best]
    if not tab.phones_checked:
        return []
    broken: dict[str, Json] = dict(tab.phones_broken)
    told = ", ".join(f"{count} {_reason(language, code)}" for code, count in broken.items())
    values = {"good": tab.phones_good, "bad": sum(broken.values()), "reasons": f" ({told})" if told else ""}
    return ["", say(language, "preview.phones", **values)]
