"""`hub audit verify`: what it tells and how it ends."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from hub.cli import cli
from hub.store.engine import open_store


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "hub.toml").write_text('[hub]\nlanguage = "en"\n')
    run(tmp_path, "users", "add", "lan", "--role", "admin", typed="a long password\n")
    run(tmp_path, "users", "add", "an", "--role", "reader", typed="a long password\n")
    return tmp_path


def run(place: Path, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(cli, [*words, "--config", str(place)], input=typed)


def test_a_whole_log_ends_well_and_tells_the_newest_digest(place: Path) -> None:
    found = run(place, "audit", "verify", "--json")
    told = orjson.loads(found.stdout)
    assert (found.exit_code, told["good"], told["lines"]) == (0, True, 2)
    assert run(place, "audit", "verify", "--known", told["newest"]).exit_code == 0


def test_a_digest_that_stands_nowhere_ends_badly(place: Path) -> None:
    found = run(place, "audit", "verify", "--known", "0" * 64)
    assert found.exit_code == 4
    assert "does not stand in the log" in found.stdout


def test_a_changed_line_is_named(place: Path) -> None:
    store = open_store(f"sqlite:///{place / 'data' / 'hub.db'}")
    with store.begin() as conn:
        conn.execute(text("DROP TRIGGER audit_no_update"))
        conn.execute(text("UPDATE audit SET actor = 'else' WHERE seq = 2"))
    store.dispose()
    found = run(place, "audit", "verify")
    assert found.exit_code == 4
    assert "line 2" in found.stdout
