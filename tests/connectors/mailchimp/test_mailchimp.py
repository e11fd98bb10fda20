"""Mailchimp: consent is read and never overwritten, archived members stay, sweeps are whole."""

import json

import pytest
from fake_vendor import Reply

from hub.connectors import load
from hub.connectors.email_mailchimp.mapping import member_hash, to_canonical, to_vendor
from hub.errors import ConfigError, PermanentError
from hub.testing.destinations import write


@pytest.fixture
def audience(box):
    return box.mailchimp


@pytest.fixture
def connect(box, make_context, opened):
    def connect(options=None, **changes):
        opened.append(load("mailchimp").open(make_context({**box.info()["mailchimp"], **(options or {})}, **changes)))
        return opened[-1]

    return connect


def member(n, status="subscribed"):
    return {
        "email_address": f"k{n}@example.com",
        "status": status,
        "merge_fields": {"FNAME": "Lan", "LNAME": f"Lê {n}"},
    }


def pull(connection, cursor=None, *, full=False):
    return list(connection.pull("customers", cursor, full=full))


def ids(pages):
    return {record.source_id for page in pages for record in page.records}


def status_of(connection, email):
    found = connection.find("email", email)
    return to_canonical(json.loads(found[0].payload))["consents"][0]["status"]


def test_archived_members_are_read_as_withdrawn_and_not_as_gone(audience, connect):
    audience.seed(members=[member(1), member(2, "archived")])
    connection = connect()
    pages = pull(connection)
    assert ids(pages) == {member_hash("k1@example.com"), member_hash("k2@example.com")}
    assert not [gone for page in pages for gone in page.tombstones]
    mapped = [row for page in pages for row in connection.to_canonical("customers", page.records).rows]
    assert sorted(row["consents"][0]["status"] for row in mapped) == ["granted", "withdrawn"]


def test_a_sweep_ends_with_the_archived_ones_only(audience, connect):
    audience.seed(members=[member(n, "archived" if n % 2 else "subscribed") for n in range(10)])
    pages = pull(connect())
    assert [page.complete for page in pages] == [False] * (len(pages) - 1) + [True]
    assert len({page.snapshot for page in pages}) == 1


def test_a_sweep_cut_by_the_slice_is_finished_by_the_next_pull(audience, connect):
    audience.seed(members=[member(n) for n in range(1200)])
    first = pull(connect(deadline=lambda: True))
    rest = pull(connect(), first[-1].cursor)
    assert len(ids(first) | ids(rest)) == 1200
    assert {page.snapshot for page in first} == {page.snapshot for page in rest}
    assert rest[-1].complete


def test_a_sweep_is_made_again_once_it_is_due(audience, connect):
    audience.seed(members=[member(1)])
    connection = connect({"sweep_seconds": 0})
    first = pull(connection)
    again = pull(connection, first[-1].cursor)
    assert [page.complete for page in again].count(True) == 1


def test_no_sweep_before_it_is_due(audience, connect):
    audience.seed(members=[member(1)])
    connection = connect()
    first = pull(connection)
    assert {page.snapshot for page in pull(connection, first[-1].cursor)} == {None}


def test_a_member_archived_between_pulls_comes_as_a_change(audience, connect):
    audience.seed(members=[member(1), member(2)])
    connection = connect()
    first = pull(connection)
    list(connection.write([write("delete", member_hash("k1@example.com"), {})]))
    again = pull(connection, first[-1].cursor)
    mapped = [row for page in again for row in connection.to_canonical("customers", page.records).rows]
    assert "withdrawn" in {
        row["consents"][0]["status"] for row in mapped if row["source_id"] == member_hash("k1@example.com")
    }


@pytest.mark.parametrize("left", ["unsubscribed", "cleaned"])
def test_who_left_is_not_subscribed_again_by_a_create(audience, connect, left):
    audience.seed(members=[member(1, left)])
    connection = connect()
    list(
        connection.write(
            [write("create", None, {"email": "k1@example.com", "full_name": "Lê Lan", "marketing_email": "granted"})]
        )
    )
    assert status_of(connection, "k1@example.com") == "withdrawn"


@pytest.mark.parametrize("left", ["unsubscribed", "cleaned"])
def test_who_left_is_not_subscribed_again_by_an_update(audience, connect, left):
    audience.seed(members=[member(1, left)])
    connection = connect()
    (receipt,) = connection.write(
        [write("update", member_hash("k1@example.com"), {"full_name": "Lê Lan", "marketing_email": "granted"})]
    )
    assert receipt.outcome == "acked"
    assert status_of(connection, "k1@example.com") == "withdrawn"


@pytest.mark.parametrize(
    ("more", "consent"),
    [
        ({}, "unknown"),
        ({"marketing_email": "granted"}, "granted"),
        ({"marketing_email": "withdrawn"}, "withdrawn"),
        ({"consents": [{"purpose": "marketing", "channel": "email", "status": "granted"}]}, "granted"),
        ({"consents": [{"purpose": "marketing", "channel": "sms", "status": "granted"}]}, "unknown"),
    ],
)
def test_a_new_member_is_subscribed_only_with_a_grant(audience, connect, more, consent):
    connection = connect()
    (receipt,) = connection.write([write("create", None, {"email": "moi@example.com", **more})])
    assert receipt.outcome == "acked"
    assert status_of(connection, "moi@example.com") == consent


def test_a_withdrawal_unsubscribes(audience, connect):
    audience.seed(members=[member(1)])
    connection = connect()
    list(connection.write([write("deactivate", member_hash("k1@example.com"), {})]))
    assert status_of(connection, "k1@example.com") == "withdrawn"


def test_creates_are_one_request_and_errors_stand_by_item(audience, connect, box):
    wishes = [write("create", None, {"email": f"m{n}@example.com"}) for n in range(4)]
    wishes.append(write("create", None, {"email": "khong@phai.invalid"}))
    receipts = {receipt.key: receipt.outcome for receipt in connect().write(wishes)}
    assert [receipts[wish.key] for wish in wishes] == ["acked"] * 4 + ["rejected"]
    writing = {route: times for (_, method, route), times in box.journal.requests.items() if method != "GET"}
    assert list(writing.values()) == [1]


def test_a_create_of_an_existing_member_fills_what_they_lack(audience, connect, box):
    audience.seed(members=[member(1)])
    wish = {"email": "K1@example.com", "full_name": "Lê 1 Lan", "birth_date": "1990-03-08"}
    (receipt,) = connect().write([write("create", None, wish)])
    assert receipt.source_id == member_hash("k1@example.com")
    assert [one.body for one in box.journal.of("mailchimp")] == [{"merge_fields": {"BIRTHDAY": "03/08"}}]


def test_a_create_for_the_address_of_somebody_of_another_name_is_refused(audience, connect, box):
    audience.seed(members=[member(1)])
    wish = {"email": "K1@example.com", "full_name": "Trần Lan", "birth_date": "1990-03-08"}
    (receipt,) = connect().write([write("create", None, wish)])
    assert (receipt.outcome, receipt.reason) == ("rejected", "duplicate.email")
    assert box.journal.of("mailchimp") == []


def test_tags_are_set_and_taken_off(audience, connect):
    audience.seed(members=[member(1)])
    connection, target = connect(), member_hash("k1@example.com")
    list(connection.write([write("update", target, {"tags": ["VIP", "Huế"]})]))
    list(connection.write([write("update", target, {"tags": ["Huế"]}, {"tags": ["VIP", "Huế"]})]))
    row = connection.to_canonical("customers", [r for page in pull(connection) for r in page.records]).rows[0]
    assert row["tags"] == ["Huế"]


def test_an_audience_without_the_merge_field_rejects_the_write(vendor, make_context, opened):
    vendor.answer = lambda seen: Reply(200, {"merge_fields": [{"tag": "FNAME", "type": "text"}]})
    options = {"api_key": "key-us1", "audience": "a", "base_url": vendor.url}
    opened.append(load("mailchimp").open(make_context(options)))
    (receipt,) = opened[-1].write([write("update", "00", {"phone": "+84912345678"})])
    assert (receipt.outcome, receipt.reason) == ("rejected", "unwritable.merge_field")


def test_the_address_of_the_api_comes_out_of_the_key(make_context):
    connection = load("mailchimp").open(make_context({"api_key": "abc-us19", "audience": "a"}))
    assert connection._api._client.base_url == "https://us19.api.mailchimp.com/3.0"
    connection.close()


@pytest.mark.parametrize("key", ["abc", "abc-us19.evil.example", "abc-us19/x", "-"])
def test_a_key_without_a_data_centre_is_a_mistake_in_the_settings(make_context, key):
    with pytest.raises(ConfigError) as caught:
        load("mailchimp").open(make_context({"api_key": key, "audience": "a"}))
    assert caught.value.path == "sources.src.api_key"
    assert "abc" not in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({"birth_date": "1990-02-03"}, {"merge_fields": {"BIRTHDAY": "02/03"}}),
        ({"birth_date": "--02-03"}, {"merge_fields": {"BIRTHDAY": "02/03"}}),
        ({"full_name": "Nguyễn Thị Lan"}, {"merge_fields": {"FNAME": "Lan", "LNAME": "Nguyễn Thị"}}),
        ({"email": "moi@example.com"}, {"email_address": "moi@example.com"}),
        (
            {"address": {"line": "12 Hàng Bông", "province": "Hà Nội"}},
            {
                "merge_fields": {
                    "ADDRESS": {
                        "addr1": "12 Hàng Bông",
                        "addr2": "",
                        "city": "Hà Nội",
                        "state": "",
                        "zip": "",
                        "country": "",
                    }
                }
            },
        ),
    ],
)
def test_fields_become_the_vendors_own(fields, body):
    assert to_vendor(fields, {"id": "x"}) == body


@pytest.mark.parametrize(("field", "value"), [("birth_date", "1990"), ("address", {"province": "Huế"}), ("debt", "5")])
def test_what_mailchimp_cannot_hold_is_refused_by_field(field, value):
    with pytest.raises(PermanentError) as caught:
        to_vendor({field: value}, {"id": "x"})
    assert caught.value.code == f"unwritable.{field}"
