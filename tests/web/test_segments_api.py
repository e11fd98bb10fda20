"""Segments over HTTP: numbers, members, and who may know what."""

from __future__ import annotations

from typing import Any

import pytest
from town import LAN, MAI, Town

HOSTILE = ("x' OR 1=1 --", "loyal;", "../never", "%", "lapsed' UNION SELECT 1")


def counted(town: Town, token: str = "admin+pii+export") -> dict[str, int]:
    return {one["name"]: one["customers"] for one in town.get("/v1/segments", token).json()["items"]}


def members(town: Town, query: str, token: str = "admin+pii+export") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        told = town.get(f"/v1/customers?{query}{cursor}", token).json()
        found += told["items"]
        if not told["next"]:
            return found
        cursor = f"&cursor={told['next']}"


def test_every_segment_is_told_with_its_number(town: Town) -> None:
    told = counted(town)
    assert told["never"] == 7
    assert (told["lapsed"], told["loyal"]) == (1, 0)
    assert list(told)[:2] == ["new", "top"]


def test_a_list_of_a_segment_goes_on_page_by_page(town: Town) -> None:
    found = members(town, "segment=never&limit=2")
    ids = [one["golden_id"] for one in found]
    assert len(ids) == counted(town)["never"]
    assert ids == sorted(set(ids))


def test_a_segment_narrows_a_look_up_and_a_search(town: Town) -> None:
    assert len(members(town, f"phone={LAN}&segment=never")) == 0
    assert len(members(town, f"phone={MAI}&segment=never")) == 1
    assert {one["full_name"] for one in members(town, "q=vu&segment=never")} == {
        "Vũ Thị Đào",
        "Vũ Thị Cúc",
        "Vũ Thị Trúc",
    }


def test_a_segment_narrows_what_changed_since(town: Town) -> None:
    ids = {one["golden_id"] for one in members(town, "segment=never&updated_since=2020-01-01&limit=2")}
    assert ids == {one["golden_id"] for one in members(town, "segment=never")}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_is_no_segment_is_not_found(town: Town, name: str) -> None:
    answer = town.get("/v1/customers", params={"segment": name})
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:hub:problem:segment")


def test_who_sees_one_store_is_told_of_its_customers_only(town: Town) -> None:
    assert counted(town, "A")["never"] == 1
    assert {store for one in members(town, "segment=never", "A") for store in one["stores"]} == {"A"}


def test_who_may_not_know_birthdays_may_not_ask_who_has_one(town: Town) -> None:
    assert town.get("/v1/customers?segment=birthday", "steward").status_code == 403
    assert town.get(f"/v1/customers?segment=birthday&phone={LAN}", "steward").status_code == 403
    assert town.get("/v1/customers?segment=birthday").status_code == 200


def test_walking_through_a_segment_unmasked_needs_the_right_to_export(town: Town) -> None:
    assert town.get("/v1/customers?segment=never", "admin+pii").status_code == 403
    masked = town.get("/v1/customers?segment=never", "reader")
    assert masked.status_code == 200
    assert "0977000111" not in masked.text


def test_a_cursor_of_one_segment_is_none_of_another(town: Town) -> None:
    cursor = town.get("/v1/customers?segment=never&limit=1").json()["next"]
    assert town.get(f"/v1/customers?segment=new&cursor={cursor}").status_code == 404
