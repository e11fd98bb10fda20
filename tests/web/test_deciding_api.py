"""Questions and answers over HTTP, merges, splits, undo; what operators look at."""

from __future__ import annotations

import pytest
from sqlalchemy import insert
from town import HOA, HUNG, LAN, MAI, Town

from hub.store.tables import plan_items, plans, quarantine


@pytest.fixture(scope="module")
def question(town: Town) -> str:
    (one,) = [one for one in town.get("/v1/reviews").json()["items"] if one["kind"] == "name"]
    return str(one["review_id"])


def test_a_question_is_told_with_its_reasons(town: Town, question: str) -> None:
    told = town.get(f"/v1/reviews/{question}").json()
    assert told["sides"]
    assert told["refusals"][0]["evidence"]
    assert set(town.get(f"/v1/reviews/{question}", params={"effects": "true"}).json()["answers"]) == {
        "merge",
        "apart",
        "related",
    }


def test_the_list_masks_contacts_from_those_who_may_not_see_them(town: Town, question: str) -> None:
    town.ask("POST", f"/v1/customers/{town.whose(HUNG)}/reports", json={"what": "wrong phone"})
    assert HUNG[1:] in town.get("/v1/reviews").text
    assert HUNG[1:] not in town.get("/v1/reviews", "steward").text
    assert town.get(f"/v1/reviews/{question}", "steward").status_code == 403


def test_an_answer_to_another_question_than_was_seen_is_refused(town: Town, question: str) -> None:
    path = f"/v1/reviews/{question}/decision"
    answer = town.ask("POST", path, json={"verdict": "apart"}, headers={"if-match": '"old"'})
    assert answer.status_code == 412
    assert town.get(f"/v1/reviews/{question}").json()["state"] == "open"


def test_a_question_is_answered_once_and_taken_back(town: Town, question: str) -> None:
    path, etag = f"/v1/reviews/{question}", town.get(f"/v1/reviews/{question}").headers["etag"]
    made = town.ask("POST", f"{path}/decision", "steward", json={"verdict": "merge"}, headers={"if-match": etag})
    assert made.status_code == 200, made.text
    assert len(town.get("/v1/customers", params={"phone": HOA}).json()["items"]) == 1
    assert town.ask("POST", f"{path}/decision", json={"verdict": "apart"}).status_code == 409
    undone = town.ask("POST", f"/v1/undo/{made.json()['decision_id']}", "steward")
    assert undone.status_code == 201
    assert len(town.get("/v1/customers", params={"phone": HOA}).json()["items"]) == 2
    assert town.ask("POST", f"/v1/undo/{made.json()['decision_id']}").status_code == 409


def test_a_merge_answers_for_the_old_id_and_a_split_parts_it(town: Town) -> None:
    kept, gone = sorted([town.whose(LAN), town.whose(HUNG)])
    assert town.ask("POST", "/v1/merges", json={"customers": [kept, gone], "reason": "one card"}).status_code == 201
    told = town.get(f"/v1/customers/{gone}").json()
    assert (told["golden_id"], told["resolved_from"]) == (kept, gone)
    merged = [one for one in town.get("/v1/changes").json()["items"] if one["kind"] == "merged"][-1]
    assert merged["golden_id"] == kept
    assert merged["moved"]
    assert town.ask("POST", "/v1/splits", json={"customer": kept, "records": ["till:2"]}).status_code == 201
    assert town.whose(HUNG) != town.whose(LAN)


@pytest.mark.parametrize(("path", "sent", "status"), [
    ("/v1/merges", {"customers": ["0999111222", "0999111333"]}, 404), ("/v1/merges", {"customers": [LAN]}, 422),
    ("/v1/splits", {"customer": MAI, "records": ["till:nobody"]}, 409), ("/v1/undo/nothing", {}, 404),
    ("/v1/undo/99999999999999999999", {}, 404), ("/v1/reviews/zzzzzz/decision", {"verdict": "merge"}, 404),
])  # fmt: skip
def test_what_cannot_be_meant_is_told_as_such(town: Town, path: str, sent: dict, status: int) -> None:
    before = town.get("/v1/runs").json()["items"]
    assert town.ask("POST", path, json=sent).status_code == status
    assert town.get("/v1/runs").json()["items"] == before


def test_runs_are_paged_and_told_with_their_report(town: Town) -> None:
    town.ask("POST", "/v1/merges", json={"customers": [LAN, MAI]})
    first = town.get("/v1/runs", "operator", params={"limit": 1}).json()
    assert town.get(f"/v1/runs/{first['items'][0]['run_id']}", "operator").json()["report"]
    assert town.get("/v1/runs/nothing", "operator").status_code == 404


def test_sources_and_quarantine_are_told(town: Town) -> None:
    row = {"source": "till", "stream": "customers", "source_id": "empty", "raw_id": 1, "code": "empty", "state": "open"}
    with town.place.store.begin() as conn:
        conn.execute(insert(quarantine).values(**row, attempts=1, first_at="t", last_at="t"))
    assert {one["source"] for one in town.get("/v1/sources", "operator").json()["items"]} == set(
        town.place.settings.sources
    )
    assert [one["source_id"] for one in town.get("/v1/quarantine", "operator").json()["items"]] == ["empty"]


def test_a_waiting_plan_is_shown_without_values_and_approved_once(town: Town) -> None:
    row = {
        "plan_id": "p1",
        "destination": "shop",
        "state": "waiting",
        "created_at": "2026-01-01T00:00:00.000Z",
        "run_id": "r",
    }
    line = {
        "plan_id": "p1",
        "n": 1,
        "action": "update",
        "golden_id": "g",
        "target": "7",
        "state": "open",
        "idempotency_key": "k",
    }
    with town.place.store.begin() as conn:
        conn.execute(insert(plans).values(**row, counts="{}", feed_seq=0, basis="b"))
        conn.execute(insert(plan_items).values(**line, changes='{"phone": ["0912345678", "0912345679"]}'))
    assert town.get("/v1/plans", "operator").json()["items"][0]["plan_id"] == "p1"
    assert "09123" not in town.get("/v1/plans/p1", "operator").text
    assert "0912345679" in town.get("/v1/plans/p1").text
    assert town.ask("POST", "/v1/plans/p1/approve", "operator").json()["state"] == "approved"
    assert town.ask("POST", "/v1/plans/p1/approve", "operator").status_code == 409


def test_metrics_tell_counts_and_nobody(town: Town) -> None:
    town.whose(HUNG)
    told = town.get("/metrics", None).text
    assert "hub_customers " in told
    assert 'hub_http_requests_total{route="/v1/customers",status="200"}' in told
    assert LAN[1:] not in told


def test_it_lives_and_is_ready(town: Town) -> None:
    assert town.get("/healthz", None).json() == {"status": "ok"}
    assert town.get("/readyz", None).json() == {"status": "ready"}


def test_a_question_is_claimed_put_off_until_a_day_and_brought_back(town: Town) -> None:
    name = town.get("/v1/reviews").json()["items"][0]["review_id"]
    mine = town.ask("POST", f"/v1/reviews/{name}/claim", json={}).json()
    assert town.ask("POST", f"/v1/reviews/{name}/claim", "steward+pii", json={}).json()["author"] == mine["author"]
    assert town.get("/v1/reviews").json()["items"][0]["claimed"]["author"] == mine["author"]
    assert town.ask("POST", f"/v1/reviews/{name}/claim", json={"release": True}).json()["author"] is None
    sent = {"verdict": "later", "until": "2099-01-01T00:00:00Z"}
    assert town.ask("POST", f"/v1/reviews/{name}/decision", json=sent).json()["until"].startswith("2099-01-01")
    assert name not in {one["review_id"] for one in town.get("/v1/reviews").json()["items"]}
    assert town.ask("POST", f"/v1/reviews/{name}/back", json={}).json()["state"] == "open"
    assert town.ask("POST", f"/v1/reviews/{name}/back", json={}).status_code == 409
