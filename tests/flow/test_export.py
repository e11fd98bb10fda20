"""Exports: columns of the interface, formats, safe to open (7.5)."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import orjson
import polars as pl
import pytest
from exported import SETTINGS, names, shop, table
from grown import T1, T2, customers, grow, load, person

from hub.connectors.sheet_file import table_writer
from hub.errors import ConfigError
from hub.flow.export import FORMATS, TABLES, export
from hub.store import exports, files

__all__ = ["shop"]

HEAD = (
    "golden_id,customer_code,customer_type,full_name,phone,phone_national,email,phones,emails,birth_date,gender,address,"
    "province,record_count,sources,created_at,updated_at,version,marketing_email,marketing_sms,marketing_zalo,marketing_call"
)


def test_customers_have_the_documented_columns_and_no_nobody(shop):
    rows = table(shop, "customers")
    assert ",".join(rows[0]) == HEAD
    assert names(rows) == ["Nguyễn Thị Lan", "Trần Văn Hùng"]
    lan = next(row for row in rows if row["full_name"] == "Nguyễn Thị Lan")
    assert (lan["phone"], lan["phone_national"], lan["email"]) == ("+84912345678", "0912345678", "lan@example.vn")
    assert (lan["record_count"], lan["sources"], lan["marketing_sms"], lan["version"]) == (
        "2",
        "pos|shop",
        "granted",
        "1",
    )


def test_xref_has_one_row_for_every_current_record(shop):
    rows = table(shop, "xref")
    assert list(rows[0]) == ["source", "source_id", "golden_id", "kind", "rule", "linked_at"]
    told = {(row["source"], row["source_id"]): row for row in rows}
    assert {key: row["golden_id"] for key, row in told.items()} == customers(shop)
    assert [row["kind"] for row in told.values()] == ["person", "person", "anonymous", "person"]
    assert told["pos", "1"]["rule"] == told["shop", "7"]["rule"] == "phone"
    assert told["pos", "2"]["rule"] == "single"


def test_identifiers_tell_where_each_value_stands(shop):
    rows = table(shop, "identifiers")
    assert list(rows[0]) == [
        "golden_id",
        "type",
        "value",
        "class",
        "use",
        "source",
        "source_id",
        "first_seen",
        "last_seen",
    ]
    lan = [(row["source"], row["value"], row["first_seen"]) for row in rows if row["value"] == "+84912345678"]
    assert lan == [("pos", "+84912345678", T1), ("shop", "+84912345678", T2)]


def test_orders_lead_to_their_customer(shop):
    (row,) = table(shop, "orders")
    assert list(row) == ["source", "source_id", "code", "golden_id", "kind", "at", "store", "currency", "total", "paid"]
    assert (row["golden_id"], row["total"], row["paid"]) == (customers(shop)["pos", "1"], "-5000", "0")


def test_changes_come_in_order_with_lists_joined(shop):
    load(shop, "pos", person("2", "Trần Văn Hùng", "0938271564", "hung@example.vn", T2, gender="male"), number=2)
    grow(shop, SETTINGS, 2)
    rows = table(shop, "changes")
    assert list(rows[0]) == ["seq", "at", "kind", "golden_id", "version", "changed", "moved"]
    assert [int(row["seq"]) for row in rows] == sorted(int(row["seq"]) for row in rows)
    assert rows[-1]["kind"] == "updated"
    assert rows[-1]["changed"] == "emails|gender|phones"


def test_consents_tell_their_source(shop):
    (row,) = table(shop, "consents")
    assert row == {
        "golden_id": customers(shop)["pos", "1"],
        "purpose": "marketing",
        "channel": "sms",
        "address": "+84912345678",
        "status": "granted",
        "at": T1,
        "source": "pos",
    }


def test_every_table_goes_into_every_format(shop, tmp_path):
    paths = [tmp_path / f"{name}.{format_}" for name in TABLES for format_ in FORMATS]
    counts = [export(shop, path.stem, path.suffix[1:], path) for path in paths]
    assert all(count >= 1 for path, count in zip(paths, counts, strict=True) if path.stem != "relations")
    assert [read(path) for path in paths] == counts
    assert {file.name for file in tmp_path.iterdir()} - {"data"} == {path.name for path in paths}


def read(path: Path) -> int:
    if path.suffix == ".jsonl":
        return len([orjson.loads(line) for line in path.read_bytes().splitlines()])
    if path.suffix == ".xlsx":
        return openpyxl.load_workbook(path).active.max_row - 1
    return (pl.read_csv(path) if path.suffix == ".csv" else pl.read_parquet(path)).height


@pytest.mark.parametrize("name", ["customers", "changes"])
def test_an_empty_hub_gives_headings_alone(store, tmp_path, name):
    paths = [tmp_path / f"out.{format_}" for format_ in FORMATS]
    assert [export(store, name, path.suffix[1:], path) for path in paths] == [0] * 4
    assert [read(path) for path in paths] == [0] * 4
    assert pl.read_parquet(tmp_path / "out.parquet").schema == exports.schema(name)


def test_lines_of_json_hold_lists(shop):
    out = io.BytesIO()
    export(shop, "customers", "jsonl", out)
    lan = next(row for row in map(orjson.loads, out.getvalue().splitlines()) if row["birth_date"] == "1990-02-03")
    assert (lan["phones"], lan["sources"], lan["gender"]) == (["+84912345678"], ["pos", "shop"], None)


def test_batches_join_without_a_seam(shop):
    with shop.read() as conn:
        parts = list(exports.batches(conn, "xref", size=3))
    assert [part.height for part in parts] == [3, 1]


def test_a_workbook_holds_texts_as_text(shop, tmp_path):
    export(shop, "customers", "xlsx", tmp_path / "c.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "c.xlsx").active
    head = [cell.value for cell in sheet[1]]
    assert ",".join(head) == HEAD
    phone = sheet.cell(2, head.index("phone") + 1)
    assert (phone.value[:3], phone.data_type, phone.number_format) == ("+84", "s", "@")
    assert sheet.cell(2, head.index("version") + 1).value == 1


EVIL = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\tx", "\rx")


def test_texts_cannot_become_formulas_in_csv():
    frame = pl.DataFrame({"text": [*EVIL, "a=b", None], "n": [-5] * 8})
    assert files.safe(frame)["text"].to_list() == [*(f"'{text}" for text in EVIL), "a=b", None]
    assert files.safe(frame)["n"].to_list() == [-5] * 8


def test_phones_stay_usable_in_csv():
    phones = ["+84912345678", "+84912345678|+8428123456", "+84 912", "+8491x"]
    assert files.safe(pl.DataFrame({"p": phones}))["p"].to_list() == [*phones[:2], "'+84 912", "'+8491x"]


def test_texts_cannot_become_formulas_in_a_workbook(tmp_path):
    path = tmp_path / "x.xlsx"
    assert table_writer.write_table(path, "x", ["a<b"], [(text,) for text in (*EVIL, "&\x07<")]) == 7
    sheet = openpyxl.load_workbook(path).active
    assert {cell.data_type for (cell,) in sheet.iter_rows()} == {"s"}
    assert [cell.value for (cell,) in sheet.iter_rows()][:5] == ["a<b", *EVIL[:4]]
    assert sheet.cell(8, 1).value == "&<"


def test_a_workbook_takes_no_more_rows_than_a_sheet_has(store, tmp_path, monkeypatch):
    monkeypatch.setattr(table_writer, "LAST_ROW", 2)
    with pytest.raises(ConfigError, match="more rows"):
        table_writer.write_table(tmp_path / "x.xlsx", "x", ["a"], [("1",), ("2",)])


def test_a_failed_export_leaves_the_old_file(shop, tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_text("old")
    monkeypatch.setattr(files, "write_csv", broken)
    with pytest.raises(OSError, match="disk"):
        export(shop, "xref", "csv", path)
    assert path.read_text() == "old"
    assert not list(tmp_path.glob(".x.csv*"))


def broken(out, name, frames):
    raise OSError("no disk")


def test_a_missing_folder_is_a_users_mistake(store, tmp_path):
    with pytest.raises(ConfigError):
        export(store, "xref", "csv", tmp_path / "none" / "x.csv")
