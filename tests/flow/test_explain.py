"""Explain: a KEY of any form finds the customer; its story names every join, refusal and loser (3.10, 4.4)."""

from __future__ import annotations

import io

import orjson
import pytest
from fakes import FakeConnection, make_run, page, record
from grown import CAPABILITIES, T1, T2, T3, customers, grow, load, person, settings_of
from once import once
from sqlalchemy import insert, inspect

from hub.flow.explain import explain
from hub.flow.export import export
from hub.flow.land import pull
from hub.flow.normalize import normalize
from hub.flow.status import status
from hub.model import Tombstone
from hub.settings import Survivorship
from hub.store import tables

SETTINGS = settings_of("pos", "shop", language="en", survivorship=Survivorship(("pos", "shop")))
LAN, HUNG = "Nguyễn Thị Lan", "Trần Văn Hùng"
CARD = {"type": "loyalty", "value": "tv 001-23", "issuer": "club"}


@pytest.fixture
@once
def shop(store):
    """Lan at the till and in the shop; her husband shares the phone; somebody else."""
    load(
        store,
        "pos",
        person("1", LAN, "0912345678", "lan@example.vn", T1, code="KH000123", gender="nữ", ids=[CARD]),
        person("2", HUNG, "0912345678", None, T1),
        person("3", "Khách lẻ"),
        person("4", "Phạm Văn Nam", "0938271564", None, T1, birth_date="1990-02-03"),
    )
    load(store, "shop", person("7", "NGUYỄN THỊ LAN", "0912345678", None, T2, code="S-7", gender="nam"))
    grow(store, SETTINGS)
    return store


def told(store, key):
    return explain(store, SETTINGS, key)


@pytest.mark.parametrize(
    "key",
    ["pos:1", "shop:7", "KH000123", "S-7", "lan@example.vn", " LAN@Example.vn ", "TV00123", "tv 001-23"],
)
def test_a_key_of_any_form_finds_the_customer(shop, key):
    assert told(shop, key)["golden"]["golden_id"] == customers(shop)["pos", "1"]


@pytest.mark.parametrize("key", ["0938271564", "+84938271564", "0938 271 564", "84938271564"])
def test_a_phone_is_read_as_people_type_it(shop, key):
    assert told(shop, key)["golden"]["full_name"] == "Phạm Văn Nam"


def test_ids_for_ever_find_the_customer(shop):
    golden_id = customers(shop)["pos", "1"]
    code = told(shop, golden_id)["golden"]["customer_code"]
    codes = (code, code.lower(), f"{code[:2]} {code[2:6]}-{code[6:]}")
    for key in (golden_id, golden_id.upper(), golden_id.replace("-", ""), *codes):
        assert told(shop, key)["golden"]["golden_id"] == golden_id


def test_a_key_of_several_customers_lists_them(shop):
    found = told(shop, "0912345678")
    assert sorted(one["full_name"] for one in found["customers"]) == [LAN, HUNG]
    assert set(found) == {"key", "customers"}


@pytest.mark.parametrize(
    "key", ["nobody@example.vn", "pos:77", "0999111222", "", ":", "'; DROP TABLE customers; --", "%"]
)
def test_a_key_of_nobody_finds_nobody(shop, key):
    assert told(shop, key) == {"key": key, "customers": []}


def test_a_nobody_is_found_by_its_own_id(shop):
    assert told(shop, "pos:3")["golden"]["kind"] == "anonymous"


def test_a_join_is_told_with_the_values_used(shop):
    (link,) = told(shop, "pos:1")["links"]
    assert (link["rule"], link["a"], link["b"], link["value"]) == ("phone", "pos:1", "shop:7", "+84912345678")
    assert "same phone +84912345678" in link["evidence"]


def test_a_join_is_told_in_vietnamese_too(shop):
    settings = settings_of("pos", "shop", language="vi")
    assert "cùng số điện thoại" in explain(shop, settings, "pos:1")["links"][0]["evidence"]


def test_a_refused_join_names_the_other_customer(shop):
    found = told(shop, "pos:2")
    reasons = {(one["reason"], one["golden_id"], one["related"]) for one in found["refusals"]}
    assert reasons == {("name_incompatible", customers(shop)["pos", "1"], True)}
    assert all(LAN in one["evidence"] and HUNG in one["evidence"] for one in found["refusals"])
    assert [one["full_name"] for one in found["related"]] == [LAN]
    assert found["related"][0]["shares"][0]["value"] == "+84912345678"


def test_a_record_alone_says_so(shop):
    (link,) = told(shop, "pos:4")["links"]
    assert (link["rule"], link["a"], link["b"]) == ("single", "pos:4", None)


def test_a_field_knows_its_value_record_rule_and_losers(shop):
    fields = told(shop, "pos:1")["fields"]
    gender = {"source": "shop", "source_id": "7", "value": "male"}
    assert fields["gender"]["losers"] == [gender]
    assert {name: fields["gender"][name] for name in ("value", "source", "source_id", "rule")} == {
        "value": "female",
        "source": "pos",
        "source_id": "1",
        "rule": "source_priority",
    }
    assert fields["full_name"]["value"] == LAN
    assert [one["value"] for one in fields["full_name"]["losers"]] == ["NGUYỄN THỊ LAN"]
    assert "NGUYỄN THỊ LAN" in fields["full_name"]["sentence"]
    assert fields["email"]["losers"] == []


def test_a_lone_record_is_the_only_one_that_says_it(shop):
    fields = told(shop, "pos:4")["fields"]
    found = {
        name: (fields[name]["value"], fields[name]["rule"], fields[name]["source_id"])
        for name in ("phone", "birth_date")
    }
    assert found == {"phone": ("+84938271564", "only", "4"), "birth_date": ("1990-02-03", "only", "4")}


def test_records_come_with_their_values_and_rule(shop):
    records = told(shop, "pos:1")["records"]
    assert [(one["source"], one["source_id"], one["code"], one["rule"]) for one in records] == [
        ("pos", "1", "KH000123", "phone"),
        ("shop", "7", "S-7", "phone"),
    ]
    assert records[0]["values"]["full_name"] == LAN


def test_a_merged_id_answers_with_the_live_one(shop):
    lan, hung = (customers(shop)["pos", each] for each in ("1", "2"))
    load(shop, "pos", person("2", LAN, "0912345678", None, T3), number=2)
    grow(shop, SETTINGS, 2)
    live = customers(shop)["pos", "2"]
    assert live == customers(shop)["pos", "1"]
    found = [told(shop, key) for key in (lan, hung)]
    assert [one["golden"]["golden_id"] for one in found] == [live, live]
    assert {*found[0]["former_ids"], live} == {lan, hung}


def test_history_tells_old_and_new(shop):
    load(shop, "pos", person("4", "Phạm Văn Nam", "0938271564", None, T2, birth_date="1991-02-03"), number=2)
    grow(shop, SETTINGS, 2)
    first, second = told(shop, "pos:4")["history"]
    assert (first["kind"], first["version"], second["kind"], second["version"]) == ("created", 1, "updated", 2)
    assert second["values"]["birth_date"] == ["1990-02-03", "1991-02-03"]
    assert second["run_id"] == "run-2"


def test_pushes_are_told_newest_first(shop):
    golden_id = customers(shop)["pos", "1"]
    row = {"plan_id": "p", "n": 1, "destination": "till", "golden_id": golden_id, "target": "1", "action": "update",
           "idempotency_key": "k", "run_id": "r"}  # fmt: skip
    with shop.begin() as conn:
        conn.execute(insert(tables.deliveries).values(state="retry", at=T1, **row))
        conn.execute(insert(tables.deliveries).values(state="acked", at=T2, **row))
    assert [(one["destination"], one["state"]) for one in told(shop, "pos:1")["pushes"]] == [
        ("till", "acked"),
        ("till", "retry"),
    ]


def test_a_generic_phone_is_told(store):
    people = [LAN, HUNG, "Phạm Văn Nam", "Lê Thị Hoa", "Vũ Minh Đức", "Đỗ Thị Mai"]
    load(store, "pos", *(person(str(n), name, "0912345678", None, T1) for n, name in enumerate(people)))
    grow(store, SETTINGS)
    (generic,) = told(store, "pos:0")["generic"]
    assert (generic["value"], generic["reason"], generic["names"]) == ("+84912345678", "names", 6)
    assert "6" in generic["evidence"]


def test_a_customer_whose_last_record_left_still_answers(shop):
    golden_id, source = customers(shop)["pos", "4"], SETTINGS.sources["pos"]
    connection, run = FakeConnection([page(tombstones=[Tombstone("4")])]), make_run(2)
    report = pull(shop, source, connection, run, capabilities=CAPABILITIES)
    normalize(shop, SETTINGS, source, connection, run, report, capabilities=CAPABILITIES)
    grow(shop, SETTINGS, 2)
    for key in ("pos:4", golden_id):
        found = told(shop, key)
        assert (found["golden"]["golden_id"], found["golden"]["status"], found["records"]) == (
            golden_id,
            "inactive",
            [],
        )


def order(source_id, kind, total, at, **more):
    return record(source_id, at, kind=kind, customer_source_id="1", at=at, currency="VND", total=total, **more)


def test_orders_are_added_up_by_currency_and_the_newest_come_first(shop):
    given = (
        order("o1", "sale", 250_000, T1, code="HD1"),
        order("o2", "return", 50_000, T3),
        order("o3", "cancelled", 900_000, T2),
    )
    load(shop, "pos", orders=given, number=2)
    story = told(shop, "pos:1")["orders"]
    assert (story["count"], story["last"], story["sums"]) == (3, T3, {"VND": 200_000})
    assert story["kinds"] == {"cancelled": 1, "return": 1, "sale": 1}
    assert [one["source_id"] for one in story["list"]] == ["o2", "o3", "o1"]
    assert orjson.loads(orjson.dumps(story)) == story


def test_a_customer_without_orders_has_none(shop):
    assert told(shop, "pos:4")["orders"] == {"count": 0, "last": None, "kinds": {}, "sums": {}, "list": []}


def test_the_story_is_found_by_index(store):
    with store.read() as conn:
        names = {index["name"] for table in ("changes", "deliveries") for index in inspect(conn).get_indexes(table)}
    assert names >= {"changes_golden", "deliveries_golden"}


def test_a_customer_whose_last_record_left_is_in_no_count_and_no_list(shop):
    out = io.BytesIO()
    test_a_customer_whose_last_record_left_still_answers(shop)
    assert export(shop, "customers", "csv", out, None) == 2
    assert "Phạm Văn Nam" not in out.getvalue().decode()
    assert status(shop, SETTINGS)["counts"]["customers"] == 2
