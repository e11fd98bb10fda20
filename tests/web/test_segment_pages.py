"""Segments, birthdays and holidays on the pages, and who may know what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from asking import Client
from places import browser, person, sign_in
from town import LAN, Town, hand_in
from town import person as somebody

from hub.web.ground import Ground


@pytest.fixture(scope="module")
def born(town: Town) -> str:
    """The name of somebody whose birthday is in three days, whatever today is."""
    day = datetime.now(UTC) + timedelta(days=3, hours=7)
    hand_in(
        town.place, "till", somebody("31", "Phan Thị Sinh", "0909555111", birth_date=f"1990-{day:%m-%d}", stores=["A"])
    )
    return "Phan Thị Sinh"


def as_(town: Town, name: str, **more: object) -> Client:
    client = browser(town.place)
    if sign_in(client, name).status_code == 403:
        person(town.place, "reader", name, **more)
        assert sign_in(client, name).status_code == 303
    return client


def test_birthdays_of_the_week_are_named_to_who_may_know_them(town: Town, born: str) -> None:
    assert born in as_(town, "sees", scopes=["pii"]).get("/").text
    plain = as_(town, "plain").get("/").text
    assert "Sinh nhật tuần này" in plain
    assert born not in plain


def test_a_segment_of_birthdays_opens_for_who_may_know_them(town: Town, born: str) -> None:
    assert born in as_(town, "sees", scopes=["pii"]).get("/segments/birthday").text
    assert as_(town, "plain").get("/segments/birthday").status_code == 403
    assert "Sắp sinh nhật" not in as_(town, "plain").get("/customers").text


def test_a_customers_page_says_which_segments_and_why(town: Town, born: str) -> None:
    text = as_(town, "sees", scopes=["pii"]).get(f"/customers/{town.whose('0909555111')}").text
    assert "Chưa mua lần nào" in text
    assert "còn 3 ngày" in text
    assert "còn 3 ngày" not in as_(town, "plain").get(f"/customers/{town.whose('0909555111')}").text


def test_a_search_is_narrowed_to_a_segment(town: Town) -> None:
    client = as_(town, "plain")
    assert "Nguyễn Thị Lan" in client.get("/customers?q=nguyen lan").text
    assert "Nguyễn Thị Lan" not in client.get("/customers?q=nguyen lan&segment=never").text
    assert client.get("/customers?segment=never").headers["location"] == "/segments/never"
    assert client.get("/customers?q=lan&segment=%3Cscript%3E").status_code in (200, 303)


def test_who_sees_one_store_sees_its_members(town: Town) -> None:
    text = as_(town, "only-b", stores=["B"]).get("/segments/never").text
    assert "Lê Thị Mai" in text
    assert "Trần Văn Hùng" not in text


def test_there_is_no_such_segment(town: Town) -> None:
    assert as_(town, "plain").get("/segments/nothing").status_code == 404
    assert as_(town, "plain").get("/segments/%27%20OR%201=1").status_code == 404


def test_masked_members_have_masked_phones(town: Town) -> None:
    text = as_(town, "plain").get("/segments/never").text
    assert LAN not in text
    assert "0977000111" not in text
    assert "977 000 111" not in text


def test_while_it_is_built_a_page_says_so(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from hub.web.pages import segments

    def later(here: Ground) -> bool:
        return False

    monkeypatch.setattr(segments, "prepared", later)
    client = as_(town, "plain")
    answer = client.get("/segments")
    assert (answer.status_code, "Đang chia nhóm khách" in answer.text) == (503, True)
    assert client.get("/").status_code == 200
