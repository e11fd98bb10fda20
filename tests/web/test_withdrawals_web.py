"""Withdrawals on the operators' list, the customer's page and over the API."""

from __future__ import annotations

import time

import pytest
from places import browser, form_token, person, sign_in
from town import LAN, Town

from hub.store import audit
from hub.store import withdrawals as table

LATE, SOON = "2020-01-02T00:00:00.000Z", "2099-01-02T00:00:00.000Z"


def task(task_id: str, golden_id: str, **more: object) -> dict[str, object]:
    row = {
        "task_id": task_id, "destination": "news", "target": task_id + "@example.com", "golden_id": golden_id,
        "purpose": "marketing", "channel": "email", "said_by": "hub", "said_at": None, "state": "manual",
        "reason": "no_mark", "due": SOON, "tries": 0,
        "at": "2026-11-01T00:00:00.000Z", "ended_at": None, "actor": None,
    }  # fmt: skip
    return row | more


@pytest.fixture
def place(town: Town) -> Town:
    golden_id = town.whose(LAN)
    with town.place.store.begin() as conn:
        table.forget(conn, [golden_id])
        table.add(conn, [
            task("t1", golden_id), task("t2", golden_id, due=LATE), task("t3", golden_id, state="done", reason="acked"),
            task("t4", golden_id, state="held", reason="many", due=LATE),
        ])  # fmt: skip
    return town


def signed(place: Town):
    name = f"ops{time.monotonic_ns()}"
    person(place.place, "operator", name, scopes=["pii"])
    client = browser(place.place)
    sign_in(client, name)
    return client


def test_what_is_overdue_stands_first_and_is_named_so(place):
    told = place.get("/v1/withdrawals", "operator+pii").json()["items"]
    assert [(one["task_id"], one["overdue"]) for one in told] == [("t2", True), ("t4", True), ("t1", False)]
    assert told[0]["target"] == "t2@example.com"
    assert "t2@example.com" not in place.get("/v1/withdrawals", "operator").text
    late = place.get("/v1/withdrawals", "operator", params={"state": "overdue"}).json()["items"]
    assert [one["task_id"] for one in late] == ["t2", "t4"]


def test_a_list_goes_on_behind_its_cursor(place):
    first = place.get("/v1/withdrawals", params={"limit": 2}).json()
    rest = place.get("/v1/withdrawals", params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["task_id"] for one in rest["items"]] == ["t1"]
    assert rest["next"] is None


def test_done_by_hand_is_said_once_and_kept_in_the_audit_log(place):
    assert place.ask("POST", "/v1/withdrawals/t1/done", "operator", json={"reason": "phoned them"}).status_code == 200
    assert place.ask("POST", "/v1/withdrawals/t1/done", "operator", json={}).status_code == 404
    assert place.ask("POST", "/v1/withdrawals/t1/done", "steward", json={}).status_code == 403
    with place.place.store.read() as conn:
        line = audit.read(conn, action="withdrawal.done")[0]
    assert line["details"]["tasks"] == ["t1"]


def test_an_operator_ticks_what_was_done_by_hand(place):
    client = signed(place)
    shown = client.get("/withdrawals").text
    assert shown.index("t2@example.com") < shown.index("t1@example.com")
    sent = {"csrf": form_token(client, "/withdrawals"), "task": "t2", "reason": "phoned"}
    assert client.post("/withdrawals/done", data=sent).status_code == 303
    assert "t2@example.com" not in client.get("/withdrawals?state=left").text
    assert "t2@example.com" in client.get("/withdrawals?state=done").text


def test_nothing_ticked_is_said(place):
    client = signed(place)
    assert client.post("/withdrawals/done", data={"csrf": form_token(client, "/withdrawals")}).status_code == 422


def test_the_customers_page_says_who_must_stop_and_hides_ids_there_from_who_may_not_see(place):
    golden_id = place.whose(LAN)
    assert "news" in signed(place).get(f"/customers/{golden_id}").text
    person(place.place, "reader", "eye")
    client = browser(place.place)
    sign_in(client, "eye")
    assert "t1@example.com" not in client.get(f"/customers/{golden_id}").text
