"""Records that are handed in: their mapping, and that there is nobody to ask."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from hub import contracts
from hub.connectors import load
from hub.connectors.kit.port import Context
from hub.errors import PermanentError
from hub.model import RawRecord, Write

POSTED = "2026-11-02T03:04:05.678Z"


@pytest.fixture
def connection():
    return load("api").open(Context("till", {}, Path(), "VN", "Asia/Ho_Chi_Minh", lambda: POSTED))


def mapped(connection, **fields):
    payload = orjson.dumps({"source_id": "1", **fields}).decode()
    return connection.to_canonical("customers", [RawRecord("1", payload, POSTED)]).rows[0]


def test_a_payload_is_a_source_record_already(connection):
    row = mapped(connection, full_name="Lan", phones=[{"value": "0912345678"}])
    assert row == {"source_id": "1", "updated_at": POSTED, "full_name": "Lan", "phones": [{"value": "0912345678"}]}


@pytest.mark.parametrize("typed", ["2026-11-01T10:00:00+07:00", "2026-11-01T03:00:00Z", "2026-11-01 10:00"])
def test_times_may_bear_any_offset_or_none(connection, typed):
    assert mapped(connection, updated_at=typed)["updated_at"] == "2026-11-01T03:00:00.000Z"


def test_the_time_of_a_consent_too(connection):
    said = {"purpose": "marketing", "channel": "sms", "status": "granted", "at": "2026-11-01T10:00:00+07:00"}
    assert mapped(connection, consents=[said])["consents"] == [{**said, "at": "2026-11-01T03:00:00.000Z"}]


def test_what_is_no_time_is_left_to_be_refused(connection):
    (breach,) = contracts.validate_values("source_record.v1", [mapped(connection, created_at="yesterday")])
    assert breach.field == "created_at"


def test_a_payload_that_is_no_object_is_unusable_and_stops_nobody(connection):
    told = connection.to_canonical("customers", [RawRecord("a", "[]"), RawRecord("b", '{"full_name": "Lan"}')])
    assert ([one.source_id for one in told.unusable], [row["source_id"] for row in told.rows]) == (["a"], ["b"])


def test_a_pull_gives_nothing(connection):
    assert list(connection.pull("customers", None, full=True)) == []


def test_nobody_can_be_asked_and_nothing_written(connection):
    with pytest.raises(PermanentError):
        connection.find("phone", "0912345678")
    (receipt,) = connection.write([Write("create", "g", None, {}, {}, "k")])
    assert (receipt.outcome, receipt.reason) == ("rejected", "unsupported")


def test_it_can_be_checked(connection):
    assert [one.status for one in connection.check()] == ["ok"]


def test_a_field_that_no_source_record_has_is_left_out_with_its_name(connection):
    told = connection.to_canonical("customers", [RawRecord("1", '{"full_name": "Lan", "shoe_size": 38}', POSTED)])
    assert (list(told.refused), "shoe_size" in told.rows[0]) == (
        [("1", "shoe_size", "schema.additionalProperties")],
        False,
    )
