"""`hub connectors list|show`: the catalogue."""

from __future__ import annotations

from dataclasses import asdict

import click

from hub import connectors as registry
from hub import contracts
from hub.cli.common import emit, example
from hub.model import Json


@click.group()
def connectors() -> None:
    """The catalogue of connectors."""


def _entry(name: str) -> dict[str, Json]:
    told = registry.load(name).description
    able = told.capabilities
    return {
        "name": told.name,
        "channel": told.channel,
        "title_en": told.title_en,
        "title_vi": told.title_vi,
        "streams": [asdict(stream) for stream in able.streams],
        "writes": sorted(able.writes),
        "write_fields": sorted(able.write_fields),
        "rate": able.rate,
        "batch": able.batch,
    }


@connectors.command("list", epilog=example("hub connectors list"))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def list_(as_json: bool) -> None:
    """All connectors: channel, what they read, what they write."""
    entries = [_entry(name) for name in registry.catalogue()]
    emit(entries, as_json, lambda value: "\n".join(_line(entry) for entry in value))


def _line(entry: Json) -> str:
    writes = ", ".join(entry["writes"]) or "read only"
    return f"{entry['name']:<12} {entry['channel']:<6} {entry['title_en']} / {entry['title_vi']}: {writes}"


@connectors.command("show", epilog=example("hub connectors show kiotviet"))
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def show(name: str, as_json: bool) -> None:
    """One connector: capabilities and the keys of its settings."""
    entry = _entry(name) | {"settings": contracts.schema(registry.load(name).description.settings_schema)}
    emit(entry, as_json, _text)


def _text(entry: Json) -> str:
    streams = [
        f"  reads {stream['name']}: {'incremental' if stream['incremental'] else 'whole'}, deletions by {stream['deletions']}"
        for stream in entry["streams"]
    ]
    keys = [
        f"  {key}: {about.get('description', '')}" for key, about in entry["settings"].get("properties", {}).items()
    ]
    return "\n".join(
        [_line(entry), *streams, "  writes fields: " + (", ".join(entry["write_fields"]) or "none"), *keys]
    )
