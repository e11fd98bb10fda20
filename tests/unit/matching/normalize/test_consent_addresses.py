"""For which addresses a record's consents hold."""

from __future__ import annotations

import orjson
import pytest

from hub.matching.normalize import canonical_frame, normalize_records


def said(status, channel="sms", *, address=None, phones=("0912345678",), emails=("lan@example.vn",), **how):
    """(address, status) of the consents of a record that says this."""
    row = {
        "source_id": "1",
        "full_name": "Nguyễn Thị Lan",
        "phones": [{"value": one, "use": "own"} for one in phones],
        "emails": [{"value": one, "use": "own"} for one in emails],
        "consents": [{"purpose": "marketing", "channel": channel, "status": status, "address": address}],
    }
    doc = orjson.loads(normalize_records(canonical_frame([row]), region="VN", **how).records["doc"][0])
    return [(one.get("address"), one["status"]) for one in doc.get("consents", [])]


def test_a_yes_without_an_address_is_for_every_own_contact_that_the_channel_reaches():
    assert said("có", phones=("0912345678", "0938271564")) == [("+84912345678", "granted"), ("+84938271564", "granted")]
    assert said("có", "email") == [("lan@example.vn", "granted")]


def test_a_yes_with_an_address_is_for_that_one():
    assert said("có", address="0938 271 564") == [("+84938271564", "granted")]


def test_a_yes_of_a_record_without_such_a_contact_is_for_no_address():
    assert said("có", phones=()) == [(None, "granted")]


@pytest.mark.parametrize("word", ["không", "withdrawn"])
def test_a_no_stays_for_whatever_address(word):
    assert [address for address, _ in said(word)] == [None]


def test_a_yes_of_a_source_of_withdrawals_says_nothing():
    assert said("có", grants=False) == []
    assert [status for _, status in said("không", grants=False)] == ["refused"]
