"""The new file beside: rows by customer, safe to open, never the owner's file."""

import json

import openpyxl
import pytest

from hub.connectors.sheet_file import CONNECTOR
from hub.connectors.sheet_file.writer import safe, unsafe
from hub.errors import ConfigError, PermanentError
from hub.model import Write


def wish(n: int, **fields) -> Write:
    return Write("update" if n % 2 else "create", f"g{n}", f"kh{n}" if n % 2 else None, fields, {}, f"key{n}")


@pytest.fixture(params=["out/", "out/shop.csv"])
def link(request, make_bench):
    return CONNECTOR.open(make_bench(out_path=request.param).context)


@pytest.fixture
def out(make_bench):
    folder = make_bench().folder / "out"
    return lambda: sorted(folder.iterdir())


def test_every_write_has_one_receipt_and_a_row(link, out):
    phones = [{"value": "0987654321"}, "0912345678"]
    receipts = list(link.write([wish(2, full_name="Hoa", phones=phones), wish(1, phone="0912345678")]))
    assert [(r.key, r.outcome, r.source_id) for r in receipts] == [("key2", "acked", "g2"), ("key1", "acked", "kh1")]
    assert json.loads(receipts[0].payload)["phones"] == "0987654321|0912345678"
    assert [p.name for p in out()] in (["events_2026-11-21.xlsx"], ["shop_2026-11-21.csv"])


def test_the_same_writes_again_give_the_same_rows(link, out):
    list(link.write([wish(1, phone="0912345678"), wish(2, full_name="Hoa")]))
    before = link.read("g2"), link.read("kh1")
    list(link.write([wish(2, full_name="Hoa"), wish(1, phone="0912345678")]))
    assert (link.read("g2"), link.read("kh1")) == before


def test_a_later_write_adds_to_the_row(link):
    list(link.write([wish(1, phone="0912345678")]))
    list(link.write([wish(1, full_name="Lan"), wish(3, full_name="Mai")]))
    row = json.loads(link.read("kh1").payload)
    assert (row["phone"], row["full_name"]) == ("0912345678", "Lan")


def test_formulas_do_not_run_and_phones_stay(link, out):
    values = {
        "full_name": "=1+1",
        "phone": "+84912345678",
        "note": "-x",
        "code": "@a",
        "tier": "'=b",
        "occupation": "007",
    }
    list(link.write([wish(1, **values)]))
    row = json.loads(link.read("kh1").payload)
    assert {k: row[k] for k in values} == values
    path = out()[0]
    if path.suffix == ".csv":
        assert "'=1+1" in path.read_text("utf-8-sig")
    else:
        cells = [c for r in openpyxl.load_workbook(path).active.iter_rows() for c in r if c.value]
        assert {(c.data_type, c.number_format) for c in cells} == {("s", "@")}


@pytest.mark.parametrize("text", ["", "a", "=1", "+84", "'a", "'=1", "''=1", "\t1"])
def test_making_text_safe_can_be_undone(text):
    assert unsafe(safe(text)) == text
    assert not safe(text).startswith(("=", "+", "-", "@", "\t"))


def test_a_forgotten_person_leaves_the_file(link):
    list(link.write([wish(1, full_name="Lan"), wish(2, full_name="Hoa")]))
    receipt = link.forget("kh1")
    assert (receipt.outcome, receipt.reason) == ("rejected", "sheet.owners_file")
    assert link.read("kh1") is None
    assert link.read("g2") is not None


def test_a_file_of_somebody_else_is_never_touched(make_bench):
    bench = make_bench()
    target = bench.folder / "out" / "events_2026-11-21.xlsx"
    target.parent.mkdir()
    target.write_bytes(b"mine")
    with pytest.raises(PermanentError):
        list(CONNECTOR.open(bench.context).write([wish(1, full_name="Lan")]))
    assert target.read_bytes() == b"mine"


def test_output_where_the_source_is_read_is_refused(make_bench):
    bench = make_bench(out_path="drop/new.csv")
    with pytest.raises(ConfigError) as caught:
        list(CONNECTOR.open(bench.context).write([wish(1, full_name="Lan")]))
    assert caught.value.path == "out_path"


def test_checking_tells_what_is_wrong_with_a_file(make_bench):
    bench = make_bench()
    link = CONNECTOR.open(bench.context)
    assert [(f.status, f.code) for f in link.check()] == [("config", "sheet.no_files")]
    bench.put("a.csv", "Mã KH,Họ tên\nKH1,Lan\n")
    findings = link.check()
    assert [(f.status, f.code) for f in findings] == [("config", "sheet.missing_column")]
    assert "Điện thoại" in findings[0].en
    assert "Điện thoại" in findings[0].vi


@pytest.mark.parametrize(
    "wake", [lambda link: list(link.write([wish(1, full_name="Lan")])), lambda link: link.forget("g9")]
)
def test_what_a_killed_process_left_half_written_goes(link, out, wake):
    list(link.write([wish(2, full_name="Hoa")]))
    (whole,) = out()
    half = whole.with_name("." + whole.name.replace("2026-11-21", "2026-11-20") + ".part")
    half.write_text("Hoa")
    wake(link)
    assert out() == [whole]
