"""Plans: what is wished, what waits, what is held (behaviour 5.1 to 5.3, 5.8, 5.10)."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from shop import SHOP, Shop, golden, outlet, put_customer, put_record
from sqlalchemy import func, select

from hub.flow.plan import plan
from hub.store import plans, tables

LAN = golden("g1", "Nguyễn Thị Lan", "+84912345678", "lan@example.vn")


@pytest.fixture
def lan(store):
    put_customer(store, LAN)
    put_record(store, 1, "g1", {"source_id": "7", "full_name": "nguyen thi lan"})
    return store


def changes(store, plan_id):
    with store.read() as conn:
        return {row["target"]: orjson.loads(row["changes"]) for row in plans.all_items(conn, plan_id)}


def test_a_plan_lists_field_old_and_new(lan, tmp_path):
    report = plan(outlet(lan, Shop(), tmp_path))
    assert changes(lan, report.plan_id) == {
        "7": {
            "full_name": ["nguyen thi lan", "Nguyễn Thị Lan"],
            "phone": [None, "+84912345678"],
            "email": [None, "lan@example.vn"],
        }
    }


def test_the_first_plan_waits_for_a_person_even_when_trusted(lan, tmp_path):
    assert plan(outlet(lan, Shop(), tmp_path, approve="auto")).state == "waiting"


def test_an_unchanged_plan_is_the_same_plan(lan, tmp_path):
    first, second = plan(outlet(lan, Shop(), tmp_path)), plan(outlet(lan, Shop(), tmp_path, 2))
    assert first.plan_id == second.plan_id
    with lan.read() as conn:
        assert conn.scalar(select(func.count()).select_from(tables.plans)) == 1


def test_another_wish_supersedes_the_plan(lan, tmp_path):
    first = plan(outlet(lan, Shop(), tmp_path))
    second = plan(outlet(lan, Shop(), tmp_path, 2, fields={"full_name": "hub"}))
    with lan.read() as conn:
        assert plans.plan(conn, first.plan_id)["state"] == "superseded"
        assert plans.plan(conn, second.plan_id)["state"] == "waiting"


def test_a_plan_above_max_changes_is_held(lan, tmp_path):
    assert plan(outlet(lan, Shop(), tmp_path, max_changes=0.05)).state == "held"


def test_a_field_not_listed_is_never_sent(lan, tmp_path):
    report = plan(outlet(lan, Shop(), tmp_path, fields={"phone": "fill_if_blank"}))
    assert changes(lan, report.plan_id) == {"7": {"phone": [None, "+84912345678"]}}


def test_fill_if_blank_leaves_what_is_there(store, tmp_path):
    put_customer(store, LAN)
    put_record(store, 1, "g1", {"source_id": "7", "phones": [{"value": "+84987654321", "use": "own"}]})
    assert plan(outlet(store, Shop(), tmp_path, fields={"phone": "fill_if_blank"})).planned["noop"] == 1


@pytest.mark.parametrize("held", ["nguyễn thị lan", "Nguyễn  Thị Lan ", "NGUYỄN THỊ LAN"])
def test_equal_after_normalizing_is_no_difference(store, tmp_path, held):
    put_customer(store, LAN)
    put_record(store, 1, "g1", {"source_id": "7", "full_name": held})
    report = plan(outlet(store, Shop(), tmp_path, fields={"full_name": "hub"}))
    assert (report.plan_id, report.planned["noop"]) == (None, 1)


def test_tones_count_as_a_difference(lan, tmp_path):
    assert plan(outlet(lan, Shop(), tmp_path, fields={"full_name": "hub"})).planned["update"] == 1


def test_update_only_creates_nothing(store, tmp_path):
    put_customer(store, LAN)
    assert plan(outlet(store, Shop(), tmp_path)).planned["create"] == 0


def test_upsert_creates_who_is_missing(store, tmp_path):
    put_customer(store, LAN)
    put_record(store, 9, "g2", {"source_id": "9"})
    assert plan(outlet(store, Shop(), tmp_path, mode="upsert")).planned["create"] == 1


@pytest.mark.parametrize(("mode", "effects"), [("upsert", ["account_mail"]), ("update_only", [])])
def test_a_plan_tells_what_creates_set_off_there_and_the_time_at_the_vendors_rate(store, tmp_path, mode, effects):
    put_customer(store, LAN)
    put_customer(store, golden("g2", "Trần Văn Hùng"))
    put_record(store, 9, "g2", {"source_id": "9", "full_name": "?"})
    able = replace(SHOP, effects=("account_mail",), rate=0.5, requests=3)
    report = plan(replace(outlet(store, Shop(), tmp_path, mode=mode), capabilities=able))
    writes = 2 if mode == "upsert" else 1
    assert (report.effects, report.takes) == (effects, writes * 3 / (0.5 * 0.5))


def test_a_create_without_what_the_vendor_needs_is_blocked(store, tmp_path):
    put_customer(store, golden("g1", "Nguyễn Thị Lan", "+84912345678"))
    put_record(store, 9, "g2", {"source_id": "9"})
    assert plan(outlet(store, Shop(), tmp_path, mode="upsert")).planned["blocked"] == 1


def test_nobody_is_created_with_an_address_that_stands_there_on_somebody_elses_record(store, tmp_path):
    put_customer(store, golden("g1", "Trần Văn Hùng", email="chung@example.vn"))
    put_record(store, 1, "g1", {"source_id": "1", "emails": [{"value": "chung@example.vn", "use": "own"}]})
    with store.begin() as conn:
        mine = {"rid": 1, "n": 1, "type": "email", "value": "chung@example.vn", "issuer": "", "use": "own"}
        conn.execute(tables.identifiers.insert().values(key=True, flags="", **mine))
    put_customer(store, golden("g2", "Lê Thị Mai", email="chung@example.vn"))
    report = plan(outlet(store, Shop(), tmp_path, mode="upsert"))
    assert report.reasons["blocked"] == {"duplicate:email": 1}


def test_of_two_creates_with_one_address_the_older_customers_goes(store, tmp_path):
    put_record(store, 9, "g0", {"source_id": "9"})
    for key in ("g1", "g2"):
        put_customer(store, golden(key, f"Lê Thị {key}", email="chung@example.vn"))
    report = plan(outlet(store, Shop(), tmp_path, mode="upsert"))
    assert (report.planned["create"], report.reasons["blocked"]) == (1, {"duplicate:email": 1})


def test_nothing_is_created_while_the_source_is_incomplete(store, tmp_path):
    put_customer(store, LAN)
    assert plan(outlet(store, Shop(), tmp_path, mode="upsert")).planned["blocked"] == 1


def test_a_phone_is_not_copied_between_records_of_one_system(store, tmp_path):
    put_customer(store, LAN)
    put_record(store, 1, "g1", {"source_id": "7", "phones": [{"value": "+84912345678", "use": "own"}]})
    put_record(store, 2, "g1", {"source_id": "8"})
    report = plan(outlet(store, Shop(), tmp_path, fields={"phone": "fill_if_blank"}))
    assert (report.planned["update"], report.planned["noop"]) == (0, 2)


def test_a_phone_from_elsewhere_goes_to_one_of_several_records_only(store, tmp_path):
    put_customer(store, LAN)
    put_record(store, 1, "g1", {"source_id": "7"})
    put_record(store, 2, "g1", {"source_id": "8"})
    wished = {"phone": "fill_if_blank", "email": "fill_if_blank"}
    report = plan(outlet(store, Shop(), tmp_path, fields=wished))
    with store.read() as conn:
        rows = plans.all_items(conn, report.plan_id)
    assert [(row["target"], sorted(orjson.loads(row["changes"]))) for row in rows] == [("7", ["email", "phone"])]
    assert (report.planned["update"], report.planned["noop"]) == (1, 1)


@pytest.mark.parametrize("kind", ["anonymous", "masked", "staff", "test"])
def test_only_customers_are_pushed(store, tmp_path, kind):
    put_customer(store, LAN, kind)
    put_record(store, 1, "g1", {"source_id": "7"})
    assert plan(outlet(store, Shop(), tmp_path)).plan_id is None


def test_marketing_needs_a_grant(store, tmp_path):
    put_customer(store, LAN)
    put_record(store, 1, "g1", {"source_id": "7"})
    assert plan(outlet(store, Shop(), tmp_path, purpose="marketing")).planned["blocked"] == 1


def test_service_is_stopped_by_a_refusal(store, tmp_path):
    refusal = {"purpose": "service", "channel": "shop", "status": "refused"}
    put_customer(store, {**LAN, "consents": [refusal]})
    put_record(store, 1, "g1", {"source_id": "7"})
    assert plan(outlet(store, Shop(), tmp_path)).planned["blocked"] == 1


def test_only_rules_must_all_hold(lan, tmp_path):
    assert plan(outlet(lan, Shop(), tmp_path, only={"customer_type": ["business"]})).plan_id is None
