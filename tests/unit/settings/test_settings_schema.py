"""Every key of the settings says what it means, and its default is the one that the program uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.render.table import keys, resolved
from hub import contracts
from hub.connectors import REGISTRY, load
from hub.settings import CatalogueEntry, Destination, Matching
from hub.settings import load as load_settings
from hub.settings.units import duration, percent

SCHEMA = contracts.schema("settings.v1")
SECTIONS = [
    (name, part.get("additionalProperties") if "properties" not in part else part)
    for name, part in SCHEMA["properties"].items()
]
TABLES = [("settings", name, part) for name, part in SECTIONS if isinstance(part, dict) and "properties" in part]
OWN = [("connectors", name, contracts.schema(load(name).description.settings_schema)) for name in REGISTRY]


@pytest.mark.parametrize(
    ("where", "name", "part"), TABLES + OWN, ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_key_has_a_meaning(where, name, part):
    root = SCHEMA if where == "settings" else part
    assert [path for path, one, _ in keys(part, root) if not resolved(one, root).get("description")] == []


class Catalogue:
    """One connector, as the registry would tell of it."""

    def names(self):
        return ["sheet"]

    def entry(self, name):
        return CatalogueEntry("sheet", "sheet", "connectors/sheet.v1")


BARE = '[hub]\n[sources.a]\nconnector = "sheet"\npath = "x.csv"\ncolumns.full_name = "Ten"\n[destinations.b]\nsource = "a"\n'


@pytest.fixture
def bare(tmp_path: Path):
    (tmp_path / "hub.toml").write_text(BARE, encoding="utf-8")
    return load_settings(tmp_path / "hub.toml", Catalogue(), {})


def told(section):
    part = dict(SECTIONS)[section]
    return {name: one["default"] for name, one in part["properties"].items() if "default" in one}


def test_defaults_of_the_hub_are_those_in_use(bare):
    rest = {name: value for name, value in told("hub").items() if name != "database"}
    assert {name: getattr(bare, name) for name in rest} == rest
    assert bare.database == "sqlite:///" + str(bare.workspace / "data" / "hub.db")


def test_defaults_of_a_source_are_those_in_use(bare):
    units = {"sweep": duration, "history": duration, "budget": percent}
    wanted = {name: units.get(name, lambda text: text)(value) for name, value in told("sources").items()}
    assert {name: getattr(bare.sources["a"], name) for name in wanted} == wanted


def test_defaults_of_a_destination_are_those_in_use(bare):
    units = {"max_changes": percent, "max_deletes": percent, "plan_expires": duration, "slice": duration}
    wanted = {name: units.get(name, lambda text: text)(value) for name, value in told("destinations").items()}
    assert {name: getattr(bare.destinations["b"], name) for name in wanted} == wanted


def test_defaults_of_matching_are_those_in_use():
    given = told("matching")
    assert {name: getattr(Matching(), name) for name in given} == {**given, "own": ()}


def test_purposes_that_are_built_in_are_told(bare):
    assert SCHEMA["properties"]["purposes"]["default"] == dict(bare.purposes)


def test_a_field_that_is_only_listed_fills_what_is_blank(tmp_path):
    (tmp_path / "hub.toml").write_text(BARE + 'fields = ["phone"]\n', encoding="utf-8")
    made: Destination = load_settings(tmp_path / "hub.toml", Catalogue(), {}).destinations["b"]
    assert dict(made.fields) == {"phone": "fill_if_blank"}
