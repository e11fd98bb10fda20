"""Mailchimp's stand-in: leaving, tags, merge fields, batches."""

import pytest
from vendor_clients import hash_of

from hub.sandbox.shapes import fields_of, misfits

FIELDS = fields_of("mailchimp")
LAN = {"email_address": "lan@example.com", "status_if_new": "subscribed"}


def member(n, **fields):
    return {"email_address": f"m{n}@example.com", "last_changed": f"2026-01-01T00:00:{n:02d}+00:00", **fields}


def title_of(answer):
    return answer.status_code, answer.json()["title"]


def upsert(mail, email="lan@example.com", **fields):
    return mail.put(f"/members/{hash_of(email)}", {**LAN, "email_address": email, **fields})


# -- leaving ---------------------------------------------------------------------------------------------------------


def test_a_delete_archives(mail):
    upsert(mail)
    assert mail.delete(f"/members/{hash_of('lan@example.com')}").status_code == 204
    assert mail.get(f"/members/{hash_of('lan@example.com')}").json()["status"] == "archived"


def test_an_archived_member_comes_back_by_an_upsert(mail):
    upsert(mail)
    mail.delete(f"/members/{hash_of('lan@example.com')}")
    assert upsert(mail).json()["status"] == "subscribed"


def test_an_erased_address_can_never_be_written_again(mail):
    upsert(mail)
    assert mail.post(f"/members/{hash_of('lan@example.com')}/actions/delete-permanent").status_code == 204
    assert title_of(upsert(mail)) == (400, "Forgotten Email Not Subscribed")


# -- tags and merge fields -------------------------------------------------------------------------------------------


def test_tags_are_added_and_taken_away(mail):
    upsert(mail)
    path = f"/members/{hash_of('lan@example.com')}/tags"
    mail.post(path, {"tags": [{"name": "VIP", "status": "active"}, {"name": "Sỉ", "status": "active"}]})
    assert mail.post(path, {"tags": [{"name": "VIP", "status": "inactive"}]}).status_code == 204
    assert [tag["name"] for tag in mail.get(path).json()["tags"]] == ["Sỉ"]


def test_tags_in_an_update_are_ignored(mail):
    upsert(mail, tags=["VIP"])
    assert [tag["name"] for tag in upsert(mail, tags=["Sỉ"]).json()["tags"]] == ["VIP"]


def test_a_merge_field_can_be_made_and_then_used(mail):
    made = mail.post("/merge-fields", {"tag": "GOLDENID", "name": "Golden id", "type": "text"}).json()
    assert misfits(made, FIELDS["merge_field"]) == []
    assert upsert(mail, merge_fields={"GOLDENID": "g1"}).json()["merge_fields"]["GOLDENID"] == "g1"


def test_merge_fields_are_listed_in_pages(mail):
    body = mail.get("/merge-fields", count=2, offset=1).json()
    assert [field["tag"] for field in body["merge_fields"]] == ["LNAME", "ADDRESS"]
    assert body["total_items"] == 5


@pytest.mark.parametrize("tag", ["TOOLONGATAG", "FNAME", "golden id"])
def test_a_bad_or_taken_merge_tag_is_refused(mail, tag):
    assert mail.post("/merge-fields", {"tag": tag, "name": "X", "type": "text"}).status_code == 400


# -- batches ---------------------------------------------------------------------------------------------------------


def batch(mail, *members, update=False):
    return mail.post("", {"members": list(members), "update_existing": update})


def subscribe(email, **fields):
    return {"email_address": email, "status": "subscribed", **fields}


def test_a_batch_answers_200_with_an_error_per_failing_item(mail):
    upsert(mail)
    answer = batch(mail, subscribe("lan@example.com"), subscribe("new@example.com"), subscribe("broken"))
    body = answer.json()
    assert answer.status_code == 200
    assert (body["total_created"], body["total_updated"], body["error_count"]) == (1, 0, 2)
    assert body["errors"][0]["error_code"] == "ERROR_CONTACT_EXISTS"


def test_a_batch_updates_when_told_so(mail):
    upsert(mail)
    body = batch(mail, subscribe("lan@example.com", merge_fields={"FNAME": "Lan"}), update=True).json()
    assert body["updated_members"][0]["merge_fields"]["FNAME"] == "Lan"


def test_a_batch_subscribes_nobody_who_left(box, mail):
    box.mailchimp.seed(members=[member(1, status="unsubscribed")])
    assert batch(mail, subscribe("m1@example.com"), update=True).json()["error_count"] == 1


def test_an_address_twice_in_a_batch_is_done_once(box, mail):
    body = batch(mail, subscribe("a@example.com"), subscribe("A@example.com")).json()
    assert (body["total_created"], body["error_count"]) == (1, 1)
    assert len(box.journal.of()) == 1


def test_a_batch_takes_five_hundred(mail):
    many = [subscribe(f"n{n}@example.com") for n in range(501)]
    assert title_of(batch(mail, *many)) == (400, "Invalid Resource")
    assert batch(mail, *many[:500]).json()["total_created"] == 500
