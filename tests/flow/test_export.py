"""Exports: columns of the interface, formats, safe to open (7.5), whom a purpose allows to reach (5.9)."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import orjson
import polars as pl
import pytest
from fakes import record
from grown import T1, T2, customers, grow, load, person, settings_of
from once import once

from hub.connectors.sheet_file import table_writer
from hub.errors import ConfigError
from hub.flow.export import FORMATS, TABLES, export, reach_of
from hub.store import exports, files

SETTINGS = settings_of("pos", "shop")
HEAD = (
    "golden_id,customer_code,customer_type,full_name,phone,phone_national,email,phones,emails,birth_date,gender,address,"
    "province,record_count,sources,created_at,updated_at,version,marketing_email,marketing_sms,marketing_zalo,marketing_call"
)
GRANT = {"purpose": "marketing", "channel": "sms", "status": "granted", "at": T1}
NO = GRANT | {"status": "withdrawn"}
ORDER = record("o1", T1, kind="sale", code="HD1", customer_source_id="1", at=T1, currency="VND", total=-5000, paid=0)


@pytest.fixture
@once
def shop(store):
    load(
        store,
        "pos",
        person("1", "Nguyễn Thị Lan", "0912345678", "lan@example.vn", T1, consents=[GRANT], birth_date="1990-02-03"),
        person("2", "Trần Văn Hùng", "0938271564", None, T1),
        person("3", "Khách lẻ"),
        orders=(ORDER,),
    )
    load(store, "shop", person("7", "Nguyen Thi Lan", "0912345678", None, T2))
    grow(store, SETTINGS)
    return store


def table(store, name, reach=None, **options):
    """An export as CSV, read back: rows by column."""
    out = io.BytesIO()
    count = export(store, name, "csv", out, reach, **options)
    assert out.getvalue().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig"))))
    assert count == len(rows)
    return rows


def names(rows):
    return sorted(row["full_name"] for row in rows)


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


def test_only_those_who_said_yes(shop):
    assert names(table(shop, "customers", reach_of(SETTINGS, "marketing.sms"))) == ["Nguyễn Thị Lan"]
    assert table(shop, "customers", reach_of(SETTINGS, "marketing.email")) == []


def test_a_purpose_that_needs_no_grant_is_stopped_by_a_refusal(store):
    refused = {"purpose": "service", "channel": "call", "status": "refused", "at": T1}
    lan = person("1", "Nguyễn Thị Lan", "0912345678", consents=[refused])
    load(store, "pos", lan, person("2", "Trần Văn Hùng", "0938271564"))
    grow(store, SETTINGS)
    assert names(table(store, "customers", reach_of(SETTINGS, "service.call"))) == ["Trần Văn Hùng"]
    assert len(table(store, "customers", reach_of(SETTINGS, "service.sms"))) == 2


def test_a_purpose_of_the_owners_own_needs_its_grant(store):
    grant = {"purpose": "survey", "channel": "email", "status": "granted", "at": T1}
    there = grant | {"address": "hung@example.vn"}
    elsewhere = grant | {"address": "other@example.vn"}
    load(
        store,
        "pos",
        person("1", "Nguyễn Thị Lan", "0912345678", "lan@example.vn", consents=[elsewhere]),
        person("2", "Trần Văn Hùng", "0938271564", "hung@example.vn", consents=[there]),
        person("3", "Phạm Thị Mai", "0977654321", "mai@example.vn", consents=[grant]),
    )
    settings = settings_of("pos", purposes={"survey": "granted"})
    grow(store, settings)
    assert names(table(store, "customers", reach_of(settings, "survey.email"))) == ["Phạm Thị Mai", "Trần Văn Hùng"]


@pytest.mark.parametrize("text", ["marketting.sms", "marketing.pigeon", "marketing"])
def test_a_mistyped_purpose_is_refused(text):
    with pytest.raises(ConfigError, match="named"):
        reach_of(SETTINGS, text)


@pytest.fixture
@once
def couple(store):
    """Two people on one phone, and one with a phone of his own."""
    load(
        store,
        "pos",
        person("1", "Nguyễn Thị Lan", "0912345678", None, T1, consents=[GRANT]),
        person("2", "Trần Văn Hùng", "0912345678", None, T1, consents=[GRANT]),
        person("3", "Phạm Văn Nam", "0938271564", None, T1),
        person("4", "Không Số", None, "k@example.vn", T1),
    )
    grow(store, SETTINGS)
    return store


def test_one_row_per_phone_reaches_a_family_once(couple):
    rows = table(couple, "customers", one_per_phone=True)
    assert sorted(row["phone"] for row in rows) == ["+84912345678", "+84938271564"]
    assert {row["phone_national"] for row in rows} == {"0912345678", "0938271564"}


def test_one_row_per_phone_keeps_to_the_consents(couple):
    (row,) = table(couple, "customers", reach_of(SETTINGS, "marketing.sms"), one_per_phone=True)
    assert row["phone"] == "+84912345678"


def test_a_refusal_closes_the_phone_for_the_family(couple):
    load(couple, "pos", person("2", "Trần Văn Hùng", "0912345678", None, T2, consents=[NO]), number=2)
    grow(couple, SETTINGS, 2)
    assert table(couple, "customers", reach_of(SETTINGS, "marketing.sms"), one_per_phone=True) == []


def test_a_refusal_for_the_very_phone_closes_it_too(couple):
    no = NO | {"address": "0912345678"}
    load(couple, "pos", person("2", "Trần Văn Hùng", "0912345678", None, T2, consents=[no]), number=2)
    grow(couple, SETTINGS, 2)
    assert table(couple, "customers", reach_of(SETTINGS, "marketing.sms"), one_per_phone=True) == []


def test_a_refusal_for_another_phone_closes_nothing(couple):
    no = NO | {"address": "0977000111"}
    load(couple, "pos", person("2", "Trần Văn Hùng", "0912345678", None, T2, consents=[no]), number=2)
    grow(couple, SETTINGS, 2)
    assert len(table(couple, "customers", reach_of(SETTINGS, "marketing.sms"), one_per_phone=True)) == 1


def test_a_generic_phone_reaches_nobody(store):
    people = ["Nguyễn Thị Lan", "Trần Văn Hùng", "Phạm Văn Nam", "Lê Thị Hoa", "Vũ Minh Đức", "Đỗ Thị Mai"]
    load(store, "pos", *(person(str(n), name, "0912345678", None, T1) for n, name in enumerate(people)))
    grow(store, SETTINGS)
    assert table(store, "customers", one_per_phone=True) == []
