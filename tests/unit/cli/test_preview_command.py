"""`hub preview`: what a tired shop admin sees, and what goes into hub.toml."""

from __future__ import annotations

import json
import tomllib

import openpyxl
import pytest

from hub.cli import cli
from hub.errors import ConfigError
from hub.flow.preview import phone_fault

CSV = """Mã KH,Họ tên,Điện thoại,Email,Ghi gì đó
KH1,chị Nguyễn Thị Lan,912345678,lan@example.com,
KH2,Hùng,8.49E+10,,
KH3,Hoa,0912345679,,
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HUB_CONFIG", raising=False)
    path = tmp_path / "khach.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


@pytest.fixture
def workspace(file):
    config = file.parent / "hub.toml"
    config.write_text('# ours\n[hub]\nlanguage = "en"\n', encoding="utf-8")
    return config


def shown(capsys, *words):
    cli.main(["preview", *map(str, words)], standalone_mode=False)
    return capsys.readouterr().out


def test_it_needs_no_workspace_and_makes_none(file, capsys):
    assert "Điện thoại  →  điện thoại" in shown(capsys, file)
    assert [path.name for path in file.parent.iterdir()] == ["khach.csv"]


def test_rows_are_as_the_hub_understands_them_and_masked(file, capsys):
    assert "chị N. T. Lan · 09****678 · l***@example.com" in shown(capsys, file)


def test_a_column_whose_cells_do_not_fit_its_heading_is_left_out(file, capsys):
    file.write_text("Họ tên,Điện thoại\nLan,hỏi sau\nHoa,không có\n", encoding="utf-8")
    assert "điện thoại (đoán, không dùng)" in shown(capsys, file)


def test_no_phone_and_no_email_is_shown_whole(file, capsys):
    for form in ([], ["--json"]):
        out = shown(capsys, file, *form)
        assert "912345678" not in out
        assert "lan@example.com" not in out


def test_broken_phones_are_counted_with_their_reason(workspace, file, capsys):
    out = shown(capsys, file)
    assert "Phones: 2 good, 1 broken (1 broken by the spreadsheet (8.49E+10))" in out


def test_any_broken_value_is_told_in_words(workspace, file, capsys):
    file.write_text("Họ tên,Điện thoại,Ngày sinh\nNguyễn Thị Lan,0912345678,31/02/1990\n", encoding="utf-8")
    assert "(the birth date is no real date)" in shown(capsys, file)


def test_the_settings_that_it_shows_are_those_that_it_writes(workspace, file, capsys):
    told = json.loads(shown(capsys, file, "--json"))["toml"]
    shown(capsys, file, "--write", "customers")
    assert workspace.read_text(encoding="utf-8").endswith(told)


def test_writing_adds_a_source_and_says_what_is_next(workspace, file, capsys):
    out = shown(capsys, file, "--write", "events")
    source = tomllib.loads(workspace.read_text(encoding="utf-8"))["sources"]["events"]
    assert source["path"] == "khach.csv"
    assert source["id"] == "Mã KH"
    assert "hub sync" in out


def test_a_file_outside_the_workspace_is_named_whole(workspace, file, capsys, tmp_path_factory):
    other = tmp_path_factory.mktemp("elsewhere") / "khach.csv"
    other.write_text(CSV, encoding="utf-8")
    shown(capsys, other, "--write", "events")
    assert tomllib.loads(workspace.read_text(encoding="utf-8"))["sources"]["events"]["path"] == str(other)


def test_a_name_that_is_taken_changes_nothing(workspace, file, capsys):
    shown(capsys, file, "--write", "events")
    before = workspace.read_bytes()
    with pytest.raises(ConfigError, match="already"):
        shown(capsys, file, "--write", "events")
    assert workspace.read_bytes() == before


def test_writing_without_a_workspace_says_so(file, capsys):
    with pytest.raises(ConfigError, match=r"hub\.toml"):
        shown(capsys, file, "--write", "events")


def test_every_tab_of_a_workbook_is_named(file, capsys):
    book = openpyxl.Workbook()
    book.active.title = "Khách"
    for row in ([None], ["Họ tên", "Điện thoại"], ["Nguyễn Thị Lan", "0912345678"]):
        book.active.append(row)
    book.create_sheet("Ghi chú").append(["không có gì"])
    book.save(file.with_suffix(".xlsx"))
    out = shown(capsys, file.with_suffix(".xlsx"))
    assert "* Khách: 1 dòng, tiêu đề ở dòng 2" in out
    assert "Ghi chú" in out


def test_a_file_that_cannot_be_read_says_why_in_the_workspaces_language(workspace, file, capsys):
    (file.parent / "a.pdf").write_bytes(b"%PDF-1.4")
    with pytest.raises(ConfigError, match="is a PDF"):
        shown(capsys, "a.pdf")


def test_a_file_without_customers_is_not_written(workspace, file, capsys):
    (file.parent / "a.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    before = workspace.read_bytes()
    with pytest.raises(ConfigError):
        shown(capsys, "a.csv", "--write", "events")
    assert workspace.read_bytes() == before


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("0912345678", None),
        ("0000000000 / 0912345678", None),
        ("8.49E+10", "phone.scientific"),
        ("123", "phone.invalid"),
    ],
)
def test_a_cell_is_good_when_one_of_its_numbers_is(cell, fault):
    assert phone_fault(cell, "VN") == fault
