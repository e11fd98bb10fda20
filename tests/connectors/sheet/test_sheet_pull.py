"""What a pull remembers: copies, corrections, damage, kills, deletions."""

import json
import os

import polars as pl
import pytest
from sheet_bench import HEAD

from hub.connectors.sheet_file import book, csv_reader, pull, watch
from hub.connectors.sheet_file.watch import order_of


def line(n: int, phone: str | None = None, name: str = "Lan") -> str:
    return f"KH{n},{name} {n},{phone if phone is not None else f'09{n:08d}'},,\n"


def sheet(*numbers: int, **changes) -> str:
    return HEAD + "".join(line(n, **changes) for n in numbers)


def snapshots(bench) -> list[tuple]:
    return [(p.snapshot is not None, p.complete, p.scope) for p in bench.pages]


def test_a_second_pull_reads_nothing(bench):
    bench.put("a.csv", sheet(1, 2))
    bench.pull()
    assert bench.pull() == []


def test_a_full_pull_reads_again(bench):
    bench.put("a.csv", sheet(1, 2))
    bench.pull()
    bench.pull(full=True)
    assert bench.rows == 2


def test_a_copy_and_a_renamed_file_add_nothing(bench):
    first = bench.put("a.csv", sheet(1, 2))
    bench.pull()
    bench.put("copy.csv", first.read_bytes())
    first.rename(first.with_name("renamed.csv"))
    bench.pull()
    assert bench.rows == 0
    bench.pull()
    assert bench.pages == []


def test_a_renamed_old_file_beside_a_new_one_adds_nothing_old(bench):
    path = bench.put("a.csv", sheet(1, name="Lan"))
    bench.pull()
    path.rename(path.with_name("a (1).csv"))
    bench.put("a.csv", sheet(1, name="Mai"))
    bench.pull()
    assert bench.landed["kh1"]["Họ tên"] == "Mai 1"


def test_a_new_version_lands_and_without_complete_nothing_is_missed(bench):
    bench.put("a.csv", sheet(1, 2, 3))
    bench.pull()
    bench.put("a.csv", sheet(2, 3, 4))
    bench.pull()
    assert set(bench.landed) == {"kh1", "kh2", "kh3", "kh4"}
    assert snapshots(bench) == [(False, False, "drop/a.csv")]


def test_a_complete_file_is_a_snapshot_of_its_path(make_bench):
    bench = make_bench(complete=True)
    bench.put("a.csv", sheet(1, 2, 3))
    bench.put("b.csv", sheet(4))
    bench.pull()
    assert snapshots(bench) == [(True, True, "drop/a.csv"), (True, True, "drop/b.csv")]
    assert len({p.snapshot for p in bench.pages}) == 2


def test_the_same_complete_content_confirms_a_day_later_once(make_bench):
    bench = make_bench(complete=True)
    bench.put("a.csv", sheet(1, 2, 3))
    bench.pull()
    bench.put("a.csv", sheet(1, 2))
    bench.pull()
    first = bench.pages[0].snapshot
    assert bench.pull() == []
    object.__setattr__(bench.context, "now", lambda: "2026-11-22T10:00:00.000Z")
    bench.pull()
    assert [p.snapshot for p in bench.pages] == [f"{first}:2"]
    object.__setattr__(bench.context, "now", lambda: "2026-11-24T10:00:00.000Z")
    assert bench.pull() == []


@pytest.mark.parametrize(("numbers", "snapshot"), [((1, 2, 3, 9), True), ((3, 8, 9, 10), False)])
def test_without_an_id_a_file_that_holds_most_rows_is_a_correction(make_bench, numbers, snapshot):
    bench = make_bench(id=None)
    bench.put("a.csv", sheet(1, 2, 3, 4))
    bench.pull()
    assert snapshots(bench) == [(False, False, "drop/a.csv")]
    bench.put("a.csv", sheet(*numbers))
    bench.pull()
    assert snapshots(bench) == [(snapshot, snapshot, "drop/a.csv")]


def test_without_an_id_equal_rows_are_numbered_and_order_does_not_matter(make_bench):
    bench = make_bench(id=None)
    bench.put("a.csv", sheet(1, 1, 2, 1))
    bench.pull()
    ids = set(bench.landed)
    one = [i for i in ids if "~" in i]
    assert sorted(i.split("~")[1] for i in one) == ["2", "3"]
    bench.put("a.csv", sheet(2, 1, 1, 1))
    bench.pull()
    assert set(bench.landed) == ids


def test_hash_ids_are_for_ever(make_bench):
    bench = make_bench(id=None)
    bench.put("a.csv", HEAD + "KH1, Nguyễn  THỊ Lan ,0912345678,Lan@example.com,03/02/1990\n")
    bench.pull()
    assert list(bench.landed) == ["h:cae469300b0beacca7cd"]


def test_an_id_is_as_typed_lower_case_and_squeezed(bench):
    bench.put("a.csv", HEAD + ' KH  01 ,Lan,0912345678,,\n"=""007""",Hoa,0912345679,,\n\'12,Mai,0912345670,,\n')
    bench.pull()
    assert set(bench.landed) == {"kh 01", "007", "12"}


def test_a_row_without_its_id_gets_one_by_hash(bench):
    bench.put("a.csv", HEAD + "KH1,Lan,0912345678,,\n,Hoa,0912345679,,\n")
    bench.pull()
    assert sorted(i[:2] for i in bench.landed) == ["h:", "kh"]


def test_the_last_of_two_rows_with_one_id_wins_and_it_is_told(bench):
    bench.put("a.csv", HEAD + line(1) + line(2) + line(1, name="Mai") + line(2))
    bench.pull()
    assert bench.landed["kh1"]["Họ tên"] == "Mai 1"
    assert bench.rows == 2
    assert [(n.code, dict(n.args)) for n in bench.notices] == [
        ("sheet.duplicate_id", {"file": "drop/a.csv", "ids": 1, "rows": 2, "at": "2, 4"})
    ]


def test_a_column_that_names_no_rows_is_no_id(bench):
    bench.put("a.csv", HEAD + "".join(f"CN{n % 3},Lan {n},09{n:08d},,\n" for n in range(60)))
    bench.pull()
    assert bench.codes == ["sheet.id_not_unique"]
    assert bench.landed == {}


def test_a_file_with_damaged_phones_is_refused_and_earlier_rows_stay(bench):
    bench.put("a.csv", sheet(*range(1, 11)))
    bench.put("b.csv", sheet(20))
    bench.pull()
    bench.put("a.csv", sheet(*range(1, 8), phone="8.49E+10") + line(8) + line(9) + line(10))
    bench.pull()
    assert [(n.code, n.level, n.args["percent"], n.args["usual"]) for n in bench.notices] == [
        ("sheet.phone_share", "error", 30, 100)
    ]
    assert bench.landed["kh1"]["Điện thoại"] == "0900000001"


def test_a_file_of_next_month_is_measured_by_its_like(bench):
    bench.put("2026-10.csv", sheet(*range(1, 11)))
    bench.pull()
    bench.put("2026-11.csv", sheet(*range(11, 21), phone=""))
    bench.pull()
    assert bench.codes == ["sheet.phone_share"]


def test_a_refused_file_that_is_mended_lands(bench):
    bench.put("a.csv", "Mã KH,Họ tên\nKH1,Lan\n")
    bench.pull()
    bench.put("a.csv", sheet(1))
    bench.pull()
    assert set(bench.landed) == {"kh1"}
    assert bench.codes == []


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
    assert set(bench.landed) == {"kh1", "kh2"}


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
    assert bench.landed["kh1"]["Họ tên"] == "Lan 1"


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
    assert (set(bench.landed), bench.notices) == ({"kh1"}, [])


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
