"""Exports: whom a purpose allows to reach, one row for each phone (5.9)."""

from __future__ import annotations

import pytest
from exported import GRANT, NO, SETTINGS, names, shop, table
from grown import T1, T2, grow, load, person, settings_of
from once import once

from hub.errors import ConfigError
from hub.flow.export import reach_of

__all__ = ["shop"]


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
