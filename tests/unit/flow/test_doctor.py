"""The doctor: what it finds in good and in broken workspaces, and that it changes nothing."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest
from fakes import make_run
from sqlalchemy import text

from hub.cli import cli
from hub.flow import doctor, doctor_store, finding, forget_key
from hub.flow.lock import start_run
from hub.settings import Settings, SettingsError
from hub.store import erasures, health
from hub.store.engine import open_store

HUB = '[hub]\nlanguage = "en"\n'


@pytest.fixture
def workspace(tmp_path, sqlite_template):
    """A folder with a hub.toml and a migrated store."""
    (tmp_path / "hub.toml").write_text(HUB, encoding="utf-8")
    (tmp_path / "data").mkdir()
    shutil.copy(sqlite_template, tmp_path / "data" / "hub.db")
    return tmp_path


def told(folder: Path) -> dict[str, finding.Finding]:
    return {found.id: found for found in doctor.findings(folder / "hub.toml")}


def in_store(folder: Path):
    return open_store(f"sqlite:///{folder / 'data' / 'hub.db'}")


def settings_of(url: str, folder: Path) -> Settings:
    return Settings(folder / "hub.toml", url, language="en")


def test_a_good_database_is_well_on_both_databases(store, store_url, tmp_path):
    found = {one.id: one.level for one in doctor_store.look(settings_of(store_url, tmp_path))}
    assert set(found.values()) == {"ok"}
    assert {"database.reach", "database.migrations", "runs.left", "clock.behind"} <= set(found)


def test_every_finding_is_well_in_a_good_workspace_but_for_the_machine(workspace):
    found = told(workspace)
    machine = {"disk.free", "memory.free", "clock.zone"}
    assert {one.id for one in found.values() if one.level != "ok"} <= machine


def test_a_look_changes_no_file(workspace):
    def contents():
        return {path.name: path.read_bytes() for path in workspace.rglob("*") if path.is_file()}

    before = contents()
    told(workspace)
    assert contents() == before


def test_a_workspace_before_its_first_sync_gets_no_database(tmp_path):
    (tmp_path / "hub.toml").write_text(HUB, encoding="utf-8")
    assert told(tmp_path)["database.reach"].level == "ok"
    assert [path.name for path in tmp_path.iterdir()] == ["hub.toml"]


def test_a_file_that_is_no_database_is_an_error(workspace):
    (workspace / "data" / "hub.db").write_bytes(b"nothing of the kind" * 500)
    assert told(workspace)["database.reach"].level == "error"


def test_a_broken_page_is_an_error(workspace):
    file = workspace / "data" / "hub.db"
    content = bytearray(file.read_bytes())
    store = in_store(workspace)
    with store.read() as conn:
        page = conn.scalar(text("SELECT rootpage FROM sqlite_master WHERE name = 'customers'"))
        size = conn.scalar(text("PRAGMA page_size"))
    store.dispose()
    content[(page - 1) * size : page * size] = b"\xff" * size
    file.write_bytes(content)
    assert told(workspace)["database.integrity"].level == "error"


def test_a_check_that_takes_too_long_says_so(workspace, monkeypatch):
    monkeypatch.setattr(health, "STEPS", 1)
    store = in_store(workspace)
    assert health.quick_check(store, seconds=-1.0) is None
    store.dispose()


def test_missing_tables_are_an_error(workspace):
    store = in_store(workspace)
    with store.begin() as conn:
        conn.execute(text("DROP TABLE waiting"))
    store.dispose()
    assert told(workspace)["database.migrations"].level == "error"


def test_a_run_left_behind_is_a_warning(workspace):
    store = in_store(workspace)
    start_run(store, make_run())
    store.dispose()
    assert told(workspace)["runs.left"].level == "warning"


def test_a_run_that_goes_on_is_no_warning(workspace):
    store = in_store(workspace)
    start_run(store, make_run())
    store.dispose()
    file = os.open(workspace / "data" / "hub.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(file, fcntl.LOCK_EX)
    found = told(workspace)["runs.left"]
    os.close(file)
    assert found.level == "ok"


def test_the_look_at_the_lock_lets_go_and_leaves_its_text(workspace):
    lock = workspace / "data" / "hub.lock"
    lock.write_text("{}", encoding="utf-8")
    told(workspace)
    file = os.open(lock, os.O_RDWR)
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(file)
    assert lock.read_text(encoding="utf-8") == "{}"


def test_a_clock_behind_the_last_run_is_an_error(workspace):
    store = in_store(workspace)
    with store.begin() as conn:
        conn.execute(text("INSERT INTO runs VALUES ('r', 'cli', '2999-01-01T00:00:00.000Z', NULL, 'ok', 1, NULL)"))
    store.dispose()
    assert told(workspace)["clock.behind"].level == "error"


def erased(folder: Path) -> None:
    """Somebody was forgotten in this workspace, and the key is the store's."""
    store = in_store(folder)
    forget_key.the_key(store, Settings(folder / "hub.toml", ""), make=True)
    with store.begin() as conn:
        erasures.add_keys(conn, "e1", [("digest", "record")])
    store.dispose()


def test_the_key_of_forgetting_is_looked_for_where_somebody_was_forgotten(workspace):
    assert "forget.key" not in told(workspace)
    erased(workspace)
    assert told(workspace)["forget.key"].level == "ok"


@pytest.mark.parametrize("content", [None, "00" * 32, "no key"])
def test_a_lost_or_wrong_key_of_forgetting_is_an_error(workspace, content):
    erased(workspace)
    path = workspace / "data" / "forget.key"
    path.unlink()
    if content:
        path.write_text(content)
    found = told(workspace)["forget.key"]
    assert (found.level, "put data/forget.key back" in found.hint) == ("error", True)


@pytest.mark.parametrize(("mode", "level"), [(0o600, "ok"), (0o644, "warning")])
def test_an_env_file_is_for_its_owner(workspace, mode, level):
    (workspace / ".env").write_text("A=1", encoding="utf-8")
    (workspace / ".env").chmod(mode)
    assert told(workspace)["env.permissions"].level == level


@pytest.mark.parametrize(
    ("yaml", "level"),
    [
        ("telemetry:\n  enabled: false\nnux:\n  enabled: true\n", "ok"),
        ("telemetry:   # none\n  # really\n  enabled: false", "ok"),
        ("telemetry:\n  enabled: true\nnux:\n  enabled: false\n", "warning"),
        ("nux:\n  enabled: false\n", "warning"),
        ("", "warning"),
    ],
)
def test_dagster_sends_no_statistics(workspace, yaml, level):
    (workspace / "data" / "dagster").mkdir()
    (workspace / "data" / "dagster" / "dagster.yaml").write_text(yaml, encoding="utf-8")
    assert told(workspace)["dagster.telemetry"].level == level


def test_the_dagster_yaml_that_comes_along_sends_none(workspace):
    (workspace / "data" / "dagster").mkdir()
    shutil.copy(Path(__file__).parents[3] / "dagster.yaml", workspace / "data" / "dagster")
    assert told(workspace)["dagster.telemetry"].level == "ok"


def test_memory_is_what_programs_may_still_use(tmp_path):
    (tmp_path / "meminfo").write_text("MemTotal:  4 kB\nMemAvailable:       2 kB\n", encoding="ascii")
    assert doctor.available_memory(tmp_path / "meminfo") == 2048


def test_wrong_settings_are_wrong_settings(tmp_path):
    (tmp_path / "hub.toml").write_text("[hub]\nlanguag = 1\n", encoding="utf-8")
    with pytest.raises(SettingsError):
        doctor.findings(tmp_path / "hub.toml")


def test_every_case_has_its_words_in_both_languages():
    for row in finding.texts("doctor.tsv").values():
        assert row["vi"]
        assert row["en"]
        assert bool(row["hint_vi"]) == bool(row["hint_en"])


def test_the_command_ends_with_4_when_something_is_broken(workspace, capsys):
    (workspace / "data" / "hub.db").write_bytes(b"nothing of the kind" * 500)
    with pytest.raises(SystemExit) as ended:
        cli.main(["doctor", "--config", str(workspace)], standalone_mode=False)
    assert ended.value.code == 4
    assert "[database.reach] ERROR" in capsys.readouterr().out


def test_warnings_do_not_end_the_command_badly(workspace, capsys):
    (workspace / ".env").write_text("A=1", encoding="utf-8")
    (workspace / ".env").chmod(0o644)
    with pytest.raises(SystemExit) as ended:
        cli.main(["doctor", "--config", str(workspace)], standalone_mode=False)
    assert ended.value.code == 0
    assert "[env.permissions] warning" in capsys.readouterr().out
