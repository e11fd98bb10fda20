"""A shop whose tables are exported, and an export read back."""

from __future__ import annotations

import csv
import io

import pytest
from fakes import record
from grown import T1, T2, grow, load, person, settings_of
from once import once

from hub.flow.export import export

SETTINGS = settings_of("pos", "shop")
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
