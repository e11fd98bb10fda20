"""A new source in hub.toml: appended, checked, and nothing else touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.errors import ConfigError
from hub.flow.preview import add_source, path_in
from hub.settings import SettingsError

HUB = '# ours\n[hub]\nlanguage = "en"  # English\n'
TABLE = '[sources.events]\nconnector = "kiotviet"\nretailer = "r"\nclient_id = "${A}"\nclient_secret = "${A}"\n'


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.setenv("A", "x")
    path = tmp_path / "hub.toml"
    path.write_text(HUB, encoding="utf-8")
    return path


def test_a_source_is_appended_and_comments_stay(config):
    settings = add_source(config, "events", TABLE)
    assert config.read_text(encoding="utf-8") == HUB + "\n" + TABLE
    assert settings.sources["events"].connector == "kiotviet"


def test_line_ends_of_windows_stay(config):
    config.write_bytes(HUB.replace("\n", "\r\n").encode())
    add_source(config, "events", TABLE)
    assert config.read_bytes() == (HUB + "\n" + TABLE).replace("\n", "\r\n").encode()


def test_a_last_line_without_an_end_is_no_trouble(config):
    config.write_text(HUB.rstrip("\n"), encoding="utf-8")
    assert "events" in add_source(config, "events", TABLE).sources


def test_a_second_source_of_the_same_name_is_refused(config):
    add_source(config, "events", TABLE)
    before = config.read_bytes()
    with pytest.raises(ConfigError, match="already"):
        add_source(config, "events", TABLE)
    assert config.read_bytes() == before


def test_a_wrong_table_leaves_the_file_alone(config):
    with pytest.raises(SettingsError, match=r"sources\.events\.retailr"):
        add_source(config, "events", TABLE.replace("retailer", "retailr"))
    assert config.read_text(encoding="utf-8") == HUB


def test_what_else_is_wrong_is_told_after_writing(config):
    config.write_text(HUB + "[alerts]\nwebhoook = 1\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="webhoook"):
        add_source(config, "events", TABLE)
    assert TABLE in config.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["Events", "1st", "a b", "", "ê"])
def test_a_name_that_no_source_may_have_is_refused(config, name):
    with pytest.raises(ConfigError, match="cannot name"):
        add_source(config, name, TABLE)


def test_a_file_that_is_no_toml_is_left_alone(config):
    config.write_text("[hub", encoding="utf-8")
    with pytest.raises(ConfigError, match="TOML"):
        add_source(config, "events", TABLE)
    assert config.read_text(encoding="utf-8") == "[hub"


def test_nothing_is_left_beside(config):
    add_source(config, "events", TABLE)
    assert [path.name for path in config.parent.iterdir()] == ["hub.toml"]


def test_permissions_stay(config):
    config.chmod(0o640)
    add_source(config, "events", TABLE)
    assert config.stat().st_mode & 0o777 == 0o640


def test_a_file_inside_the_workspace_is_named_from_there(tmp_path):
    assert path_in(tmp_path / "drop" / "a.csv", tmp_path) == "drop/a.csv"


def test_a_file_elsewhere_is_named_whole(tmp_path):
    assert path_in(tmp_path / "a.csv", tmp_path / "shop") == (tmp_path / "a.csv").resolve().as_posix()


def test_signs_of_a_glob_in_a_name_stand_for_themselves(tmp_path):
    written = path_in(tmp_path / "khách [mới] *.csv", tmp_path)
    (tmp_path / "khách [mới] *.csv").write_text("x", encoding="utf-8")
    assert [path.name for path in Path(tmp_path).glob(written)] == ["khách [mới] *.csv"]
