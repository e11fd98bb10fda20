"""A package outside the hub brings a connector with a settings schema of its own; advice of schemas is told."""

from __future__ import annotations

import importlib
import json
import sys

import pytest
from click.testing import CliRunner

from hub import connectors, contracts
from hub.cli.connectors import show
from hub.cli.wrong import check
from hub.errors import ConfigError
from hub.flow.workspace import RegistryCatalogue
from hub.settings import SettingsError, advice, load

MODULE = """
from hub.connectors.kit.port import Capabilities, Connector, Description, StreamInfo

CONNECTOR = Connector(
    Description("acme", "pos", "Acme till", "Máy tính tiền Acme", "acme_till:schemas/settings.v1", None,
                Capabilities(streams=(StreamInfo("customers", "none", True, True),))),
    lambda context: None,
)
"""
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["shop"],
    "properties": {
        "shop": {"type": "string", "description": "Number of the shop"},
        "zone": {
            "type": "string",
            "description": "Zone",
            "x-advice": {"vi": "nên ghi múi giờ", "en": "better say the zone"},
        },
    },
}
GOOD = '[hub]\nlanguage = "en"\n[sources.till]\nconnector = "acme"\nshop = "7"\n'


@pytest.fixture
def acme(tmp_path, monkeypatch):
    """The package `acme_till` as if it were installed; the folder of a workspace."""
    site = tmp_path / "site"
    (site / "acme_till" / "schemas").mkdir(parents=True)
    (site / "acme_till" / "__init__.py").write_text(MODULE, encoding="utf-8")
    (site / "acme_till" / "schemas" / "settings.v1.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    about = site / "acme_till-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-till\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text("[hub.connectors]\nacme = acme_till:CONNECTOR\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(site))
    importlib.invalidate_caches()
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("acme_till")]:
        del sys.modules[name]
    contracts.schema.cache_clear()
    contracts._fast.cache_clear()
    contracts._slow.cache_clear()


def write(folder, text):
    path = folder / "hub.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_its_name_is_in_the_catalogue(acme):
    assert "acme" in connectors.catalogue()


def test_its_keys_are_checked_by_its_own_schema(acme):
    assert load(write(acme, GOOD), RegistryCatalogue(), {}).sources["till"].options["shop"] == "7"
    with pytest.raises(SettingsError) as caught:
        load(write(acme, GOOD.replace("shop", "shopp")), RegistryCatalogue(), {})
    assert {(one.id, one.path) for one in caught.value.findings} == {
        ("settings.unknown_key", "sources.till.shopp"),
        ("settings.required", "sources.till.shop"),
    }


def test_its_keys_are_shown(acme):
    shown = CliRunner().invoke(show, ["acme"])
    assert "shop: Number of the shop" in shown.output


def test_what_its_schema_advises_is_a_warning(acme):
    settings = load(write(acme, GOOD), RegistryCatalogue(), {})
    (told,) = advice(settings, RegistryCatalogue())
    assert (told.path, told.level, told.message) == ("sources.till.zone", "warning", "better say the zone")


def test_a_key_that_is_there_needs_no_advice(acme):
    settings = load(write(acme, GOOD + 'zone = "UTC"\n'), RegistryCatalogue(), {})
    assert list(advice(settings, RegistryCatalogue())) == []


@pytest.mark.parametrize("name", ["acme_nowhere:settings.v1", "acme_till:absent.v1", "connectors/absent.v1"])
def test_a_schema_that_is_not_there_is_a_clear_error(acme, name):
    with pytest.raises(ConfigError, match="no schema named"):
        contracts.schema(name)


SHEET = (
    '[hub]\nlanguage = "{language}"\n[sources.list]\nconnector = "sheet"\npath = "a.csv"\ncolumns.full_name = "Ten"\n'
)


@pytest.mark.parametrize(("language", "words"), [("vi", "chưa có cột mã"), ("en", "no column of ids")])
def test_check_warns_about_rows_without_an_id(tmp_path, language, words):
    told = CliRunner().invoke(check, ["--config", str(write(tmp_path, SHEET.format(language=language)))])
    assert "sources.list.id" in told.output
    assert words in told.output


def test_a_warning_is_no_error(tmp_path, monkeypatch):
    codes = []
    monkeypatch.setattr("hub.cli.wrong.stop", codes.append)
    told = CliRunner().invoke(check, ["--json", "--config", str(write(tmp_path, SHEET.format(language="en")))])
    report = json.loads(told.output)
    assert (codes, report["ok"], [one["level"] for one in report["findings"]]) == ([0], True, ["warning"])


def test_check_is_silent_about_rows_with_an_id(tmp_path):
    text = SHEET.format(language="en").replace("columns.", 'id = "Ma"\ncolumns.')
    assert "sources.list.id" not in CliRunner().invoke(check, ["--config", str(write(tmp_path, text))]).output
