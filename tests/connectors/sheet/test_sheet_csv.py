"""Text files: encodings, dialects, damage; the fast and the careful reader agree."""

import csv
import io
import os
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sheet_bench import HEAD, Bench

from hub.connectors.sheet_file.charset import tcvn3_table
from hub.connectors.sheet_file.csv_reader import _careful, _frames, _strict_frame, quotes_sound

ROW = "KH1,Nguyễn Thị Hồng,0912345678,hong@example.com,03/02/1990\n"


def tone_marks_only(text: str) -> bytes:
    """cp1258 as Windows writes it: the letter with its hat or horn, then the tone."""
    out = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tones = "".join(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
        out.append(unicodedata.normalize("NFC", "".join(c for c in parts if c not in tones)) + tones)
    return "".join(out).encode("cp1258")


def tcvn3_bytes(text: str) -> bytes:
    table = {letter: bytes([code]) for code, letter in tcvn3_table().items()}
    return b"".join(table.get(c) or c.encode("ascii") for c in text)


@pytest.mark.parametrize(
    "encode",
    [
        lambda t: t.encode("utf-8"),
        lambda t: t.encode("utf-8-sig"),
        lambda t: t.encode("utf-16"),
        lambda t: t.encode("utf-16-le"),
        lambda t: t.replace(",", "\t").encode("utf-16"),
        tone_marks_only,
        tcvn3_bytes,
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16-le without mark", "excel unicode text", "cp1258", "tcvn3"],
)
def test_a_file_is_read_in_the_encoding_it_is_in(bench, encode):
    more = "".join(f"KH{n},Trần Văn Thường,098765432{n},thuong{n}@example.com,1990\n" for n in range(2, 6))
    bench.put("khach.csv", encode(HEAD + ROW + more))
    bench.pull()
    assert bench.landed["KH1"] == {
        "Mã KH": "KH1",
        "Họ tên": "Nguyễn Thị Hồng",
        "Điện thoại": "0912345678",
        "Email": "hong@example.com",
        "Ngày sinh": "03/02/1990",
    }
    assert bench.landed["KH2"]["Họ tên"] == "Trần Văn Thường"


def test_a_western_file_is_read_as_windows_1252_and_says_so(make_bench):
    bench = make_bench(id=None, columns={"full_name": "Name", "phones": "Phone"})
    bench.put("guests.csv", "Name,Phone\nRenée Müller,+33612345678\nJosé Núñez,+34612345678\n".encode("cp1252"))
    bench.pull()
    assert sorted(r["Name"] for r in bench.landed.values()) == ["José Núñez", "Renée Müller"]
    assert bench.codes == ["sheet.encoding_guess"]


def test_an_unknown_encoding_is_refused_with_a_question(bench):
    bench.put("khach.csv", HEAD.encode() + b"KH1,Nguye\xe3n Va\xean Ha\xf9ng \xff\xfe\x81\x8d,0912345678,,\n" * 3)
    bench.pull()
    assert bench.codes == ["sheet.encoding"]
    assert bench.landed == {}


def test_the_encoding_of_the_settings_wins(make_bench):
    bench = make_bench(encoding="cp1252")
    bench.put("khach.csv", HEAD.encode("cp1252", "replace").replace(b"?", b"") + b"x")
    bench.pull()
    assert bench.codes == ["sheet.missing_column"]


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\n" + (HEAD + ROW).replace(",", ";"),
        (HEAD + ROW).replace(",", ";"),
        (HEAD + ROW).replace(",", "\t"),
        (HEAD + ROW).replace(",", "|"),
        (HEAD + ROW).replace("\n", "\r\n"),
        (HEAD + ROW).replace("\n", "\r"),
        (HEAD + ROW).replace("Hồng", "Hồng\0"),
        (HEAD + ROW).rstrip("\n"),
        "\n\n" + HEAD + "\n" + ROW + "\n,,,,\n",
    ],
    ids=["sep=", "semicolon", "tab", "bar", "crlf", "lone cr", "nul", "no last newline", "blank rows"],
)
def test_every_dialect_gives_the_same_row(bench, text):
    bench.put("khach.csv", text)
    bench.pull()
    assert bench.landed == {
        "KH1": {
            "Mã KH": "KH1",
            "Họ tên": "Nguyễn Thị Hồng",
            "Điện thoại": "0912345678",
            "Email": "hong@example.com",
            "Ngày sinh": "03/02/1990",
        }
    }


def test_text_stays_text(bench):
    bench.put("khach.csv", HEAD + 'KH1,"Lan ""Bé""\nTư",8.49E+10,,01\nKH2, Hoa ,00123,a\\b@example.com,1e5\n')
    bench.pull()
    assert bench.landed["KH1"] == {
        "Mã KH": "KH1",
        "Họ tên": 'Lan "Bé"\nTư',
        "Điện thoại": "8.49E+10",
        "Ngày sinh": "01",
    }
    assert bench.landed["KH2"]["Email"] == "a\\b@example.com"
    assert bench.landed["KH2"]["Họ tên"] == " Hoa "


def test_a_quote_inside_a_cell_is_a_letter(bench):
    bench.put("khach.csv", HEAD + 'KH1,Ống 5" pipe,0912345678,,\nKH2,Hoa,0912345679,,\n')
    bench.pull()
    assert bench.landed["KH1"]["Họ tên"] == 'Ống 5" pipe'
    assert set(bench.landed) == {"KH1", "KH2"}


def test_a_stray_quote_refuses_the_file_with_its_line(bench):
    bench.put("khach.csv", HEAD + 'KH1,"Lan,0912345678,,\nKH2,"Hoa",0912345679,,\nKH3,Mai,0912345670,,\n')
    bench.pull()
    assert bench.codes == ["sheet.stray_quote"]
    assert bench.notices[0].level == "error"
    assert bench.landed == {}


def test_an_open_quote_at_the_end_waits_once_then_is_an_error(bench):
    bench.put("khach.csv", HEAD + 'KH1,Lan,0912345678,,\nKH2,"Hoa,0912345679,,\n')
    bench.pull()
    assert [(n.code, n.level) for n in bench.notices] == [("sheet.waiting", "info")]
    bench.pull()
    assert [(n.code, n.level) for n in bench.notices] == [("sheet.stray_quote", "error")]
    assert bench.landed == {}


def test_a_row_with_too_many_cells_is_set_apart_and_the_others_stay(bench):
    bench.put("khach.csv", HEAD + "KH1,Lan,0912345678,,\nKH2,Hoa,12 Lê Lợi, Quận 1,0912345679,,x\nKH3,Mai,0912345670\n")
    bench.pull()
    assert {"KH1", "KH3"} < set(bench.landed)
    mapped = [i for p in bench.pages for i in _mapped(bench, p).unusable]
    assert [i.code for i in mapped] == ["sheet.shifted_row"]
    assert len(bench.canonical()) == 2


def test_cells_beyond_the_heading_that_are_empty_do_no_harm(bench):
    bench.put("khach.csv", HEAD + "KH1,Lan,0912345678,,,,\nKH2,Hoa,0912345679,,,,,,,\n")
    bench.pull()
    assert set(bench.landed) == {"KH1", "KH2"}


def test_a_file_of_one_column_keeps_its_commas(make_bench):
    bench = make_bench(id=None, columns={"phones": "Điện thoại"})
    bench.put("a.csv", "Điện thoại\n0912345678, 0987654321\n0912345679\n")
    bench.pull()
    assert [p["value"] for r in bench.canonical() for p in r["phones"]] == ["0912345678, 0987654321", "0912345679"]


def test_a_heading_over_two_lines_is_one_heading(bench):
    bench.put("a.csv", 'Danh sách\n"Mã\nKH",Họ tên,"Điện\nthoại",Email,Ngày sinh\nKH1,Lan,0912345678,,\n')
    bench.pull()
    assert bench.landed == {"KH1": {"Mã KH": "KH1", "Họ tên": "Lan", "Điện thoại": "0912345678"}}


def test_names_of_files_and_folders_may_hold_anything(tmp_path):
    folder = tmp_path / "a [1] *b"
    folder.mkdir()
    bench = Bench(folder)
    bench.put("Khách [mới] (2).csv", HEAD + ROW)
    (folder / "drop" / os.fsdecode(b"kh\xe1ch.csv")).write_bytes((HEAD + ROW.replace("KH1", "KH2")).encode())
    bench.pull()
    assert set(bench.landed) == {"KH1", "KH2"}


def _mapped(bench, page):
    from hub.connectors.sheet_file import CONNECTOR

    return CONNECTOR.open(bench.context).to_canonical("customers", page.records)


CELL = st.text(st.sampled_from("ab\"\n\r,; é\\'"), max_size=6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8),
    raw=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_the_fast_and_the_careful_reader_give_the_same_rows(tmp_path, rows, raw, end):
    text = io.StringIO(newline="")
    if raw:
        text.write(end.join(",".join(c.replace("\r", "").replace("\n", "") for c in r) for r in rows) + end)
    else:
        csv.writer(text, lineterminator=end).writerows([[c.replace("\r", "") for c in r] for r in rows])
    path = tmp_path / "t.csv"
    path.write_bytes(text.getvalue().encode())
    if not quotes_sound(path, ","):
        return
    careful = [f for part in _careful(path, ",", 0, 0) for f in _strict_frame(part, 0, 3).rows()]
    fast = [r for f in _frames(path, ",", True, 0, 0, 3, 3) for r in f.rows()]
    assert [tuple(c or "" for c in r[:3]) for r in fast] == [tuple(c or "" for c in r[:3]) for r in careful]
    assert [r[3] for r in fast] == [r[3] for r in careful]
