"""A file that is refused whole clears nothing and stops no other file (behaviour 1.8, 1.9)."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import func, select

from hub.flow import sync as flow
from hub.flow.lock import lock, start_run
from hub.flow.report import EXIT
from hub.flow.run import Run
from hub.flow.workspace import open_workspace
from hub.store import tables

SETTINGS = """
[hub]
language = "en"
[sources.list]
connector = "sheet"
path = "drop/*.csv"
id = "Ma"
complete = true
[sources.list.columns]
full_name = "Ten"
phones = "SDT"
"""
LAN = "Ma,Ten,SDT\n1,Nguyễn Thị Lan,0912345678\n2,Trần Văn Hùng,0912345679\n"
HOA = "Ma,Ten,SDT\n3,Lê Thị Hoa,0912345680\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "hub.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "drop").mkdir()
    return tmp_path


def sync(folder):
    """The report, and source ids with whether they still bear a phone."""
    workspace = open_workspace(folder)
    run = Run(str(uuid.uuid4()))
    with lock(workspace.store, run):
        start_run(workspace.store, run)
        flow.steps(workspace, run)
        report = flow.finish(workspace, run)
    held = (tables.identifiers.c.rid == tables.records.c.rid) & (tables.identifiers.c.type == "phone")
    counted = select(tables.records.c.source_id, func.count(tables.identifiers.c.rid)).join(
        tables.identifiers, held, isouter=True
    )
    with workspace.store.read() as conn:
        phones = {row[0]: row[1] for row in conn.execute(counted.group_by(tables.records.c.source_id))}
    workspace.store.dispose()
    return report, phones


def test_a_column_that_is_gone_clears_nothing_and_other_files_go_on(folder):
    (folder / "drop" / "a.csv").write_text(LAN, encoding="utf-8")
    sync(folder)
    (folder / "drop" / "a.csv").write_text("Ma,Ten,Dien thoai\n1,Nguyễn Thị Lan,0912345678\n", encoding="utf-8")
    (folder / "drop" / "b.csv").write_text(HOA, encoding="utf-8")
    report, phones = sync(folder)
    assert phones == {"1": 1, "2": 1, "3": 1}
    assert (EXIT[report["status"]], report["sources"]["list"]["removed"]) == (1, 0)
    (told,) = [one for one in report["sources"]["list"]["notices"] if one["level"] == "error"]
    assert all(word in told["sentence"] for word in ("a.csv", "header row 1", '"SDT"', "Dien thoai"))


def test_a_copy_of_a_file_adds_no_record(folder):
    (folder / "drop" / "a.csv").write_text(LAN, encoding="utf-8")
    sync(folder)
    (folder / "drop" / "a (copy).csv").write_text(LAN, encoding="utf-8")
    report, phones = sync(folder)
    assert (report["sources"]["list"]["new"], sorted(phones)) == (0, ["1", "2"])


def test_a_file_of_this_name_that_nobody_can_open_is_named_and_the_others_are_read(folder):
    (folder / "drop" / "a.csv").write_text(LAN, encoding="utf-8")
    (folder / "drop" / "b.csv").write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + b"EncryptedPackage" * 40)
    report, phones = sync(folder)
    assert sorted(phones) == ["1", "2"]
    assert "b.csv" in " ".join(one["sentence"] for one in report["sources"]["list"]["notices"])
