"""A copy of the store and back: everything returns, but nobody who was forgotten and nobody who was shut out."""

from __future__ import annotations

import zipfile
from dataclasses import replace

import pytest
from fakes import make_run
from sqlalchemy import select
from steps import HUNG, LAN, SETTINGS, bring, person, rows, settle, whose

from hub.errors import ConfigError
from hub.flow import backup, forget
from hub.flow.lock import lock
from hub.flow.workspace import Workspace
from hub.store import audit, migrate, tables
from hub.store import backup as copies
from hub.store.tables import metadata


@pytest.fixture
def place(store, tmp_path):
    bring(store, person("1", *LAN), person("2", *HUNG))
    settle(store)
    return Workspace(replace(SETTINGS, path=tmp_path / "hub.toml"), store)


def everything(store):
    with store.read() as conn:
        return {
            name: sorted(str(tuple(row)) for row in conn.execute(select(table)))
            for name, table in metadata.tables.items()
            if name not in ("audit", "meta")
        }


def restored(place, path, number=40):
    run = make_run(number)
    with lock(place.store, run):
        return backup.restore(place, run, path, "an")


def test_what_came_since_is_gone_and_all_else_is_as_it_was(place, tmp_path):
    before = everything(place.store)
    told = backup.save(place, make_run(9), tmp_path / "copy", "an")
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600
    bring(place.store, person("3", "Lê Thu", "0977000111"), number=10)
    settle(place.store, 10)
    restored(place, tmp_path / "copy")
    assert everything(place.store) == before
    assert told["bytes"] > 0
    bring(place.store, person("3", "Lê Thu", "0977000111"), number=50)
    settle(place.store, 50)
    assert set(whose(place.store)) == {"pos:1", "pos:2", "pos:3"}


def test_who_was_forgotten_since_does_not_come_back(place, tmp_path):
    backup.save(place, make_run(9), tmp_path / "copy", "an")
    forget.forget(place, make_run(20), whose(place.store)["pos:1"], "asked", "an")
    settle(place.store, 20)
    assert restored(place, tmp_path / "copy")["erased_again"] == 1
    settle(place.store, 41)
    assert set(whose(place.store)) == {"pos:2"}
    told = str(everything(place.store))
    assert [word for word in (LAN[0], "912345678") if word in told] == []


def test_an_erasure_stays_though_its_line_beside_the_store_was_lost(place, tmp_path):
    backup.save(place, make_run(9), tmp_path / "copy", "an")
    forget.forget(place, make_run(20), whose(place.store)["pos:1"], "asked", "an")
    (tmp_path / "data" / "erased.jsonl").unlink()
    assert restored(place, tmp_path / "copy")["erased_again"] == 1


def test_the_audit_log_loses_no_line(place, tmp_path):
    backup.save(place, make_run(9), tmp_path / "copy", "an")
    with place.store.begin() as conn:
        audit.write(conn, at="2026-11-02T00:00:00.000Z", actor="an", action="since")
    restored(place, tmp_path / "copy")
    assert [row["action"] for row in rows(place.store, tables.audit, tables.audit.c.seq)] == [
        "backup",
        "since",
        "restore",
    ]


def test_a_copy_of_a_newer_program_is_refused(place, tmp_path, monkeypatch):
    backup.save(place, make_run(9), tmp_path / "copy", "an")
    monkeypatch.setattr(migrate, "head", lambda: "0001")
    with pytest.raises(ConfigError) as caught:
        copies.load(place.store, tmp_path / "copy")
    assert caught.value.code == "restore.newer"


@pytest.mark.parametrize("damage", ["cut", "text", "none"])
def test_what_is_no_whole_copy_is_refused_and_nothing_changes(place, tmp_path, damage):
    before, path = everything(place.store), tmp_path / "copy"
    backup.save(place, make_run(9), path, "an")
    if damage == "cut":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif damage == "text":
        path.write_text("no copy")
    else:
        path.unlink()
    with pytest.raises(ConfigError):
        restored(place, path)
    assert everything(place.store) == before


def test_a_file_that_is_there_is_never_written_over(place, tmp_path):
    (tmp_path / "copy").write_text("mine")
    with pytest.raises(ConfigError):
        backup.save(place, make_run(9), tmp_path / "copy", "an")
    assert (tmp_path / "copy").read_text() == "mine"


def test_a_copy_of_an_older_schema_is_brought_to_the_newest(place, tmp_path):
    if place.store.sqlite:
        pytest.skip("alembic upgrades the file itself, as with every start")
    backup.save(place, make_run(9), tmp_path / "copy", "an")
    older = _older(tmp_path)
    restored(place, older)
    assert migrate.check(place.store).ok
    assert set(whose(place.store)) == {"pos:1", "pos:2"}


LATER = (
    "erasures", "erased_keys", "erase_tasks", "plan_states", "plan_marks", "retold", "withdrawals", "dirty_buyers",
    "purchases", "spending", "traits", "plan_members", "review_claims", "audit", "users", "user_links",
)  # fmt: skip
"""Tables that came, or got a column, after the schema before forgetting."""


def _older(folder):
    """The copy as the schema before forgetting would have made it."""
    import orjson

    with zipfile.ZipFile(folder / "copy") as given, zipfile.ZipFile(folder / "older", "w") as out:
        head = orjson.loads(given.read("backup.json"))
        head["revision"] = "0019"
        for name in LATER:
            head["tables"].pop(name, None)
        out.writestr("backup.json", orjson.dumps(head))
        for name in head["tables"]:
            out.writestr(f"{name}.csv", given.read(f"{name}.csv"))
    return folder / "older"
