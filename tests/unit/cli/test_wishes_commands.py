"""forget, disclose, backup, restore and sets of exports through the command line, on a real workspace with one spreadsheet."""

from __future__ import annotations

import orjson
import pytest
from test_query_commands import run

from hub.cli.daily import run_sync
from hub.flow.workspace import open_workspace

CONFIG = """[hub]
language = "en"
[sources.events]
connector = "sheet"
path = "drop/*.csv"
id = "Ma"
[sources.events.columns]
full_name = "Ten"
phones = "SDT"
[exports.bi]
path = "out/bi"
format = "jsonl"
"""
ROWS = """Ma,Ten,SDT
001,Nguyễn Thị Lan,0912345678
002,Trần Văn Hùng,0912345678
003,Lê Thu Hà,0938271564
"""


@pytest.fixture
def shop(tmp_path):
    """A workspace after its first sync: 001 and 002 share a phone."""
    (tmp_path / "drop").mkdir()
    (tmp_path / "hub.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "drop" / "a.csv").write_text(ROWS, encoding="utf-8")
    _sync(tmp_path)
    return tmp_path


def _sync(folder, **how):
    workspace = open_workspace(folder)
    report = run_sync(workspace, direct=True, **how)
    workspace.store.dispose()
    return report


def told(shop, capsysbinary, *args, code=0):
    found, out, err = run(shop, capsysbinary, *args, "--json")
    assert found == code, err
    return orjson.loads(out)


def test_a_key_that_fits_several_lists_them_and_stops(shop, capsysbinary):
    listed = told(shop, capsysbinary, "forget", "0912345678", "--reason", "asked", "--yes", code=2)
    assert {one["full_name"] for one in listed["customers"]} == {"Nguyễn Thị Lan", "Trần Văn Hùng"}


def test_forget_shows_then_does_then_is_lifted(shop, capsysbinary):
    assert told(shop, capsysbinary, "forget", "events:003", "--reason", "asked")["applied"] is False
    done = told(shop, capsysbinary, "forget", "events:003", "--reason", "asked", "--yes")
    code = done["proof"]["customer_code"]
    assert (done["applied"], done["proof"]["systems"][0]["state"]) == (True, "manual")
    (left,) = told(shop, capsysbinary, "status")["erasing"]
    assert (left["system"], left["count"]) == ("events", 1)
    assert told(shop, capsysbinary, "forget", code, "--done", "events")["count"] == 1
    _sync(shop, full=True)
    again = told(shop, capsysbinary, "forget", "0938271564", "--reason", "asked")
    assert (again["applied"], again["proof"]["systems"][0]["state"]) == (True, "done")
    assert "Lê Thu Hà" not in (shop / "out" / "bi" / "customers.jsonl").read_text()
    told(shop, capsysbinary, "forget", "0938271564", "--lift")


def test_disclose_writes_both_files(shop, capsysbinary):
    path = shop / "ha.json"
    told(shop, capsysbinary, "disclose", "events:003", "--output", str(path))
    assert orjson.loads(path.read_bytes())["customer"]["full_name"] == "Lê Thu Hà"
    assert "Lê Thu Hà" in path.with_suffix(".txt").read_text()


def test_a_sync_writes_the_exports_of_the_settings(shop):
    manifest = orjson.loads((shop / "out" / "bi" / "manifest.json").read_bytes())
    assert manifest["tables"]["customers"]["rows"] == 3
    assert "exports" not in _sync(shop)


def test_export_with_a_manifest_takes_several_tables(shop, capsysbinary):
    manifest = told(shop, capsysbinary, "export", "customers", "xref", "--manifest", "--output", str(shop / "set"))
    assert set(manifest["tables"]) == {"customers", "xref"}
    assert (shop / "set" / "xref.csv").exists()
    told_, _, _ = run(shop, capsysbinary, "export", "customers", "xref", "--output", str(shop / "x.csv"))
    assert told_ == 2


def test_backup_and_restore(shop, capsysbinary):
    made = told(shop, capsysbinary, "backup")
    told(shop, capsysbinary, "forget", "events:003", "--reason", "asked", "--yes")
    back = told(shop, capsysbinary, "restore", made["path"], "--yes")
    assert back["erased_again"] == 1
    assert told(shop, capsysbinary, "explain", "0938271564", code=1)["customers"] == []


def test_restore_asks_first(shop, capsysbinary):
    made = told(shop, capsysbinary, "backup")
    code, _, err = run(shop, capsysbinary, "restore", made["path"])
    assert code == 0
    assert "--yes" in err
