"""Mailchimp's stand-in: keys, the list of members, upserts, consent, tags, merge fields, batches."""

import pytest
import requests
from vendor_clients import TIMEOUT, hash_of

from hub.sandbox.shapes import fields_of, misfits

FIELDS = fields_of("mailchimp")
LAN = {"email_address": "lan@example.com", "status_if_new": "subscribed"}


def member(n, **fields):
    return {"email_address": f"m{n}@example.com", "last_changed": f"2026-01-01T00:00:{n:02d}+00:00", **fields}


def emails(answer):
    return [row["email_address"] for row in answer.json()["members"]]


def title_of(answer):
    return answer.status_code, answer.json()["title"]


def upsert(mail, email="lan@example.com", **fields):
    return mail.put(f"/members/{hash_of(email)}", {**LAN, "email_address": email, **fields})


# -- keys ------------------------------------------------------------------------------------------------------------


def test_ping_is_well_with_basic_and_with_bearer(box):
    info = box.info()["mailchimp"]
    basic = requests.get(info["base_url"] + "/ping", auth=("x", info["api_key"]), timeout=TIMEOUT)
    bearer = requests.get(
        info["base_url"] + "/ping", headers={"Authorization": f"Bearer {info['api_key']}"}, timeout=TIMEOUT
    )
    assert basic.json() == bearer.json() == {"health_status": "Everything's Chimpy!"}


@pytest.mark.parametrize("auth", [None, ("anyone", "otherkey-us19")])
def test_a_wrong_key_is_a_problem_document(mail, auth):
    mail.http.auth = auth
    answer = mail.get("/members")
    assert title_of(answer) == (401, "API Key Invalid")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_another_audience_is_not_there(box, mail):
    mail.base = box.info()["mailchimp"]["base_url"] + "/lists/other"
    assert title_of(mail.get("/members")) == (404, "Resource Not Found")


def test_the_audience_counts_its_members(box, mail):
    box.mailchimp.seed(members=[member(1), member(2, status="unsubscribed"), member(3, status="archived")])
    body = mail.get("").json()
    assert misfits(body, FIELDS["list"]) == []
    assert (body["stats"]["member_count"], body["stats"]["unsubscribe_count"]) == (1, 1)


# -- the list --------------------------------------------------------------------------------------------------------


def test_a_member_has_only_documented_fields_of_documented_types(box, mail):
    box.mailchimp.seed(members=[member(1, merge_fields={"FNAME": "Lan", "LNAME": "Nguyễn"})])
    (row,) = mail.get("/members").json()["members"]
    assert misfits(row, FIELDS["member"]) == []
    assert row["full_name"] == "Lan Nguyễn"


def test_every_merge_field_of_the_audience_has_a_value(box, mail):
    box.mailchimp.seed(members=[member(1)])
    (row,) = mail.get("/members").json()["members"]
    assert row["merge_fields"] == dict.fromkeys(("FNAME", "LNAME", "ADDRESS", "PHONE", "BIRTHDAY"), "")


def test_ten_members_when_no_count_is_asked_and_a_thousand_at_most(box, mail):
    box.mailchimp.seed(members=[member(n) for n in range(12)])
    assert len(emails(mail.get("/members"))) == 10
    assert title_of(mail.get("/members", count=1001)) == (400, "Invalid Resource")


def test_archived_members_come_only_when_asked_for(box, mail):
    box.mailchimp.seed(members=[member(1), member(2, status="archived")])
    assert emails(mail.get("/members")) == ["m1@example.com"]
    assert emails(mail.get("/members", status="archived")) == ["m2@example.com"]


def test_since_last_changed_excludes_its_own_second(box, mail):
    box.mailchimp.seed(members=[member(n) for n in range(1, 5)])
    answer = mail.get("/members", since_last_changed="2026-01-01T00:00:02+00:00", sort_field="last_changed")
    assert emails(answer) == ["m3@example.com", "m4@example.com"]
    assert answer.json()["total_items"] == 2


def test_members_are_sorted_downwards(box, mail):
    box.mailchimp.seed(members=[member(n) for n in (2, 3, 1)])
    found = emails(mail.get("/members", sort_field="last_changed", sort_dir="DESC"))
    assert found == ["m3@example.com", "m2@example.com", "m1@example.com"]


def test_offset_and_count_cut_a_page(box, mail):
    box.mailchimp.seed(members=[member(n) for n in range(6)])
    assert emails(mail.get("/members", offset=4, count=5)) == ["m4@example.com", "m5@example.com"]


def test_fields_keep_and_exclude_fields_drop(box, mail):
    box.mailchimp.seed(members=[member(1)])
    kept = mail.get("/members", fields="members.email_address,members.merge_fields.FNAME,total_items").json()
    assert kept == {"members": [{"email_address": "m1@example.com", "merge_fields": {"FNAME": ""}}], "total_items": 1}
    assert "stats" not in mail.get("/members", exclude_fields="members.stats").json()["members"][0]


@pytest.mark.parametrize(
    "params", [{"page": 1}, {"status": "gone"}, {"sort_field": "email"}, {"since_last_changed": "x"}]
)
def test_unknown_or_wrong_parameters_are_refused(mail, params):
    assert title_of(mail.get("/members", **params)) == (400, "Invalid Resource")


# -- upserts ---------------------------------------------------------------------------------------------------------


def test_a_put_creates_and_then_updates_the_same_member(box, mail):
    upsert(mail)
    upsert(mail, merge_fields={"FNAME": "Lan"})
    assert [(entry.action, entry.record) for entry in box.journal.of()] == [
        ("create", hash_of("lan@example.com")),
        ("update", hash_of("lan@example.com")),
    ]


def test_a_new_member_needs_a_status(mail):
    answer = mail.put(f"/members/{hash_of('lan@example.com')}", {"email_address": "lan@example.com"})
    assert answer.json()["errors"][0]["field"] == "status_if_new"


def test_merge_fields_are_merged(mail):
    upsert(mail, merge_fields={"FNAME": "Lan", "LNAME": "Nguyễn"})
    row = upsert(mail, merge_fields={"FNAME": "Hoa"}).json()
    assert (row["merge_fields"]["FNAME"], row["merge_fields"]["LNAME"]) == ("Hoa", "Nguyễn")


def test_last_changed_moves_only_on_a_change(box, mail):
    first = upsert(mail, merge_fields={"FNAME": "Lan"}).json()["last_changed"]
    box.mailchimp.clock.advance(60)
    assert upsert(mail, merge_fields={"FNAME": "Lan"}).json()["last_changed"] == first
    assert upsert(mail, merge_fields={"FNAME": "Hoa"}).json()["last_changed"] > first


def test_an_unsubscribed_member_cannot_be_subscribed_again(box, mail):
    box.mailchimp.seed(members=[member(1, status="unsubscribed")])
    answer = upsert(mail, "m1@example.com", status="subscribed")
    assert title_of(answer) == (400, "Member In Compliance State")
    assert box.mailchimp.find("m1@example.com")["status"] == "unsubscribed"


def test_status_if_new_says_nothing_about_a_member_who_left(box, mail):
    box.mailchimp.seed(members=[member(1, status="unsubscribed")])
    assert upsert(mail, "m1@example.com", merge_fields={"FNAME": "Lan"}).json()["status"] == "unsubscribed"


def test_a_member_who_left_may_be_asked_again(box, mail):
    box.mailchimp.seed(members=[member(1, status="unsubscribed")])
    assert upsert(mail, "m1@example.com", status="pending").json()["status"] == "pending"


def test_a_post_of_a_known_address_is_refused(mail):
    upsert(mail)
    answer = mail.post("/members", {"email_address": "LAN@example.com", "status": "subscribed"})
    assert title_of(answer) == (400, "Member Exists")


def test_a_patch_may_change_the_address_and_so_the_hash(mail):
    upsert(mail)
    row = mail.patch(f"/members/{hash_of('lan@example.com')}", {"email_address": "hoa@example.com"}).json()
    assert row["id"] == hash_of("hoa@example.com")
    assert mail.get(f"/members/{hash_of('lan@example.com')}").status_code == 404


def test_a_member_is_found_by_hash_address_and_contact_id(mail):
    contact = upsert(mail).json()["contact_id"]
    found = [
        mail.get(f"/members/{key}").json()["web_id"] for key in (hash_of("lan@example.com"), "lan@example.com", contact)
    ]
    assert len(set(found)) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"merge_fields": {"GOLDENID": "x"}}, "GOLDENID"),
        ({"merge_fields": {"BIRTHDAY": "25/12"}}, "BIRTHDAY"),
        ({"merge_fields": {"BIRTHDAY": "1990-12-25"}}, "BIRTHDAY"),
        ({"merge_fields": {"FNAME": "x" * 256}}, "FNAME"),
        ({"merge_fields": {"ADDRESS": {"addr1": "1 Lê Lợi"}}}, "ADDRESS"),
        ({"phone": "0912345678"}, "phone"),
        ({"status": "gone"}, "status"),
    ],
)
def test_wrong_values_are_an_invalid_resource_that_names_the_field(mail, fields, field):
    answer = upsert(mail, **fields)
    assert title_of(answer) == (400, "Invalid Resource")
    assert answer.json()["errors"][0]["field"] == field


def test_a_birthday_is_month_and_day(mail):
    assert upsert(mail, merge_fields={"BIRTHDAY": "12/25"}).json()["merge_fields"]["BIRTHDAY"] == "12/25"


def test_an_unknown_merge_field_is_ignored_when_not_strict(box, mail):
    box.mailchimp.options.strict = False
    assert upsert(mail, merge_fields={"GOLDENID": "x"}).status_code == 200


def test_merge_validation_can_be_skipped(mail):
    body = {**LAN, "merge_fields": {"BIRTHDAY": "25/12"}}
    answer = mail.put(f"/members/{hash_of('lan@example.com')}", body, skip_merge_validation="true")
    assert answer.status_code == 200


@pytest.mark.parametrize("email", ["nobody", "a@b", "lan@shop.invalid"])
def test_a_fake_address_is_refused(mail, email):
    assert title_of(upsert(mail, email)) == (400, "Invalid Resource")
