"""KiotViet's stand-in: tokens, lists, searches, sales."""

import base64
import json

import pytest
import requests
from vendor_clients import TIMEOUT, token_form

from hub.sandbox.kiotviet import times
from hub.sandbox.shapes import fields_of, misfits

FIELDS = fields_of("kiotviet")


def people(count, **fields):
    return [{"id": n, "name": f"Khách {n:03d}", "contactNumber": f"09{n:08d}", **fields} for n in range(1, count + 1)]


def dated(count):
    return [{**row, "modifiedDate": f"2026-01-01T00:{row['id']:02d}:00"} for row in people(count)]


def ask_token(box, **kwargs):
    return requests.post(box.info()["kiotviet"]["token_url"], timeout=TIMEOUT, **kwargs)


def code_of(answer):
    return answer.json()["responseStatus"]["errorCode"]


# -- tokens ----------------------------------------------------------------------------------------------------------


def test_a_token_lasts_a_day_and_is_a_bearer(box):
    answer = ask_token(box, data=token_form(box.info()["kiotviet"])).json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 86400)


def test_the_token_is_a_jwt_that_names_the_shop(box):
    token = ask_token(box, data=token_form(box.info()["kiotviet"])).json()["access_token"]
    claims = token.split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(claims + "=="))["client_RetailerCode"] == "cuahangthu"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"scopes": "Other"}, "invalid_scope"),
        ({"scope": "PublicApi.Access", "scopes": ""}, "invalid_scope"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_wrong_token_request_is_refused(box, change, error):
    answer = ask_token(box, data=token_form(box.info()["kiotviet"], **change))
    assert (answer.status_code, answer.json()) == (400, {"error": error})


def test_a_token_request_as_json_is_refused(box):
    assert ask_token(box, json=token_form(box.info()["kiotviet"])).json() == {"error": "invalid_request"}


def test_an_expired_token_is_refused_by_name(box, kiot):
    box.kiotviet.clock.advance(86401)
    answer = kiot.get("/customers")
    assert (answer.status_code, code_of(answer)) == (401, "TokenException")


def test_another_shops_name_is_refused(kiot):
    kiot.http.headers["Retailer"] = "other"
    assert kiot.get("/customers").status_code == 401


def test_the_hourly_limit_answers_429_without_retry_after(box, kiot):
    box.kiotviet.options.get_limit = 2
    answers = [kiot.get("/customers") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Retry-After" not in answers[2].headers


def test_the_hourly_limit_ends_with_the_hour(box, kiot):
    box.kiotviet.options.get_limit = 1
    kiot.get("/customers")
    kiot.get("/customers")
    box.kiotviet.clock.advance(3601)
    assert kiot.get("/customers").status_code == 200


# -- lists -----------------------------------------------------------------------------------------------------------


def test_a_row_has_only_documented_fields_of_documented_types(box, kiot):
    box.kiotviet.seed(customers=people(3, gender=False, birthDate="1990-02-03T00:00:00", email="a@example.com"))
    flags = {"includeTotal": "true", "includeCustomerGroup": "true", "includeCustomerSocial": "true"}
    for row in kiot.get("/customers", **flags).json()["data"]:
        assert misfits(row, FIELDS["customer"]) == []


def test_times_are_naive_with_seven_fraction_digits(box, kiot):
    box.kiotviet.seed(customers=people(1))
    (row,) = kiot.get("/customers").json()["data"]
    stamp = row["createdDate"]
    assert len(stamp) == 27
    assert stamp[19] == "."


def test_twenty_rows_when_no_size_is_asked(box, kiot):
    box.kiotviet.seed(customers=people(30))
    answer = kiot.get("/customers").json()
    assert (answer["total"], answer["pageSize"], len(answer["data"])) == (30, 20, 20)


def test_never_more_than_a_hundred_rows(box, kiot):
    box.kiotviet.seed(customers=people(120))
    answer = kiot.get("/customers", pageSize=500).json()
    assert (answer["pageSize"], len(answer["data"])) == (100, 100)


def test_current_item_is_an_offset_in_rows(box, kiot):
    box.kiotviet.seed(customers=people(10))
    answer = kiot.get("/customers", currentItem=7, pageSize=2).json()
    assert [row["id"] for row in answer["data"]] == [8, 9]


def test_past_the_end_there_is_nothing(box, kiot):
    box.kiotviet.seed(customers=people(3))
    assert kiot.get("/customers", currentItem=3).json()["data"] == []


@pytest.mark.parametrize(
    "params",
    [
        {"page": 1},
        {"pageSize": "many"},
        {"pageSize": 0},
        {"currentItem": -1},
        {"lastModifiedFrom": "yesterday"},
        {"orderBy": "shoeSize"},
        {"orderDirection": "up"},
        {"includeTotal": "yes"},
    ],
)
def test_unknown_or_wrong_parameters_are_refused(kiot, params):
    answer = kiot.get("/customers", **params)
    assert (answer.status_code, code_of(answer)) == (400, "ArgumentException")


def test_last_modified_from_includes_its_own_moment(box, kiot):
    box.kiotviet.seed(customers=dated(5))
    answer = kiot.get("/customers", lastModifiedFrom="2026-01-01T00:04:00").json()
    assert [row["id"] for row in answer["data"]] == [4, 5]


def test_a_time_with_a_zone_is_moved_to_the_shops_time(box, kiot):
    box.kiotviet.seed(customers=dated(5))
    answer = kiot.get("/customers", lastModifiedFrom="2025-12-31T17:05:00Z").json()
    assert [row["id"] for row in answer["data"]] == [5]


def test_rows_are_ordered_by_modified_date_and_direction(box, kiot):
    box.kiotviet.seed(customers=dated(5))
    box.kiotviet.clerk_edit("customers", 2, {"name": "Mới"})
    order = {"orderBy": "modifiedDate", "orderDirection": "Desc", "lastModifiedFrom": "2026-01-01T00:00:00"}
    assert [row["id"] for row in kiot.get("/customers", **order).json()["data"]] == [2, 5, 4, 3, 1]


def test_totals_are_there_only_when_asked(box, kiot):
    box.kiotviet.seed(customers=people(1), invoices=[{"customerId": 1, "total": 90}, {"customerId": 1, "total": 10}])
    (plain,) = kiot.get("/customers").json()["data"]
    (full,) = kiot.get("/customers", includeTotal="true").json()["data"]
    assert "totalInvoiced" not in plain
    assert full["totalInvoiced"] == 100


def test_a_cancelled_invoice_is_in_no_total(box, kiot):
    box.kiotviet.seed(customers=people(1), invoices=[{"customerId": 1, "total": 90, "status": 2}])
    (row,) = kiot.get("/customers", includeTotal="true").json()["data"]
    assert row["totalInvoiced"] == 0


@pytest.mark.parametrize("key", ["removedIds", "removeId"])
def test_removed_ids_come_in_either_spelling(box, kiot, key):
    box.kiotviet.options.removed_key = key
    box.kiotviet.seed(customers=people(3))
    box.kiotviet.clerk_delete("customers", 2)
    assert kiot.get("/customers", includeRemoveIds="true").json()[key] == [2]


def test_removed_ids_obey_last_modified_from(box, kiot):
    box.kiotviet.seed(customers=people(3))
    box.kiotviet.clerk_delete("customers", 2)
    later = times.stamp(box.kiotviet.clock.now())
    box.kiotviet.clerk_delete("customers", 3)
    answer = kiot.get("/customers", includeRemoveIds="true", lastModifiedFrom=later).json()
    assert answer["removedIds"] == [3]


def test_removed_ids_are_left_out_when_not_asked(box, kiot):
    assert "removedIds" not in kiot.get("/customers").json()


# -- searches --------------------------------------------------------------------------------------------------------


def test_a_phone_search_is_loose(box, kiot):
    rows = [
        {"name": "A", "contactNumber": "0912 345 678"},
        {"name": "B", "contactNumber": "0900", "subNumber": "0912345678"},
    ]
    box.kiotviet.seed(customers=[*rows, {"name": "C", "contactNumber": "0987654321"}])
    found = kiot.get("/customers", contactNumber="0912345678").json()["data"]
    assert [row["name"] for row in found] == ["A", "B"]


def test_a_search_by_part_of_a_phone_finds_those_that_hold_it(box, kiot):
    box.kiotviet.seed(customers=people(12))
    found = kiot.get("/customers", contactNumber="0000001").json()["data"]
    assert [row["id"] for row in found] == [1, 10, 11, 12]


def test_a_hidden_phone_is_found_but_not_shown(box, kiot):
    box.kiotviet.seed(customers=people(2))
    box.kiotviet.hide_contact_numbers([2])
    (row,) = kiot.get("/customers", contactNumber="0900000002").json()["data"]
    assert row["id"] == 2
    assert "contactNumber" not in row


def test_a_name_search_finds_parts_in_any_case(box, kiot):
    box.kiotviet.seed(customers=[{"name": "Nguyễn Thị Lan"}, {"name": "Hoa"}])
    assert [row["name"] for row in kiot.get("/customers", name="thị lan").json()["data"]] == ["Nguyễn Thị Lan"]


def test_a_code_search_is_exact(box, kiot):
    box.kiotviet.seed(customers=people(12))
    assert [row["id"] for row in kiot.get("/customers", code="KH000001").json()["data"]] == [1]


def test_one_customer_by_id_and_by_code_is_the_same(box, kiot):
    box.kiotviet.seed(customers=people(2))
    assert kiot.get("/customers/2").json() == kiot.get("/customers/code/KH000002").json()


def test_an_unknown_customer_is_404(kiot):
    assert kiot.get("/customers/77").status_code == 404


def test_groups_list_their_members(box, kiot):
    box.kiotviet.seed(customers=people(2, groupIds=[7]), groups=[{"id": 7, "name": "VIP"}])
    (group,) = kiot.get("/customers/group").json()["data"]
    assert misfits(group, FIELDS["group"]) == []
    assert [detail["customerId"] for detail in group["customerGroupDetails"]] == [1, 2]
