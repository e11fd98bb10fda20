"""What a pull remembers: copies, corrections, damage, kills, deletions."""

import pytest
from sheet_bench import HEAD, line, sheet, snapshots


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
    assert bench.landed["KH1"]["Họ tên"] == "Mai 1"


def test_a_new_version_lands_and_without_complete_nothing_is_missed(bench):
    bench.put("a.csv", sheet(1, 2, 3))
    bench.pull()
    bench.put("a.csv", sheet(2, 3, 4))
    bench.pull()
    assert set(bench.landed) == {"KH1", "KH2", "KH3", "KH4"}
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


def test_an_id_is_as_typed_and_squeezed(bench):
    bench.put("a.csv", HEAD + ' KH  01 ,Lan,0912345678,,\n"=""007""",Hoa,0912345679,,\n\'12,Mai,0912345670,,\n')
    bench.pull()
    assert set(bench.landed) == {"KH 01", "007", "12"}


def test_a_row_without_its_id_gets_one_by_hash(bench):
    bench.put("a.csv", HEAD + "KH1,Lan,0912345678,,\n,Hoa,0912345679,,\n")
    bench.pull()
    assert sorted(i[:2] for i in bench.landed) == ["KH", "h:"]


def test_the_last_of_two_rows_with_one_id_wins_and_it_is_told(bench):
    bench.put("a.csv", HEAD + line(1) + line(2) + line(1, name="Mai") + line(2))
    bench.pull()
    assert bench.landed["KH1"]["Họ tên"] == "Mai 1"
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
    assert bench.landed["KH1"]["Điện thoại"] == "0900000001"


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
    assert set(bench.landed) == {"KH1"}
    assert bench.codes == []
