"""Pins: a value that an admin sets stands above what records say, follows the customer, and can fall (promise 4.4)."""

from __future__ import annotations

import orjson
import pytest
from fakes import make_run
from once import once
from steps import HUNG, LAN, SETTINGS, SHOP, bring, customer, decide, person, rows, settle, whose

from hub.errors import ConfigError
from hub.flow import judge
from hub.flow.effect import preview
from hub.flow.pin import pin
from hub.store.tables import history, pins


@pytest.fixture
@once
def lan(store):
    bring(store, person("1", *LAN, gender="nữ", birth_date="1990-02-01"), person("3", *HUNG))
    settle(store)
    return store


def golden(store, record="pos:1"):
    return customer(store, whose(store)[record])


def test_a_pinned_value_stands_above_the_records(lan):
    decide(lan, pin(SETTINGS, "pos:1", "birth_date", "03/04/1991"))
    told = golden(lan)
    assert (told["birth_date"], told["version"]) == ("1991-04-03", 2)
    assert orjson.loads(told["provenance"])["birth_date"]["rule"] == "pinned"
    assert len(rows(lan, history)) == 1


def test_a_pin_outlives_new_versions_of_the_record_and_a_rebuild(lan):
    decide(lan, pin(SETTINGS, "pos:1", "birth_date", "1991-04-03"))
    bring(lan, person("1", *LAN, birth_date="1992-01-05"), number=60)
    settle(lan, 60)
    settle(lan, 61, rebuild=True)
    assert golden(lan)["birth_date"] == "1991-04-03"


def test_undo_of_a_pin_restores_the_records_value(lan):
    decision = decide(lan, pin(SETTINGS, "pos:1", "gender", "nam"))
    assert golden(lan)["gender"] == "male"
    decide(lan, judge.undo(decision), 51)
    assert golden(lan)["gender"] == "female"


def test_of_two_pins_the_newer_stands_and_its_undo_brings_the_older_back(lan):
    decide(lan, pin(SETTINGS, "pos:1", "full_name", "Nguyễn Thị Lân"))
    newer = decide(lan, pin(SETTINGS, "pos:1", "full_name", "Nguyễn Thị Liên"), 51)
    assert golden(lan)["full_name"] == "Nguyễn Thị Liên"
    decide(lan, judge.undo(newer), 52)
    assert golden(lan)["full_name"] == "Nguyễn Thị Lân"


def test_a_pinned_name_brings_its_parts(lan):
    decide(lan, pin(SETTINGS, "pos:1", "full_name", "Trần Ngọc Liên"))
    doc = orjson.loads(golden(lan)["doc"])
    assert (doc["family_name"], doc["given_name"]) == ("Trần", "Ngọc Liên")


def test_a_pin_falls_when_its_time_is_over(lan):
    decide(lan, pin(SETTINGS, "pos:1", "gender", "nam", until="2026-11-05T00:00:00.000Z"))
    settle(lan, 1, day=4)
    assert golden(lan)["gender"] == "male"
    settle(lan, 2, day=5)
    assert golden(lan)["gender"] == "female"
    assert not any(row["active"] for row in rows(lan, pins))


def test_a_pin_follows_its_customer_into_a_merge_and_out_of_it(lan):
    decide(lan, pin(SETTINGS, "pos:1", "gender", "nam"))
    bring(lan, person("9", "Nguyễn Thị Lan", "0933333333"), source=SHOP, number=40)
    settle(lan, 40)
    merged = decide(lan, judge.merge(SETTINGS, ["pos:1", "shop:9"]), 51)
    assert golden(lan, "shop:9")["gender"] == "male"
    decide(lan, judge.undo(merged), 52)
    assert (golden(lan)["gender"], golden(lan, "shop:9")["gender"]) == ("male", None)


def test_a_pin_stays_when_its_anchor_leaves_the_customer_for_good(lan):
    bring(lan, person("2", *LAN), number=40)
    settle(lan, 40)
    decide(lan, pin(SETTINGS, "pos:2", "gender", "nam"))
    bring(lan, number=60, gone=["1"])
    settle(lan, 60)
    assert golden(lan, "pos:2")["gender"] == "male"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("shoe_size", "39", "pin.field"),
        ("points", "10", "pin.field"),
        ("birth_date", "99/99/1990", "pin.value"),
        ("gender", "?", "pin.value"),
    ],
)
def test_what_cannot_be_pinned_is_refused(lan, field, value, code):
    with pytest.raises(ConfigError) as told:
        preview(lan, SETTINGS, make_run(50), pin(SETTINGS, "pos:1", field, value))
    assert told.value.code == code


def test_a_preview_of_a_pin_shows_old_and_new(lan):
    told = preview(lan, SETTINGS, make_run(50), pin(SETTINGS, "pos:1", "gender", "nam"))
    assert told["cases"][0]["fields"] == {"gender": ["female", "male"]}
