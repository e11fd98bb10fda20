"""hub.toml: what passes, and one clear line for what does not."""

from pathlib import Path
from typing import ClassVar

import pytest

from hub.errors import ConfigError
from hub.settings import CatalogueEntry, SettingsError, find_config, load


class Catalogue:
    """Two connectors, as the registry would tell of them."""

    entries: ClassVar = {
        "kiotviet": CatalogueEntry("kiotviet", "pos", "connectors/kiotviet.v1", marks=frozenset({"code", "comments"})),
        "sheet": CatalogueEntry("sheet", "sheet", "connectors/sheet.v1"),
    }

    def names(self):
        return list(self.entries)

    def entry(self, name):
        return self.entries[name]


POS = """
[hub]
[sources.pos]
connector = "kiotviet"
retailer = "cuahang"
client_id = "${KV_ID}"
client_secret = "${KV_SECRET}"
every = "15m"
"""
ENV = {"KV_ID": "id", "KV_SECRET": "s3cret"}


def write(folder: Path, text: str) -> Path:
    path = folder / "hub.toml"
    path.write_text(text, encoding="utf-8")
    return path


def findings(folder: Path, text: str, env=ENV):
    with pytest.raises(SettingsError) as caught:
        load(write(folder, text), Catalogue(), env)
    return {(f.id, f.path) for f in caught.value.findings}, caught.value


def test_a_good_workspace_loads_with_secrets_filled_in(tmp_path):
    settings = load(write(tmp_path, POS), Catalogue(), ENV)
    assert settings.sources["pos"].options["client_secret"] == "s3cret"
    assert settings.database == f"sqlite:///{tmp_path}/data/hub.db"


def test_secrets_never_show_in_the_repr(tmp_path):
    assert "s3cret" not in repr(load(write(tmp_path, POS), Catalogue(), ENV))


def test_an_env_file_beside_it_gives_secrets(tmp_path):
    (tmp_path / ".env").write_text("KV_ID=a\nKV_SECRET=b\n")
    assert load(write(tmp_path, POS), Catalogue(), {}).sources["pos"].options["client_id"] == "a"


def test_an_unknown_key_names_its_path_and_the_nearest(tmp_path):
    found, error = findings(tmp_path, POS + 'evry = "15m"\n')
    assert ("settings.unknown_key", "sources.pos.evry") in found
    assert "'every'" in str(error)


def test_an_unknown_key_at_the_top_is_found(tmp_path):
    assert ("settings.unknown_key", "sorces") in findings(tmp_path, POS + "[sorces.x]\n")[0]


def test_a_mark_that_the_vendor_has_room_for_is_taken(tmp_path):
    till = '[destinations.pos]\nsource = "pos"\nmark = "code"\n'
    assert load(write(tmp_path, POS + till), Catalogue(), ENV).destinations["pos"].mark == "code"


def test_a_mark_that_has_no_room_there_is_named(tmp_path):
    found, error = findings(tmp_path, POS + '[destinations.out]\nconnector = "sheet"\npath = "x"\nmark = "code"\n')
    assert ("settings.mark", "destinations.out.mark") in found
    assert "one of none" in str(error)


def test_an_unknown_connector_gets_a_hint(tmp_path):
    found, error = findings(tmp_path, POS.replace('"kiotviet"', '"kiotvet"'))
    assert ("settings.unknown_connector", "sources.pos.connector") in found
    assert "'kiotviet'" in str(error)


def test_a_wrong_type_names_the_path(tmp_path):
    assert ("settings.type", "sources.pos.creates") in findings(tmp_path, POS + 'creates = "yes"\n')[0]


def test_a_missing_secret_is_named_not_shown(tmp_path):
    found, _ = findings(tmp_path, POS, {"KV_ID": "id"})
    assert ("settings.secret_missing", "${KV_SECRET}") in found


def test_a_secret_in_clear_is_refused_and_not_repeated(tmp_path):
    found, error = findings(tmp_path, POS.replace("${KV_SECRET}", "hunter2"))
    assert ("settings.secret_in_clear", "sources.pos.client_secret") in found
    assert "hunter2" not in str(error)


def test_a_database_password_in_clear_is_refused(tmp_path):
    text = POS.replace("[hub]", '[hub]\ndatabase = "postgresql://hub:hunter2@db/hub"')
    assert ("settings.secret_in_clear", "hub.database") in findings(tmp_path, text)[0]


@pytest.mark.parametrize("every", ["7m", "5h", "2d", "soon", "* * *"])
def test_a_schedule_that_does_not_divide_is_refused(tmp_path, every):
    assert ("settings.schedule", "sources.pos.every") in findings(tmp_path, POS.replace("15m", every))[0]


def test_a_destination_of_no_source_is_refused(tmp_path):
    text = POS + '[destinations.shop]\nsource = "shp"\n'
    assert ("settings.unknown_source", "destinations.shop.source") in findings(tmp_path, text)[0]


def test_a_destination_defaults_to_careful(tmp_path):
    text = POS + '[destinations.back]\nsource = "pos"\n[destinations.back.fields]\nfull_name = "hub"\n'
    back = load(write(tmp_path, text), Catalogue(), ENV).destinations["back"]
    assert (back.mode, back.approve, back.purpose, back.max_changes) == ("update_only", "manual", "service", 0.05)


def test_broken_toml_is_one_finding(tmp_path):
    assert findings(tmp_path, "[hub\n")[0] == {("settings.toml", "hub.toml")}


def test_no_workspace_is_a_clear_error(tmp_path):
    with pytest.raises(ConfigError, match="hub init"):
        find_config(None, {}, tmp_path)


def test_hub_config_names_the_workspace(tmp_path):
    path = write(tmp_path, POS)
    assert find_config(None, {"HUB_CONFIG": str(tmp_path)}) == path


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ('budget = "1000%"', "sources.pos.budget"),
        ('budget = "100.5%"', "sources.pos.budget"),
        ('freshness = "999999999d"', "sources.pos.freshness"),
    ],
)
def test_more_than_all_and_longer_than_time_itself_are_findings(tmp_path, line, path):
    found, _ = findings(tmp_path, f"{POS}{line}\n")
    assert path in {where for _, where in found}


def test_all_of_it_is_a_percentage(tmp_path):
    assert load(write(tmp_path, f'{POS}budget = "100%"\n'), Catalogue(), ENV).sources["pos"].budget == 1
