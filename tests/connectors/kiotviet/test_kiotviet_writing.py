"""Writing to KiotViet: whole records, groups kept, nothing owned by the till touched."""

from dataclasses import replace

import pytest
from fake_kiotviet import FakeKiotViet
from fake_vendor import Reply

from hub.connectors import load
from hub.connectors.pos_kiotviet.mapping import to_vendor
from hub.errors import PermanentError
from hub.testing.destinations import write

LAN = {
    "name": "Nguyễn Thị Lan",
    "contactNumber": "0912345678",
    "subNumber": "0987654321",
    "email": "lan@example.com",
    "gender": False,
    "address": "12 Hàng Bông",
    "locationName": "Hà Nội - Hoàn Kiếm",
    "debt": 150000,
    "totalPoint": 7,
    "groups": "Khách sỉ",
    "comments": "hay mua buổi sáng",
}


@pytest.fixture
def shop(vendor):
    made = FakeKiotViet(vendor)
    made.groups.append({"id": 5, "name": "Khách sỉ"})
    made.add(1, **LAN)
    return made


@pytest.fixture
def connect(shop, make_context, opened):
    def connect(**options):
        opened.append(load("kiotviet").open(make_context({**shop.options, **options})))
        return opened[-1]

    return connect


def puts(vendor):
    return [seen.json for seen in vendor.seen if seen.method == "PUT"]


def posts(vendor):
    return [seen.json for seen in vendor.seen if seen.method == "POST" and seen.path == "/customers"]


def test_an_update_repeats_the_whole_known_record(connect, vendor):
    (receipt,) = connect().write([write("update", "1", {"email": "moi@example.com"})])
    assert receipt.outcome == "acked"
    kept = {
        key: LAN[key] for key in ("name", "contactNumber", "subNumber", "gender", "address", "locationName", "comments")
    }
    assert {**kept, "email": "moi@example.com", "code": "KH000001", "groupIds": [5]} == puts(vendor)[0]


def test_an_update_never_sends_debt_points_or_totals(connect, vendor):
    list(connect().write([write("update", "1", {"email": "moi@example.com"})]))
    assert not [
        key for key in puts(vendor)[0] if "debt" in key.lower() or "point" in key.lower() or "total" in key.lower()
    ]


def test_groups_by_id_are_repeated_without_asking_for_their_names(connect, shop, vendor):
    shop.customers[1]["customerGroupDetails"] = [{"id": 1, "customerId": 1, "groupId": 9}]
    list(connect().write([write("update", "1", {"email": "moi@example.com"})]))
    assert puts(vendor)[0]["groupIds"] == [9]
    assert "/customers/group" not in [seen.path for seen in vendor.seen]


def test_an_update_that_would_lose_a_group_is_rejected(connect, shop, vendor):
    shop.groups.clear()
    (receipt,) = connect().write([write("update", "1", {"email": "moi@example.com"})])
    assert (receipt.outcome, receipt.reason) == ("rejected", "would_lose_groups")
    assert puts(vendor) == []


@pytest.mark.parametrize("wrapped", [True, False])
def test_answers_wrapped_or_flat_give_the_id(connect, shop, wrapped):
    shop.wrapped = wrapped
    (receipt,) = connect().write([write("create", None, {"full_name": "Phạm Mới"})])
    assert (receipt.outcome, receipt.source_id) == ("acked", "2")


def test_a_create_without_an_answer_is_unknown_and_sent_once(connect, shop, vendor):
    connection = connect()
    connection.check()
    shop.next_reply = Reply(drop=True)
    (receipt,) = connection.write([write("create", None, {"full_name": "Phạm Mới"})])
    assert receipt.outcome == "unknown"
    assert len(posts(vendor)) == 1


@pytest.mark.parametrize(
    ("options", "marks"),
    [
        ({"mark": "code"}, {"code": "H-1"}),
        ({"mark": "comments"}, {"comments": "H-1"}),
        ({"mark": "none"}, {}),
        ({}, {}),
    ],
)
def test_a_mark_goes_where_the_settings_say(connect, vendor, options, marks):
    wish = replace(write("create", None, {"full_name": "Phạm Mới"}), mark="H-1")
    list(connect(**options).write([wish]))
    assert {key: value for key, value in posts(vendor)[0].items() if key in ("code", "comments")} == marks


def test_a_create_without_a_name_is_rejected_before_it_is_sent(connect, vendor):
    (receipt,) = connect().write([write("create", None, {"phone": "0912000000"})])
    assert (receipt.outcome, receipt.reason) == ("rejected", "needs.full_name")
    assert posts(vendor) == []


def test_looking_up_a_phone_gives_all_candidates_as_they_come(connect, shop):
    shop.add(1, name="Người Khác", contactNumber="84912345678")
    found = connect().find("phone", "912345678")
    assert [candidate.source_id for candidate in found] == ["1", "2"]


def test_looking_up_a_code_is_exact(connect):
    assert [candidate.source_id for candidate in connect().find("code", "KH000001")] == ["1"]


def test_forgetting_overwrites_before_it_deletes(connect, vendor, shop):
    assert connect().forget("1").outcome == "acked"
    assert not [
        value for value in puts(vendor)[0].values() if value in LAN.values() and value not in (False, 7, 150000)
    ]
    assert shop.customers == {}


def test_forgetting_blanks_birth_date_and_gender_too(connect, vendor):
    connect().forget("1")
    assert {name: puts(vendor)[0][name] for name in ("birthDate", "gender")} == {"birthDate": None, "gender": None}


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        (
            {"full_name": "Lan", "phone": "0912", "email": None, "note": "x"},
            {"name": "Lan", "contactNumber": "0912", "email": "", "comments": "x"},
        ),
        ({"birth_date": "1990-02-03"}, {"birthDate": "1990-02-03T00:00:00"}),
        ({"birth_date": None}, {"birthDate": None}),
        ({"gender": "female"}, {"gender": False}),
        ({"gender": "male"}, {"gender": True}),
        (
            {"address": {"line": "12 Hàng Bông", "ward": "Hàng Gai", "district": "Hoàn Kiếm", "province": "Hà Nội"}},
            {"address": "12 Hàng Bông", "locationName": "Hà Nội - Hoàn Kiếm", "wardName": "Hàng Gai"},
        ),
    ],
)
def test_fields_become_the_vendors_own(fields, body):
    assert to_vendor(fields, {}) == body


@pytest.mark.parametrize(
    ("field", "value"), [("birth_date", "1990"), ("birth_date", "--02-03"), ("gender", "other"), ("tier", "VIP")]
)
def test_what_kiotviet_cannot_hold_is_refused_by_field(field, value):
    with pytest.raises(PermanentError) as caught:
        to_vendor({field: value}, {})
    assert caught.value.code == f"unwritable.{field}"


def test_a_woman_stays_a_woman():
    assert to_vendor({}, {"gender": False})["gender"] is False
