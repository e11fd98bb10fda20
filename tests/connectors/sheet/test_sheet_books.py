"""Workbooks: what people see is what lands, and what cannot be read is refused by name."""

import datetime as dt
import io
import os
import zipfile

import openpyxl
import pytest
from books import HEAD, LAN, html, ods, xls, xlsx
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Font

from hub.connectors.sheet_file import detect
from hub.connectors.sheet_file.book_reader import cell_text
from hub.connectors.sheet_file.book_styles import pad_width

LANDED = {
    "Mã KH": "KH1",
    "Họ tên": "Nguyễn Thị Lan",
    "Điện thoại": "0912345678",
    "Email": "lan@example.com",
    "Ngày sinh": "03/02/1990",
}


@pytest.mark.parametrize(("make", "name"), [(xlsx, "a.xlsx"), (xls, "a.xls"), (ods, "a.ods"), (xlsx, "wrong name.csv")])
def test_every_kind_of_workbook_gives_the_same_row(bench, make, name):
    make(bench.folder / "drop" / name)
    bench.pull()
    assert bench.landed == {"KH1": LANDED}


def test_a_web_page_named_xls_is_read(bench):
    bench.put("export.xls", html(more="<!-- made by a till -->"))
    bench.pull()
    assert bench.landed == {"KH1": LANDED}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xls", html().replace("<td>KH1</td>", "<td><table><tr><td>x</td></tr></table></td>"), "sheet.html_nested"),
        ("a.xls", html().replace("<td>KH1</td>", "<td rowspan=2>KH1</td>"), "sheet.html_nested"),
        (
            "a.xls",
            '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "sheet.spreadsheetml",
        ),
        ("a.xlsx", "%PDF-1.7", "sheet.pdf"),
        ("a.csv", b"\x89PNG\r\n", "sheet.not_a_table"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "sheet.encrypted",
        ),
    ],
)
def test_what_is_no_plain_table_is_refused_by_name(bench, name, content, code):
    bench.put(name, content)
    xlsx(bench.folder / "drop" / "good.xlsx")
    bench.pull()
    assert [(n.code, n.level, n.args["file"]) for n in bench.notices] == [(code, "error", f"drop/{name}")]
    assert set(bench.landed) == {"KH1"}


def test_half_a_workbook_waits_and_then_is_an_error(bench):
    whole = xlsx(bench.folder / "whole.xlsx").read_bytes()
    bench.put("a.xlsx", whole[: len(whole) // 2])
    bench.pull()
    assert [(n.code, n.args["reason"]) for n in bench.notices] == [("sheet.waiting", "unfinished")]
    bench.pull()
    assert [(n.code, n.level) for n in bench.notices] == [("sheet.broken", "error")]


def test_a_zip_bomb_is_refused(bench, monkeypatch):
    monkeypatch.setattr(detect, "SMALL", 1 << 16)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("xl/workbook.xml", b"0" * (1 << 20))
    bench.put("bomb.xlsx", out.getvalue())
    bench.pull()
    assert bench.codes == ["sheet.too_large"]


def test_numbers_dates_and_errors_become_what_people_see(bench):
    def touch(book: openpyxl.Workbook) -> None:
        sheet = book.active
        sheet["C2"], sheet["C2"].number_format = 912345678, "0000000000"
        sheet["C3"], sheet["C3"].number_format = 912345679, '"0"#'
        sheet["C4"] = 84912345670.0
        sheet["E2"] = dt.date(1990, 2, 3)
        sheet["E3"] = 1990
        sheet["D4"].value, sheet["D4"].data_type = "#N/A", "e"

    rows = [HEAD, LAN, ["KH2", "Hoa", 0, None, None], [1003, "Mai", 0, None, None]]
    xlsx(bench.folder / "drop" / "a.xlsx", rows, touch)
    bench.pull()
    assert bench.landed["KH1"] | {"Họ tên": ""} == LANDED | {"Họ tên": "", "Ngày sinh": "1990-02-03"}
    assert bench.landed["KH2"]["Điện thoại"] == "0912345679"
    assert bench.landed["KH2"]["Ngày sinh"] == "1990"
    assert bench.landed["1003"] == {"Mã KH": "1003", "Họ tên": "Mai", "Điện thoại": "84912345670"}


@given(st.one_of(st.integers(-(10**14), 10**14).map(float), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_whole_number_is_its_digits_and_a_number_too_long_says_so(value):
    text = cell_text(value)
    if value.is_integer() and abs(value) < 10**15:
        assert text == str(int(value))
    else:
        assert ("E" in text) == (abs(value) >= 10**15 or "e" in repr(value))


@pytest.mark.parametrize(
    ("code", "width"),
    [
        ("0000000000", 10),
        ('"0"#', -1),
        ('"0"0', -1),
        ("0", 0),
        ("General", 0),
        ("0.00", 0),
        ("dd/mm/yyyy", 0),
        ("00000\\ ", 5),
        ("@", 0),
        ('"+84"#', 0),
    ],
)
def test_a_number_format_tells_its_zeros(code, width):
    assert pad_width(code) == width


def test_hidden_rows_are_read_by_default_and_counted(make_bench):
    def hide(book: openpyxl.Workbook) -> None:
        book.active.row_dimensions[3].hidden = True

    bench = make_bench()
    xlsx(bench.folder / "drop" / "a.xlsx", [HEAD, LAN, ["KH2", "Hoa", "0912345679"]], hide)
    bench.pull()
    assert set(bench.landed) == {"KH1", "KH2"}
    assert [(n.code, n.args["rows"]) for n in bench.notices] == [("sheet.hidden_rows", 1)]


def test_hidden_rows_can_be_left_out(make_bench):
    bench = make_bench(hidden_rows="skip")

    def hide(book: openpyxl.Workbook) -> None:
        book.active.row_dimensions[3].hidden = True

    xlsx(bench.folder / "drop" / "a.xlsx", [HEAD, LAN, ["KH2", "Hoa", "0912345679"]], hide)
    bench.pull()
    assert set(bench.landed) == {"KH1"}


def test_a_cell_merged_over_rows_stands_in_each(bench):
    rows = [HEAD, LAN, ["KH2", "Hoa", None, None, None], ["KH3", "Mai", "0987654321", None, None]]
    xlsx(bench.folder / "drop" / "a.xlsx", rows, lambda book: book.active.merge_cells("C2:C3"))
    bench.pull()
    assert [bench.landed[k]["Điện thoại"] for k in ("KH1", "KH2", "KH3")] == ["0912345678", "0912345678", "0987654321"]


def test_a_formula_that_was_never_calculated_is_told(bench):
    rows = [HEAD, ["KH1", "Lan", '="09"&"12345678"', None, None]]
    xlsx(bench.folder / "drop" / "a.xlsx", rows)
    bench.pull()
    assert [(n.code, n.args["cells"]) for n in bench.notices] == [("sheet.uncalculated", 1)]
    assert bench.landed["KH1"] == {"Mã KH": "KH1", "Họ tên": "Lan"}


def test_a_font_of_old_letters_is_read_as_it_shows(bench):
    def touch(book: openpyxl.Workbook) -> None:
        book.active["B2"].font = Font(name=".VnTime")
        book.active["B3"].font = Font(name=".VnTimeH")

    rows = [HEAD, ["KH1", "NguyÔn V¨n Th­êng", "0912345678"], ["KH2", "trÇn v¨n", "0912345679"]]
    xlsx(bench.folder / "drop" / "a.xlsx", rows, touch)
    bench.pull()
    assert bench.landed["KH1"]["Họ tên"] == "Nguyễn Văn Thường"
    assert bench.landed["KH2"]["Họ tên"] == "TRẦN VĂN"


def test_a_vni_font_is_refused_by_name(bench):
    def touch(book: openpyxl.Workbook) -> None:
        book.active["B2"].font = Font(name="VNI-Times")

    xlsx(bench.folder / "drop" / "a.xlsx", touch=touch)
    bench.pull()
    assert bench.codes == ["sheet.vni_font"]


def test_every_visible_tab_that_fits_is_read_and_hidden_ones_are_told(bench):
    def touch(book: openpyxl.Workbook) -> None:
        for title, code in (("T11", "KH2"), ("cũ", "KH9"), ("biểu đồ", "")):
            sheet = book.create_sheet(title)
            for row in [HEAD, [code, *LAN[1:]]] if code else [["x", "y"]]:
                sheet.append(row)
        book["cũ"].sheet_state = "hidden"

    xlsx(bench.folder / "drop" / "a.xlsx", touch=touch)
    bench.pull()
    assert set(bench.landed) == {"KH1", "KH2"}
    assert [(n.code, n.args["tab"]) for n in bench.notices] == [("sheet.hidden_tab", "cũ")]


def test_a_named_tab_is_the_only_one_read(make_bench):
    bench = make_bench(sheet="T11")

    def touch(book: openpyxl.Workbook) -> None:
        sheet = book.create_sheet("T11")
        sheet.append(HEAD)
        sheet.append(["KH2", *LAN[1:]])

    xlsx(bench.folder / "drop" / "a.xlsx", touch=touch)
    bench.pull()
    assert set(bench.landed) == {"KH2"}


def test_a_tab_that_is_not_there_is_named(make_bench):
    bench = make_bench(sheet="T12")
    xlsx(bench.folder / "drop" / "a.xlsx")
    bench.pull()
    assert [(n.code, n.args["tab"], n.args["found"]) for n in bench.notices] == [("sheet.no_tab", "T12", "Sheet")]


def test_dates_that_excel_may_have_swapped_are_told(bench):
    rows = [HEAD, ["KH1", "Lan", "0912345678", "", dt.date(1990, 3, 2)], ["KH2", "Hoa", "0912345679", "", "13/02/1990"]]
    xlsx(bench.folder / "drop" / "a.xlsx", rows)
    bench.pull()
    assert [(n.code, n.args["dates"], n.args["texts"]) for n in bench.notices] == [("sheet.swapped_days", 1, 1)]


def test_dates_as_text_of_both_kinds_say_nothing(bench):
    rows = [HEAD, ["KH1", "Lan", "0912345678", "", dt.date(1990, 3, 2)], ["KH2", "Hoa", "0912345679", "", "03/02/1990"]]
    xlsx(bench.folder / "drop" / "a.xlsx", rows)
    bench.pull()
    assert bench.notices == []


def test_a_workbook_may_have_a_name_in_an_old_encoding(bench):
    target = bench.folder / "drop" / os.fsdecode(b"kh\xe1ch.xlsx")
    xlsx(bench.folder / "a.xlsx").rename(target)
    bench.pull()
    assert set(bench.landed) == {"KH1"}
