"""Files as LibreOffice writes them, with the damage that people's spreadsheets have: right values or a reason, no wrong phone.

spreadsheets/damage.* is one made table, saved as xlsx, xls, ods and csv; resaved.xlsx is that csv, opened in an English
LibreOffice and saved again.
"""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select

from hub.flow import sync as flow
from hub.flow.lock import lock, start_run
from hub.flow.run import Run
from hub.flow.workspace import open_workspace
from hub.store import tables

FILES = Path(__file__).parent / "spreadsheets"
SETTINGS = """
[hub]
language = "en"
[sources.list]
connector = "sheet"
path = "drop/*"
id = "Mã KH"
[sources.list.columns]
full_name = "Họ và tên"
phones = "Điện thoại"
birth_date = "Ngày sinh"
"ids.national_id" = "CCCD"
"""
PHONES = {
    "001": ["+84912345601"],  # text
    "002": ["+84912345602"],  # a number that lost its zero
    "003": ["+84912345603"],  # a number with 84
    "004": ["+84912345604"],  # shown as 8.49E+10, whole inside
    "005": ["+84912345605"],  # number format 0000000000
    "006": [],  # 8.49E+10 as text: destroyed
    "007": ["+84912345607", "+84912345677"],  # two with a slash
    "008": ["+84912345608", "+84912345678"],  # two lines in a cell
    "009": ["+84912345609"],  # (Zalo) 0912 345 609
    "010": ["+84912345610"],  # in a hidden row
    "011": ["+84912345611"],  # thousands apart
    "012": ["+84912345612"],  # a formula
    "013": [],  # #N/A
    "014": ["+84912345614"],  # 912345614.0
    "015": ["+84912345615"],  # '0912345615
    "016": ["+84912345616"],  # spaces that nobody sees
    "017": ["+84912345617"],  # +84 912 345 617
    "018": [],  # twenty digits as a number: rounded
    "019": ["+84912345619"],  # 09 12.345.619
    "020": ["+84912345620"],
    "021": [],  # one zero too many
    "022": ["+84334567890"],  # an old prefix without its zero
}
BORN = {"001": "1990-02-03", "002": "1990-02-13", "003": "1985-12-01", "019": None, "020": "1990", "021": "1990"}
REFUSED = {
    ("002", "ids", "ids.invalid"),
    ("006", "phones", "phone.scientific"),
    ("018", "phones", "phone.scientific"),
    ("019", "birth_date", "date.invalid"),
    ("021", "phones", "phone.invalid"),
}


@pytest.fixture
def taken(tmp_path):
    """Pull and normalize one file: the source's report, documents by id, refusals, quarantine codes."""
    (tmp_path / "hub.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "drop").mkdir()
    workspace = open_workspace(tmp_path)

    def taken(name):
        shutil.copy(FILES / name, tmp_path / "drop")
        run = Run(str(uuid.uuid4()))
        with lock(workspace.store, run):
            start_run(workspace.store, run)
            report = flow.source_step(workspace, run, "list")
        with workspace.store.read() as conn:
            rows = conn.execute(select(tables.records.c.source_id, tables.records.c.doc))
            docs = {source_id: orjson.loads(doc) for source_id, doc in rows}
            why = select(tables.records.c.source_id, tables.field_refusals.c.field, tables.field_refusals.c.code)
            refused = conn.execute(why.join(tables.records, tables.records.c.rid == tables.field_refusals.c.rid))
            return report, docs, {tuple(row) for row in refused}, set(conn.scalars(select(tables.quarantine.c.code)))

    yield taken
    workspace.store.dispose()


def phones(docs):
    return {key: [phone["value"] for phone in doc.get("phones", ())] for key, doc in docs.items()}


@pytest.mark.parametrize("name", ["damage.xlsx", "damage.xls", "damage.ods"])
def test_a_damaged_workbook_gives_right_phones_or_a_reason(taken, name):
    _, docs, refused, quarantined = taken(name)
    assert phones(docs) == PHONES
    assert refused == REFUSED
    assert quarantined == {"phone.invalid"}  # the line for a signature at the end


@pytest.mark.parametrize("name", ["damage.xlsx", "damage.xls", "damage.ods", "damage.csv"])
def test_dates_are_read_as_they_were_meant(taken, name):
    _, docs, _, _ = taken(name)
    assert {key: docs[key].get("birth_date") for key in BORN} == BORN


def test_a_csv_saved_from_such_a_view_has_lost_one_phone_and_says_so(taken):
    _, docs, refused, _ = taken("damage.csv")
    assert phones(docs) == {**PHONES, "004": []}
    assert refused == REFUSED | {("004", "phones", "phone.scientific")}


def test_a_long_id_that_lost_its_zeros_is_refused_and_one_as_text_is_kept(taken):
    _, docs, _, _ = taken("damage.xlsx")
    assert [docs[key].get("ids", [{}])[0].get("value") for key in ("001", "002")] == ["001090000001", None]


def test_hidden_rows_titles_and_totals_are_told(taken):
    report, _, _, _ = taken("damage.xlsx")
    assert {notice["code"] for notice in report.notices} == {"sheet.hidden_rows", "sheet.skipped_rows"}


def test_a_csv_saved_again_elsewhere_has_no_wrong_phone_and_warns_of_days_that_may_be_swapped(taken):
    report, docs, _, _ = taken("resaved.xlsx")
    expected = {key.lstrip("0"): value for key, value in PHONES.items()} | {"4": [], "21": ["+84912345621"]}
    assert phones(docs) == expected
    assert "sheet.swapped_days" in {notice["code"] for notice in report.notices}
