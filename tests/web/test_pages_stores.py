"""Stewards of some stores: they are asked about their own customers, and take back what they decided themselves."""

from __future__ import annotations

import pytest
from asking import Client
from sqlalchemy import select
from town import HUNG, LAN, MAI, Town
from walking import as_, question, send, version

from hub.flow import review
from hub.flow.run import utc_now
from hub.store.tables import decisions

SON = "Kiều Văn Sơn"


def of(town: Town, store: str) -> Client:
    return as_(town, "steward", scopes=["pii"], stores=[store])


def test_they_are_asked_about_customers_of_their_stores(town: Town) -> None:
    review_id = question(town)
    here, elsewhere = of(town, "B"), of(town, "A")
    assert review_id in here.get("/reviews").text
    assert SON in here.get(f"/reviews/{review_id}").text
    assert review_id not in elsewhere.get("/reviews").text
    assert SON not in elsewhere.get("/").text
    for path in (f"/reviews/{review_id}", f"/reviews/{review_id}/effects"):
        assert (here.get(path).status_code, elsewhere.get(path).status_code) == (200, 404)
    sent = send(elsewhere, f"/reviews/{review_id}/decision", "/", verdict="merge", version=version(here, review_id))
    assert sent.status_code == 404


def test_their_answer_counts_and_nobody_of_another_store_takes_it_back(town: Town) -> None:
    review_id, here = question(town), of(town, "B")
    path = f"/reviews/{review_id}"
    assert send(here, f"{path}/decision", path, verdict="apart", version=version(here, review_id)).status_code == 303
    with town.place.store.read() as conn:
        made = conn.scalar(select(decisions.c.decision_id).order_by(decisions.c.at.desc()).limit(1))
    assert made in here.get("/decisions").text
    elsewhere = of(town, "A")
    assert made not in elsewhere.get("/decisions").text
    assert send(elsewhere, f"/undo/{made}", "/").status_code == 404
    assert send(here, f"/undo/{made}", "/decisions").status_code == 303
    assert review_id in here.get("/reviews").text


@pytest.mark.parametrize("act", ["hold", "split", "pin"])
def test_a_customer_of_another_store_is_not_there_for_them(town: Town, act: str) -> None:
    client, other = of(town, "A"), town.whose(MAI)
    assert send(client, f"/customers/{other}/{act}", "/", field="full_name", value="x", record="1").status_code == 404


def test_they_merge_their_own_customers_only(town: Town) -> None:
    client, mine, other = of(town, "A"), town.whose(LAN), town.whose(MAI)
    assert "Lê Thị Mai" not in client.get(f"/customers/{mine}/merge?q=mai").text
    assert "Trần Văn Hùng" in client.get(f"/customers/{mine}/merge?q=hung").text
    assert client.get(f"/customers/{mine}/merge?with={other}").status_code == 404
    assert client.get(f"/customers/{mine}/merge?with={town.whose(HUNG)}").status_code == 200


def test_a_question_that_comes_back_is_counted_once(town: Town) -> None:
    review_id, here = question(town), of(town, "B")
    path = f"/reviews/{review_id}"
    send(here, f"{path}/decision", path, verdict="later", version=version(here, review_id))
    told = [
        review.listed(town.place.store, town.place.settings, now, stores=frozenset("B"))
        for now in (utc_now(), "2099-01-01T00:00:00.000Z")
    ]
    send(here, f"{path}/back", path)
    assert [(one["asked"], one["later"]) for one in told] == [(0, 1), (1, 0)]
