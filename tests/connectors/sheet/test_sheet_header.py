"""Where the heading is, and which rows under it are no customers."""

import pytest
from books import HEAD, LAN, xlsx
from sheet_bench import HEAD as TEXT_HEAD

from hub.connectors.kit.columns import fold, nearest
from hub.connectors.sheet_file.header import find_header, letters

WANTED = ("Họ tên", "Điện thoại")


def test_a_heading_is_found_under_title_rows():
    head = [["BÁO CÁO KHÁCH HÀNG"], [], ["Ngày 01 tháng 11"], ["STT", "HỌ TÊN ", "dien thoai:*"], ["1", "Lan", "0912"]]
    found = find_header(head, WANTED)
    assert (found.row, found.index, found.missing) == (4, {"Họ tên": 1, "Điện thoại": 2}, ())


def test_a_heading_of_two_rows_is_joined():
    head = [["STT", "Khách hàng", "", "Liên hệ", ""], ["", "Họ tên", "Ngày sinh", "Điện thoại", "Email"], ["1", "Lan"]]
    found = find_header(head, ("STT", "Họ tên", "Email"), merges=[((0, 1), (0, 2)), ((0, 3), (0, 4))])
    assert (found.row, found.missing) == (2, ())
    assert found.labels == ("STT", "Họ tên", "Khách hàng Ngày sinh", "Liên hệ Điện thoại", "Email")


def test_a_fixed_heading_row_is_taken():
    head = [["Họ tên", "Điện thoại"], ["a", "b"], ["Họ tên", "Điện thoại", "Email"]]
    assert find_header(head, WANTED, row=3).row == 3


def test_blank_and_repeated_headings_get_names_of_their_own():
    found = find_header([["Họ tên", "", "Điện thoại", "Điện thoại"]], ("Họ tên", "Điện thoại", "Điện thoại (2)"))
    assert found.labels == ("Họ tên", "#B", "Điện thoại", "Điện thoại (2)")
    assert found.index == {"Họ tên": 0, "Điện thoại": 2, "Điện thoại (2)": 3}
    assert found.doubled == ("Điện thoại",)


def test_an_empty_tab_has_no_heading():
    assert find_header([[""], []], WANTED).row == 0


@pytest.mark.parametrize(("name", "label"), [("Điện thoại", "Số điện thoại"), ("Email", "E-mail"), ("Xyz", "")])
def test_the_nearest_heading_is_told(name, label):
    assert nearest(name, ["STT", "Số điện thoại", "E-mail"]) == label


def test_folding_and_letters():
    assert fold("  Điện\nThoại (*) : ") == "dien thoai"
    assert [letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_totals_signatures_and_repeated_headings_are_no_customers(bench):
    rows = [
        ["DANH SÁCH KHÁCH HÀNG"],
        HEAD,
        LAN,
        HEAD,
        ["KH2", "Tổng Công Ty Cộng", "0912345679"],
        ["KH3", "Tổng Văn Cộng", None, "cong@example.com"],
        ["Tổng cộng", None, None, None, "3"],
        [None, "Người lập", None, None, "Ngày 01 tháng 11 năm 2026"],
        [None, "(Ký, ghi rõ họ tên)"],
        [None, "Trần Văn Ký"],
    ]
    xlsx(bench.folder / "drop" / "a.xlsx", rows)
    bench.pull()
    assert set(bench.landed) == {"KH1", "KH2", "KH3"}
    assert [(n.code, dict(n.args)) for n in bench.notices] == [
        ("sheet.skipped_rows", {"file": "drop/a.xlsx", "rows": 5, "header": 1, "total": 1, "signature": 3})
    ]


def test_a_person_without_phone_and_email_stays(bench):
    bench.put("a.csv", TEXT_HEAD + "KH1,Nguyễn Thị Tổng,,,1990\nKH2,Cộng,,,\n")
    bench.pull()
    assert set(bench.landed) == {"KH1", "KH2"}


def test_words_of_a_footer_in_a_row_of_a_person_take_nobody_out(bench):
    rows = ["KH1,Lê Văn Hải,,,Tong", "KH2,Trần Thị Mai,,,Kế toán", "KH3,Hồ An,,,", "KH4,Tống,,,", "5,Tống,,,1990"]
    bench.put("a.csv", TEXT_HEAD + "\n".join(rows) + "\n")
    bench.pull()
    assert set(bench.landed) == {"KH1", "KH2", "KH3", "KH4", "5"}
    assert not bench.notices


def test_a_list_goes_on_after_a_line_of_signatures(bench):
    rows = ["KH1,Lê Hải,,,", ",Người lập,,,Giám đốc", ",Trần Ký,,,Lý Duyệt", "KH2,Hồ An,,,1990", "KH3,Hà Vy,,,1991"]
    bench.put("a.csv", TEXT_HEAD + "\n".join(rows) + "\n")
    bench.pull()
    assert set(bench.landed) == {"KH1", "KH2", "KH3"}


def test_a_missing_column_refuses_the_file_and_names_the_nearest(bench):
    bench.put("a.csv", "Báo cáo\nMã KH,Họ tên,Số ĐT,Email,Ngày sinh\nKH1,Lan,0912345678,,\n")
    bench.put("b.csv", TEXT_HEAD + "KH2,Hoa,0912345679,,\n")
    bench.pull()
    assert [(n.code, n.level, dict(n.args)) for n in bench.notices] == [
        (
            "sheet.missing_column",
            "error",
            {
                "file": "drop/a.csv",
                "tab": "",
                "header_row": 2,
                "column": "Điện thoại",
                "missing": 1,
                "nearest": "Số ĐT",
            },
        )
    ]
    assert set(bench.landed) == {"KH2"}


def test_a_column_that_stands_twice_is_told_and_the_first_is_read(bench):
    bench.put("a.csv", "Mã KH,Họ tên,Điện thoại,Email,Ngày sinh,Điện thoại\nKH1,Lan,0912345678,,,0900000001\n")
    bench.pull()
    assert bench.codes == ["sheet.duplicate_header"]
    assert bench.canonical()[0]["phones"] == [{"value": "0912345678", "use": "own"}]
