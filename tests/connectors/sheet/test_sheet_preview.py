"""The first look at a file: right guesses, nobody to recognise, settings that work."""

import tomllib

import pytest
from books import xls, xlsx
from sheet_bench import Bench

from hub.connectors.sheet_file.guess import guess_columns, synonyms
from hub.connectors.sheet_file.header import find_header
from hub.connectors.sheet_file.masking import mask
from hub.connectors.sheet_file.options import read_options
from hub.connectors.sheet_file.preview import preview

ROWS = [
    ["DANH SÁCH KHÁCH HÀNG 2026"],
    [],
    ["STT", "Mã KH", "Tên khách hàng", "SĐT", "SĐT 2", "E-mail", "Ngày sinh", "Phường/Xã", "Ghi chú", "Cột lạ"],
    [1, "KH1", "Nguyễn Văn An", "0912345567", "", "an@example.com", "03/02/1990", "Bến Nghé", "gọi 0912345567", "xyz"],
    [2, "KH2", "Lan", "8.49E+10", "0987654321", "", "1990", "", "", ""],
    [3, "KH3", "Trần Thị Hoa", "12", "", "hoa@example.com", "", "", "", ""],
    ["Tổng cộng", "", "", "", "", "", "", "", "", ""],
]


def reason(text: str) -> str | None:
    return "phone.scientific" if "E+" in text else "phone.short" if len(text) < 8 else None


@pytest.fixture
def seen(tmp_path):
    return preview(xlsx(tmp_path / "kh.xlsx", ROWS), reason, source="khach_le", workspace=tmp_path)


def test_heading_rows_and_columns_are_found(seen):
    tab = seen.tabs[0]
    assert (seen.kind, tab.header_row, tab.rows, tab.id_column) == ("xlsx", 3, 3, "Mã KH")
    assert {g.label: g.field for g in tab.columns} == {
        "STT": None,
        "Mã KH": "code",
        "Tên khách hàng": "full_name",
        "SĐT": "phones",
        "SĐT 2": "phones",
        "E-mail": "emails",
        "Ngày sinh": "birth_date",
        "Phường/Xã": "address.ward",
        "Ghi chú": "note",
        "Cột lạ": None,
    }
    assert tab.columns[2].confidence == 0.95


def test_nobody_can_be_recognised(seen):
    tab = seen.tabs[0]
    assert tab.sample[0] == (
        "****",
        "K***",
        "N. V. An",
        "09****567",
        "",
        "a***@example.com",
        "**/**/1990",
        "B***",
        "g***",
        "x***",
    )
    assert tab.sample[1][2] == "L***"


def test_phones_are_judged_by_the_caller(seen):
    tab = seen.tabs[0]
    assert (tab.phones_good, tab.phones_broken, tab.phones_checked) == (2, {"phone.scientific": 1, "phone.short": 1}, 4)


def test_the_settings_read_the_file(seen, tmp_path):
    table = tomllib.loads(seen.toml)["sources"]["khach_le"]
    options = read_options(table, "Asia/Ho_Chi_Minh")
    assert (options.id, options.paths) == ("Mã KH", ("kh.xlsx",))
    bench = Bench(tmp_path, **{**table, "path": "kh.xlsx"})
    bench.pull()
    assert [r["full_name"] for r in bench.canonical()] == ["Nguyễn Văn An", "Lan", "Trần Thị Hoa"]


def test_a_column_without_a_known_heading_is_told_by_what_it_holds():
    header = find_header([["a", "b", "c"]], ("a",))
    values = [["x", "y"], ["0912345678", "+84 912 345 678"], ["a@example.com", ""]]
    assert [(g.field, g.confidence) for g in guess_columns(header, values)] == [
        (None, 0.0),
        ("phones", 0.6),
        ("emails", 0.6),
    ]


def test_a_phone_heading_over_other_things_is_doubted():
    header = find_header([["SĐT"]], ("SĐT",))
    assert guess_columns(header, [["abc", "xyz"]])[0].confidence == 0.4


def test_an_old_workbook_and_a_table_without_people(tmp_path):
    assert preview(xls(tmp_path / "a.xls"), reason).toml.startswith("[sources.customers]\n")
    assert preview(xlsx(tmp_path / "b.xlsx", [["x", "y"], [1, 2]]), reason).toml == ""
    assert preview(xlsx(tmp_path / "c.xlsx", []), reason).tabs[0].rows == 0


def test_the_best_tab_goes_into_the_settings(tmp_path):
    def touch(book) -> None:
        for row in ROWS:
            book.create_sheet("Khách") if "Khách" not in book.sheetnames else None
            book["Khách"].append(row)

    seen = preview(xlsx(tmp_path / "a.xlsx", [["Báo cáo"]], touch), reason)
    assert seen.tabs[seen.best].name == "Khách"
    assert 'sheet = "Khách"' in seen.toml


@pytest.mark.parametrize(
    ("text", "field", "masked"),
    [
        ("0912345567", "phones", "09****567"),
        ("+84 912 345 567", "phones", "+84****567"),
        ("không có", "phones", "k***"),
        ("nam@example.com", "emails", "n***@example.com"),
        ("Nguyễn Văn An", "full_name", "N. V. An"),
        ("An", "full_name", "A***"),
        ("0912345567", "full_name", "****"),
        ("1990-02-03", "birth_date", "1990-**-**"),
        ("Nam", "gender", "Nam"),
        ("012345678901", "ids.national_id", "****"),
        ("12 Lê Lợi", "addresses", "****"),
        ("gọi 0912", None, "g***"),
        ("  ", None, ""),
    ],
)
def test_masks(text, field, masked):
    assert mask(text, field) == masked


def test_synonyms_name_fields_that_can_be_mapped():
    columns = {field: [field] for field in set(synonyms().values())}
    assert len(read_options({"path": "x", "columns": columns}, "UTC").targets) == len(columns)
