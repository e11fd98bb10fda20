"""Merging by search, what leads back after an error, the last digits of a phone."""

from __future__ import annotations

import re

import pytest
from asking import Client
from places import browser, form_token, person, sign_in
from town import Town, hand_in
from town import person as somebody

ONE, OTHER, COMPANY = "0935000111", "0935000222", "0935000333"


@pytest.fixture
def place(town: Town) -> Town:
    hand_in(
        town.place, "till", somebody("m1", "Đặng Thị Hoà", ONE), somebody("m2", "Đặng Hoà", OTHER),
        somebody("0111", "Phan Văn Tý", "0988777666"),
    )  # fmt: skip
    return town


def steward(place: Town, *scopes: str) -> Client:
    name, client = f"merger{len(scopes)}", browser(place.place)
    if sign_in(client, name).status_code == 403:
        person(place.place, "steward", name, scopes=list(scopes))
        sign_in(client, name)
    return client


def test_two_customers_are_merged_by_search_after_a_look_at_what_changes_and_undone(place: Town) -> None:
    client, mine, other = steward(place, "pii"), place.whose(ONE), place.whose(OTHER)
    path = f"/customers/{mine}/merge"
    listed = client.get(path, params={"q": "dang hoa"}).text
    assert f"{path}?with={other}" in listed
    assert f"with={mine}" not in listed
    shown = client.get(path, params={"with": other}, headers={"accept-language": "en"}).text
    assert "customers: 1 fewer" in shown
    done = client.post(path, data={"csrf": form_token(client, path), "with": other, "reason": "same card"})
    assert done.status_code == 303
    assert place.whose(ONE) == place.whose(OTHER)
    told = client.get(done.headers["location"]).text
    undo = re.search(r'action="(/undo/[^"]+)"', told)
    assert undo
    client.post(undo[1], data={"csrf": form_token(client, path)})
    assert place.whose(ONE) != place.whose(OTHER)


def test_a_merge_needs_personal_data_and_another_customer(place: Town) -> None:
    mine = place.whose(ONE)
    path = f"/customers/{mine}/merge"
    assert steward(place).get(path).status_code == 403
    client = steward(place, "pii")
    assert client.post(path, data={"csrf": form_token(client, path), "with": mine}).status_code == 422
    assert client.get(path, params={"with": "nobody"}).status_code == 404


def test_last_digits_that_are_also_somebodys_code_list_both(place: Town) -> None:
    told = steward(place, "pii").get("/customers", params={"q": "0111"})
    assert told.status_code == 200
    assert 0 < told.text.find("Đặng Thị Hoà") < told.text.find("Phan Văn Tý")


def test_who_was_signed_out_in_the_middle_of_a_form_is_led_back_to_it(place: Town) -> None:
    path = f"/customers/{place.whose(ONE)}"
    for back, led in ((f"http://127.0.0.1{path}?a=1", True), ("https://evil.example/x", False)):
        told = browser(place.place).post(
            f"{path}/report", data={"what": "two_people"}, headers={"referer": back, "host": "127.0.0.1"}
        )
        assert (told.status_code, "/signin?next=" in told.text, "evil" in told.text) == (401, led, False)
