"""KiotViet's stand-in: creating, replacing, deleting customers; what is refused; what the journal says."""

import pytest

from hub.sandbox.shapes import fields_of, misfits

LAN = {"name": "Nguyễn Thị Lan", "contactNumber": "0912345678", "email": "lan@example.com", "comments": "Quen"}


def refusal(answer):
    body = answer.json()["responseStatus"]
    return answer.status_code, body["errors"][0]["fieldName"]


def test_a_created_customer_comes_back_wrapped(kiot):
    body = kiot.post("/customers", LAN).json()
    assert set(body) == {"message", "data"}
    assert misfits(body["data"], fields_of("kiotviet")["customer_written"]) == []


def test_a_shop_may_answer_flat_as_the_documents_draw(box, kiot):
    box.kiotviet.options.wrap_writes = False
    assert kiot.post("/customers", LAN).json()["name"] == "Nguyễn Thị Lan"


def test_a_created_customer_can_be_read(kiot):
    key = kiot.post("/customers", LAN).json()["data"]["id"]
    row = kiot.get(f"/customers/{key}").json()
    assert LAN.items() <= row.items()


def test_a_code_is_made_when_none_is_sent(kiot):
    assert kiot.post("/customers", LAN).json()["data"]["code"].startswith("KH0")


def test_a_customer_needs_a_name(kiot):
    assert refusal(kiot.post("/customers", {"contactNumber": "0912345678"})) == (400, "name")


def test_a_code_is_given_once(kiot):
    kiot.post("/customers", {"name": "A", "code": "VIP1"})
    assert refusal(kiot.post("/customers", {"name": "B", "code": "VIP1"})) == (400, "code")


def test_a_phone_is_given_once_however_it_is_typed(kiot):
    kiot.post("/customers", LAN)
    assert refusal(kiot.post("/customers", {"name": "B", "contactNumber": "0912.345.678"})) == (400, "contactNumber")


def test_the_refusal_of_a_phone_is_vietnamese(kiot):
    kiot.post("/customers", LAN)
    message = kiot.post("/customers", {**LAN, "name": "B"}).json()["responseStatus"]["message"]
    assert "đã tồn tại" in message


def test_a_phone_may_be_had_once_per_branch_when_customers_are_kept_by_branch(box, kiot):
    box.kiotviet.options.manage_by_branch = True
    answers = [kiot.post("/customers", {**LAN, "branchId": branch}) for branch in (1, [2], 1)]
    assert [answer.status_code for answer in answers] == [200, 200, 400]


@pytest.mark.parametrize("field", ["phone", "tags", "id", "organization"])
def test_an_unknown_field_is_refused(kiot, field):
    assert refusal(kiot.post("/customers", {**LAN, field: "x"})) == (400, field)


def test_a_field_of_another_type_is_refused(kiot):
    assert refusal(kiot.post("/customers", {**LAN, "gender": "female"})) == (400, "gender")


def test_a_birth_date_comes_back_with_a_midnight(kiot):
    answer = kiot.post("/customers", {**LAN, "birthDate": "1990-02-03"}).json()
    assert answer["data"]["birthDate"] == "1990-02-03T00:00:00.0000000"


def test_a_birth_date_that_no_calendar_has_is_refused(kiot):
    assert refusal(kiot.post("/customers", {**LAN, "birthDate": "1990-13-45"})) == (400, "birthDate")


def test_a_body_that_is_no_json_is_refused(kiot):
    assert kiot.call("POST", "/customers", data=b"{").status_code == 400


def test_an_unknown_group_is_refused(kiot):
    assert refusal(kiot.post("/customers", {**LAN, "groupIds": [5]})) == (400, "groupIds")


def test_an_update_clears_what_it_leaves_out(kiot):
    key = kiot.post("/customers", {**LAN, "gender": False}).json()["data"]["id"]
    kiot.put(f"/customers/{key}", {"name": "Nguyễn Thị Lan", "contactNumber": "0912345678"})
    row = kiot.get(f"/customers/{key}").json()
    assert "email" not in row
    assert "comments" not in row
    assert "gender" not in row


def test_an_update_leaves_code_debt_and_points_alone(box, kiot):
    box.kiotviet.seed(customers=[{"id": 1, "name": "A", "code": "X1", "debt": 5000, "rewardPoint": 7}])
    kiot.put("/customers/1", {"name": "B"})
    row = kiot.get("/customers/1").json()
    assert (row["code"], row["debt"], row["rewardPoint"]) == ("X1", 5000, 7)


def test_an_update_moves_the_modified_date(box, kiot):
    box.kiotviet.seed(customers=[{"id": 1, "name": "A", "modifiedDate": "2020-01-01T00:00:00"}])
    kiot.put("/customers/1", {"name": "B"})
    assert kiot.get("/customers", lastModifiedFrom="2021-01-01").json()["total"] == 1


def test_an_update_to_anothers_phone_is_refused(kiot):
    kiot.post("/customers", LAN)
    key = kiot.post("/customers", {"name": "B", "contactNumber": "0900000001"}).json()["data"]["id"]
    assert refusal(kiot.put(f"/customers/{key}", {"name": "B", "contactNumber": "0912345678"})) == (
        400,
        "contactNumber",
    )


def test_seeded_doubles_of_a_phone_can_still_be_updated(box, kiot):
    box.kiotviet.seed(customers=[{"id": n, "name": "A", "contactNumber": "0912345678"} for n in (1, 2)])
    assert kiot.put("/customers/2", {"name": "B", "contactNumber": "0912345678"}).status_code == 200


def test_a_deleted_customer_is_gone(kiot):
    key = kiot.post("/customers", LAN).json()["data"]["id"]
    assert kiot.delete(f"/customers/{key}").json() == {"message": "Xóa dữ liệu thành công"}
    assert kiot.get(f"/customers/{key}").status_code == 404


def test_a_deleted_customers_phone_is_free_again(kiot):
    key = kiot.post("/customers", LAN).json()["data"]["id"]
    kiot.delete(f"/customers/{key}")
    assert kiot.post("/customers", LAN).status_code == 200


def test_a_bulk_create_gives_no_ids_back(kiot):
    body = kiot.post("/listaddcutomers", {"listCustomers": [{"name": "A"}, {"name": "B"}]}).json()
    assert set(body) == {"message"}
    assert kiot.get("/customers").json()["total"] == 2


def test_a_bulk_create_is_all_or_nothing(box, kiot):
    answer = kiot.post("/listaddcutomers", {"listCustomers": [{"name": "A"}, {"name": ""}]})
    assert answer.status_code == 400
    assert kiot.get("/customers", includeRemoveIds="true").json()["removedIds"] == []
    assert box.kiotviet.rows("customers") == []


def test_a_bulk_update_replaces_its_own_fields(box, kiot):
    box.kiotviet.seed(customers=[{"id": 1, "name": "A", "email": "a@example.com", "taxCode": "0100000000"}])
    kiot.put("/listupdatecustomers", {"listCustomers": [{"id": 1, "name": "B"}]})
    row = kiot.get("/customers/1").json()
    assert (row["name"], row.get("email"), row["taxCode"]) == ("B", None, "0100000000")


def test_a_failed_bulk_update_changes_nothing(box, kiot):
    box.kiotviet.seed(customers=[{"id": 1, "name": "A"}])
    before = box.kiotviet.rows("customers")
    kiot.put("/listupdatecustomers", {"listCustomers": [{"id": 1, "name": "B"}, {"id": 9, "name": "C"}]})
    assert box.kiotviet.rows("customers") == before


def test_every_accepted_write_is_in_the_journal(box, kiot):
    key = kiot.post("/customers", LAN).json()["data"]["id"]
    kiot.put(f"/customers/{key}", LAN)
    kiot.delete(f"/customers/{key}")
    noted = [(entry.action, entry.record, entry.changed) for entry in box.journal.of("kiotviet")]
    assert noted == [("create", key, True), ("update", key, False), ("delete", key, True)]


def test_a_refused_write_is_not_in_the_journal(box, kiot):
    kiot.post("/customers", {"contactNumber": "0912345678"})
    assert box.journal.of() == []
