"""The benchmark measures whole processes and tells kept budgets from broken ones."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.measure import Measured, run
from benchmarks.peer_pandas import customers, phone, read
from benchmarks.ratios import growth, ratios
from benchmarks.run import report
from benchmarks.workspace import workspace


def made(cpu: float, **said: object) -> Measured:
    return Measured(cpu=cpu, wall=cpu, peak=500_000_000, code=0, said=said)


def test_a_process_is_measured_with_what_it_said(tmp_path: Path) -> None:
    result = run([sys.executable, "-c", "x = bytearray(80_000_000); print('{\"rows\": 3}')"], tmp_path)
    assert (result.code, result.said) == (0, {"rows": 3})
    assert result.cpu > 0
    assert result.peak > 80_000_000


def test_a_process_that_fails_says_so(tmp_path: Path) -> None:
    assert run([sys.executable, "-c", "raise SystemExit(4)"], tmp_path).code == 4


def test_ratios_compare_cpu_and_not_walls() -> None:
    found = ratios({"pandas script": made(10), "first sync": made(12), "second sync": made(3)})
    assert (found["first_cpu_to_peer"], found["second_cpu_to_first"]) == (1.2, 0.25)


def test_a_broken_budget_is_shown() -> None:
    slow = {"pandas script": made(10), "first sync": made(40), "second sync": made(3)}
    assert sum("BROKEN" in line for line in report(1000, slow)) == 1


def test_steps_are_shown_when_the_sync_tells_them() -> None:
    told = made(12, steps={"pull": 2.0, "match": {"seconds": 4.0, "rows": 100, "peak_mb": 321}})
    lines = report(1000, {"pandas script": made(10), "first sync": told, "second sync": made(3)})
    assert "| first sync | pull | 2.00 | 500 |  |" in lines
    assert "| first sync | match | 4.00 | 25 | 321 |" in lines


def test_the_workspace_holds_one_sheet_source_over_the_list(tmp_path: Path) -> None:
    people = tmp_path / "people-3-1.csv"
    people.write_text("Mã KH\n1\n", encoding="utf-8")
    folder = workspace(tmp_path, people, "sqlite:///data/hub.db")
    assert (folder / "drop" / "people.csv").read_bytes() == people.read_bytes()
    assert 'connector = "sheet"' in (folder / "hub.toml").read_text(encoding="utf-8")


def test_the_script_repairs_phones_as_an_analyst_would() -> None:
    assert phone("912345678") == phone("0912 345 678 / 0387654321") == "+84912345678"
    assert phone("01231234567") == "+84831234567"
    assert phone("8.49E+10") is None


def test_the_script_makes_one_customer_of_rows_that_share_a_phone_or_an_email(tmp_path: Path) -> None:
    rows = ["Lan,0912345678,,,", "Lan,84912345678,,lan@example.vn,2024", "LAN,,,LAN@example.vn,2025", "Hoa,,,,2025"]
    path = tmp_path / "people.csv"
    path.write_text("\n".join(["Họ tên,Điện thoại,SĐT 2,Email,Ngày cập nhật", *rows]), encoding="utf-8")
    table = customers(read(path))
    assert sorted(zip(table["Họ tên"], table["records"], strict=True)) == [("Hoa", 1), ("LAN", 3)]


def inside(cpu: float, *steps: str, **said: object) -> Measured:
    """A process whose steps took `cpu` each."""
    return made(cpu, steps={step: {"cpu": cpu, "seconds": cpu} for step in steps}, **said)


def test_a_rebuild_is_compared_without_the_pull() -> None:
    first = inside(10, "pull", "normalize", "match", "resolve")
    assert ratios({"pandas script": made(60), "first sync": first})["rebuild_empty_to_peer"] == 0.5


def test_parts_of_processes_are_compared_by_their_own_cpu() -> None:
    told = {
        "phones, hub": inside(2, "phones", differences=0),
        "phones, loop": inside(40, "phones"),
        "customers, hub": inside(3, "customers"),
        "customers, Splink": inside(12, "customers"),
    }
    found = ratios(told)
    assert (found["phones_cpu_to_loop"], found["customers_cpu_to_splink"]) == (0.05, 0.25)


def test_changes_on_a_larger_base_are_told_by_how_much_longer_they_take() -> None:
    told = {size: {"changes": inside(cpu, "changes", single={"p95_ms": 1})} for size, cpu in ((1_000, 2), (5_000, 3))}
    assert growth(told) == "1,000 changes on 5,000 records take 1.50 times as long as on 1,000.\n"


def test_planning_is_told_by_walls_peak_and_beside_the_merge() -> None:
    said = {
        "nothing changed": {"seconds": 1.5, "cpu": 1},
        "1000 changed": {"seconds": 2.5, "cpu": 2},
        "first plan": {"seconds": 9, "cpu": 6},
        "pandas merge": {"seconds": 9, "cpu": 8},
        "peak MB": 300,
    }
    found = ratios({"planning": made(9, **said)})
    assert found == {
        "planning_unchanged_seconds": 1.5,
        "planning_changes_seconds": 2.5,
        "planning_peak_mb": 300,
        "planning_first_to_merge": 0.75,
    }
