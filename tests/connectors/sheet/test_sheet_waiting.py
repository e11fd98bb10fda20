"""Which files wait, how a pull goes on after a stop, and in what order files land."""

import json
import os

import polars as pl
import pytest
from sheet_bench import HEAD, sheet

from hub.connectors.sheet_file import book, csv_reader, pull, watch
from hub.connectors.sheet_file.watch import order_of


@pytest.mark.parametrize(
    ("name", "beside", "reason"),
    [
        ("a.csv", ".~lock.a.csv#", "locked"),
        ("a.xlsx", "~$a.xlsx", "locked"),
        (".a.csv", None, "hidden"),
        ("a.csv.part", None, "partial"),
    ],
)
def test_locked_and_hidden_files_wait(bench, name, beside, reason):
    bench.put(name, sheet(1))
    if beside:
        bench.put(beside, "x")
    bench.pull()
    assert [(n.code, n.level, n.args["reason"]) for n in bench.notices if n.code == "sheet.waiting"] == [
        ("sheet.waiting", "info", reason)
    ]
    assert bench.landed == {}


def test_a_growing_file_waits(bench):
    path = bench.put("a.csv", sheet(1))
    object.__setattr__(bench.context, "wait", lambda seconds: path.write_text(sheet(1, 2)))
    bench.pull()
    assert [n.args["reason"] for n in bench.notices] == ["growing"]
    object.__setattr__(bench.context, "wait", lambda seconds: None)
    bench.pull()
    assert set(bench.landed) == {"KH1", "KH2"}


def test_a_file_that_changes_while_it_is_read_does_not_end_its_sweep(make_bench, monkeypatch):
    bench = make_bench(complete=True)
    bench.put("a.csv", sheet(1, 2))
    monkeypatch.setattr(pull, "unmoved", lambda file: False)
    bench.pull()
    assert [p.complete for p in bench.pages] == [False]
    assert [n.args["reason"] for n in bench.notices] == ["unfinished"]


def test_a_removed_file_says_nothing(bench):
    path = bench.put("a.csv", sheet(1))
    bench.put("b.csv", sheet(2))
    bench.pull()
    path.unlink()
    assert bench.pull() == []


def test_no_file_at_all_is_a_warning(bench):
    bench.pull()
    assert [(n.code, n.level) for n in bench.notices] == [("sheet.no_files", "warning")]


@pytest.fixture
def small_pages(monkeypatch) -> None:
    for module in (book, csv_reader):
        monkeypatch.setattr(module, "PAGE_ROWS", 7)
    monkeypatch.setattr(csv_reader, "quotes_sound", lambda *a: False)


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("id_column", ["Mã KH", None])
def test_a_killed_pull_goes_on_behind_its_last_page(make_bench, id_column):
    bench = make_bench(id=id_column, complete=True)
    bench.put("a.csv", sheet(*range(40), 3, 5))
    bench.pull(stop_after=2)
    done = bench.rows
    bench.pull()
    assert (done, bench.rows) == ((14, 28) if id_column is None else (12, 28))
    assert len(bench.landed) == (42 if id_column is None else 40)
    assert [p.complete for p in bench.pages] == [False] * (len(bench.pages) - 1) + [True]
    assert bench.pull() == []


@pytest.mark.usefixtures("small_pages")
def test_a_file_that_changed_after_a_kill_starts_again(bench):
    bench.put("a.csv", sheet(*range(40)))
    bench.pull(stop_after=2)
    bench.put("a.csv", sheet(*range(41)))
    bench.pull()
    assert bench.rows == 41


@pytest.mark.usefixtures("small_pages")
def test_a_slice_stops_at_a_page_and_the_next_goes_on(bench):
    bench.put("a.csv", sheet(*range(20)))
    object.__setattr__(bench.context, "deadline", iter([False, True, True]).__next__)
    bench.pull()
    assert bench.rows == 7
    object.__setattr__(bench.context, "deadline", lambda: False)
    bench.pull()
    assert len(bench.landed) == 20


def test_the_cursor_holds_no_value_of_a_customer(make_bench):
    bench = make_bench(id=None)
    bench.put("a.csv", HEAD + "KH1,Nguyễn Thị Lan,0912345678,lan@example.com,1990\n")
    bench.pull()
    text = json.dumps(bench.cursor, ensure_ascii=False)
    assert not any(value in text for value in ("0912345678", "Lan", "lan@"))


def test_files_land_by_the_date_in_their_name_then_by_number():
    names = ["b 10.csv", "b 9.csv", "kh_01-12-2025.csv", "kh_2026-01-31.csv", "kh 20251130.csv"]
    assert sorted(names, key=order_of) == [
        "b 9.csv",
        "b 10.csv",
        "kh 20251130.csv",
        "kh_01-12-2025.csv",
        "kh_2026-01-31.csv",
    ]


def test_the_file_read_last_wins(bench):
    old = bench.put("kh_2026-09-01.csv", sheet(1, name="Mai"))
    new = bench.put("kh_2026-10-01.csv", sheet(1, name="Lan"))
    os.utime(old, (2_000_000_000, 2_000_000_000))
    os.utime(new, (1_000_000_000, 1_000_000_000))
    bench.pull()
    assert bench.landed["KH1"]["Họ tên"] == "Lan 1"


def test_times_come_from_the_row_then_from_the_settings(make_bench):
    columns = {"full_name": "Họ tên", "phones": "Điện thoại", "updated_at": "Sửa"}
    bench = make_bench(columns=columns, as_of="2026-10-20")
    bench.put(
        "a.csv",
        "Mã KH,Họ tên,Điện thoại,Sửa\n1,a,0912345678,01/11/2026 08:30\n2,b,0912345679,\n3,c,0912345670,hôm qua\n"
        "4,d,0912345671,2026-11-01T01:30:00Z\n5,e,0912345672,2026-11-01 08:30:00\n",
    )
    bench.pull()
    times = pl.concat([p.records for p in bench.pages]).select("source_id", "updated_at").rows()
    assert dict(times) == {
        "1": "2026-11-01T01:30:00.000Z",
        "2": "2026-10-19T17:00:00.000Z",
        "3": "2026-10-19T17:00:00.000Z",
        "4": "2026-11-01T01:30:00.000Z",
        "5": "2026-11-01T01:30:00.000Z",
    }


def test_two_looks_take_one_wait(bench):
    waits = []
    for n in range(3):
        bench.put(f"{n}.csv", sheet(n))
    files, _ = watch.candidates(bench.folder, ["drop/*"])
    assert len(watch.steady(files, waits.append)[0]) == 3
    assert waits == [1.0]


def test_what_programs_leave_behind_is_never_read(bench):
    for name in (".DS_Store", "._a.csv", "Thumbs.db", "a.csv.done", "a.csv.sha256"):
        bench.put(name, "x")
    bench.put("a.csv", sheet(1))
    bench.pull()
    assert (set(bench.landed), bench.notices) == ({"KH1"}, [])


def test_every_code_has_its_sentences_in_both_languages():
    import re
    from pathlib import Path

    from hub.connectors.sheet_file import connection

    folder = Path(connection.__file__).parent
    used = {c for f in folder.glob("*.py") for c in re.findall(r'"(sheet\.[a-z_]+)"', f.read_text("utf-8"))}
    apart = {"sheet.ok", "sheet.owners_file", "sheet.not_ours"}
    assert used - apart == set(connection.sentences())
    for en, vi in connection.sentences().values():
        assert set(re.findall(r"{\w+}", en)) == set(re.findall(r"{\w+}", vi))
