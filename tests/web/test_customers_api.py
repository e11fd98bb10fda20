"""Customers over HTTP: by id and code, as they were, look-up, lists, masks, ETags."""

from __future__ import annotations

import pytest
from town import HUNG, LAN, Town

WRONG = (
    "limit=0", "limit=201", "limit=x", "limit=1&limit=2", "wrong=1", "as_of=1", "updated_since=2026-02-31", "phone=", "q=%00",
    "phone=%ff",
)  # fmt: skip


def test_a_customer_answers_by_id_and_by_code(town: Town) -> None:
    found = town.get(f"/v1/customers/{town.whose(LAN)}").json()
    assert found["full_name"] == "Nguyễn Thị Lan"
    assert town.get(f"/v1/customers/{found['customer_code']}").json() == found
    assert town.get(f"/v1/customers/{found['golden_id'].replace('-', '').upper()}").json() == found


@pytest.mark.parametrize("key", ["0193a5c2-0000-7000-8000-000000000000", "KH00000000", "nobody", "%00", "a'--"])
def test_who_is_not_there_is_not_found(town: Town, key: str) -> None:
    assert town.get(f"/v1/customers/{key}").status_code == 404


def test_without_the_right_contacts_and_birth_date_are_masked(town: Town) -> None:
    masked = town.get(f"/v1/customers/{town.whose(LAN)}", "reader").json()
    text = str(masked)
    for secret in ("912345678", "lan@example.com", "05-17", "001190012345", "thích"):
        assert secret not in text
    assert masked["birth_date"] == "1990"
    assert masked["full_name"] == "Nguyễn Thị Lan"


def test_an_unchanged_customer_is_not_sent_again(town: Town) -> None:
    path = f"/v1/customers/{town.whose(LAN)}"
    etag = town.get(path).headers["etag"]
    answer = town.get(path, headers={"if-none-match": f'"x", W/{etag}'})
    assert (answer.status_code, answer.content) == (304, b"")
    assert town.get(path, "reader", headers={"if-none-match": etag}).status_code == 200


def test_a_customer_as_of_before_it_was_is_not_found(town: Town) -> None:
    path = f"/v1/customers/{town.whose(LAN)}"
    assert town.get(path, params={"as_of": "2001-01-01"}).status_code == 404
    assert town.get(path, params={"as_of": "2099-12-31T00:00:00Z"}).json()["full_name"] == "Nguyễn Thị Lan"


@pytest.mark.parametrize("typed", ["0912345678", "0912 345 678", "+84912345678", "84912345678"])
def test_a_phone_is_found_however_it_is_typed(town: Town, typed: str) -> None:
    assert [one["full_name"] for one in town.get("/v1/customers", params={"phone": typed}).json()["items"]] == [
        "Nguyễn Thị Lan"
    ]


def test_a_plus_that_the_address_swallowed_is_a_plus(town: Town) -> None:
    assert len(town.get("/v1/customers?phone=+84912345678").json()["items"]) == 1


def test_a_look_up_is_always_a_list(town: Town) -> None:
    for asked in (
        {"phone": "0999111222"},
        {"phone": "xyz"},
        {"email": "nobody@example.com"},
        {"code": "x"},
        {"q": "Zzyzx"},
    ):
        assert town.get("/v1/customers", params=asked).json() == {"items": [], "next": None}


def test_conditions_hold_together(town: Town) -> None:
    assert len(town.get("/v1/customers", params={"phone": LAN, "email": "LAN@example.com"}).json()["items"]) == 1
    assert town.get("/v1/customers", params={"phone": HUNG, "email": "lan@example.com"}).json()["items"] == []


def test_a_search_forgives_tones_and_order(town: Town) -> None:
    found = town.get("/v1/customers", params={"q": "van hung tran"}).json()["items"]
    assert [one["full_name"] for one in found] == ["Trần Văn Hùng"]


def test_who_may_not_see_numbers_cannot_search_by_parts_of_them(town: Town) -> None:
    assert town.get("/v1/customers", params={"q": "345678"}).json()["items"]
    assert town.get("/v1/customers", "reader", params={"q": "345678"}).json()["items"] == []


@pytest.mark.parametrize("more", [{}, {"updated_since": "2001-01-01"}])
def test_paging_gives_everybody_once(town: Town, more: dict[str, str]) -> None:
    seen, cursor = [], None
    while True:
        asked = {"limit": 3, **more} | ({"cursor": cursor} if cursor else {})
        page = town.get("/v1/customers", params=asked).json()
        seen += [one["golden_id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 8


def test_nobody_has_changed_since_tomorrow(town: Town) -> None:
    assert town.get("/v1/customers", params={"updated_since": "2099-01-01"}).json()["items"] == []


def test_walking_through_all_unmasked_needs_the_right_to_export(town: Town) -> None:
    assert town.get("/v1/customers", "reader+pii").status_code == 403
    assert town.get("/v1/customers", "reader").status_code == 200


@pytest.mark.parametrize("asked", WRONG)
def test_what_cannot_be_meant_is_refused_with_the_field(town: Town, asked: str) -> None:
    answer = town.get(f"/v1/customers?{asked}")
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_cursor_that_was_not_made_here_leads_nowhere(town: Town) -> None:
    good = town.get("/v1/customers", params={"limit": 1}).json()["next"]
    for bad in ("x", good[:-2] + "AA", good + "A"):
        assert town.get("/v1/customers", params={"cursor": bad}).status_code == 404
    assert town.get("/v1/runs", params={"cursor": good}).status_code == 404


@pytest.mark.parametrize(
    "attack", ["' OR '1'='1", "0999999998' OR 1=1 --", "%", "_%", "\\", '"; DROP TABLE customers; --']
)
def test_sql_in_a_search_is_only_text(town: Town, attack: str) -> None:
    for name in ("phone", "email", "code", "q"):
        assert town.get("/v1/customers", params={name: attack}).json()["items"] == []
    assert town.whose(LAN)
