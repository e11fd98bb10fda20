"""The story of one customer, wishes, reports, the feed, the crosswalk, records in."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import orjson
import pytest
from asking import Client
from sqlalchemy import select
from town import HOA, HUNG, LAN, MAI, Town, hand_in, person

from hub.settings.model import Web
from hub.store.tables import audit, changes, holds
from hub.web.app import build


def test_explain_tells_why_to_those_who_may_see_values(town: Town) -> None:
    path = f"/v1/customers/{town.whose(LAN)}/explain"
    assert {"golden", "records", "links", "fields", "history"} <= town.get(path).json().keys()
    assert town.get(path, "steward").status_code == 403


def test_history_hides_values_from_those_who_may_not_see_them(town: Town) -> None:
    path = f"/v1/customers/{town.whose(LAN)}/history"
    assert town.get(path).json()["items"][0]["kind"] == "created"
    assert "values" in town.get(path).json()["items"][0]
    assert "values" not in town.get(path, "reader").json()["items"][0]


def test_orders_come_newest_first_page_by_page(town: Town) -> None:
    path, seen, cursor = f"/v1/customers/{town.whose(LAN)}/orders", [], None
    for _ in range(5):
        page = town.get(path, params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [one["source_id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ["o2", "o1", "o0"]


def test_the_timeline_tells_changes_and_orders(town: Town) -> None:
    told = town.get(f"/v1/customers/{town.whose(LAN)}/timeline").json()["items"]
    assert {"change", "order"} <= {one["what"] for one in told}


def test_the_timeline_goes_on_from_a_cursor_and_misses_and_repeats_nothing(town: Town) -> None:
    path = f"/v1/customers/{town.whose(LAN)}/timeline"
    whole, seen, cursor = town.get(path, params={"limit": 200}).json(), [], None
    assert whole["next"] is None
    for _ in range(len(whole["items"])):
        page = town.get(path, params={"limit": 1} | ({"cursor": cursor} if cursor else {})).json()
        seen += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == whole["items"]
    assert [one["at"] or "" for one in seen] == sorted((one["at"] or "" for one in seen), reverse=True)
    assert len(seen) > 3


def test_a_cursor_of_another_list_is_none_of_the_timelines(town: Town) -> None:
    path = f"/v1/customers/{town.whose(LAN)}"
    cursor = town.get(f"{path}/orders", params={"limit": 1}).json()["next"]
    assert town.get(f"{path}/timeline", params={"cursor": cursor}).status_code == 404


def test_a_wish_is_in_force_when_the_answer_comes(town: Town) -> None:
    path = f"/v1/customers/{town.whose(LAN)}/consents"
    sent = {"status": "withdrawn", "scopes": ["marketing.sms"], "reason": "asked at the till"}
    answer = town.ask("POST", path, "writer+pii", json=sent)
    assert answer.status_code == 200, answer.text
    assert ("marketing", "sms", "withdrawn") in [
        (c["purpose"], c["channel"], c["status"]) for c in answer.json()["consents"]
    ]
    with town.place.store.read() as conn:
        assert "token:writer+pii" in set(conn.scalars(select(audit.c.actor)))


def test_a_wish_that_cannot_be_meant_changes_nothing(town: Town) -> None:
    path = f"/v1/customers/{town.whose(LAN)}/consents"
    assert town.ask("POST", path, json={"status": "granted", "scopes": ["nothing.sms"]}).status_code == 409
    assert town.ask("POST", path, json={"status": "yes"}).status_code == 422
    assert town.ask("POST", path, json={"status": "granted", "more": 1}).status_code == 422


def test_a_report_holds_pushes_and_asks_once(town: Town) -> None:
    path = f"/v1/customers/{town.whose(HUNG)}/reports"
    first = town.ask("POST", path, "reader", json={"what": "two people"})
    again = town.ask("POST", path, "reader", json={"what": "two people"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["review_id"] == again.json()["review_id"]
    with town.place.store.read() as conn:
        assert conn.scalar(select(holds.c.active).where(holds.c.review_id == first.json()["review_id"]))


def test_a_systems_own_id_leads_to_its_customer(town: Town) -> None:
    assert town.get("/v1/xref/app/a1").json()["golden_id"] == town.whose(LAN)
    assert town.get("/v1/xref/app/nobody").status_code == 404


def test_the_feed_tells_everything_in_order(town: Town) -> None:
    seen, after = [], 0
    while page := town.get("/v1/changes", params={"after": after, "limit": 4}).json():
        if not page["items"]:
            break
        seen += [one["seq"] for one in page["items"]]
        after = page["next"]
    assert seen == sorted(set(seen))
    assert len(seen) >= 8


def test_a_position_that_the_feed_has_not_reached_is_told(town: Town) -> None:
    assert town.get("/v1/changes", params={"after": 10**12}).status_code == 409


def test_waiting_ends_when_something_happens(town: Town) -> None:
    """The wait is over well before its end, as soon as the feed has grown."""
    feed = town.client.app.state.ground.feed
    last = feed.end()

    async def watch() -> float:
        began = time.monotonic()
        task = asyncio.create_task(feed.beyond(last, 20))
        await asyncio.sleep(0.01)
        await asyncio.to_thread(hand_in, town.place, "till", person("77", "Đỗ Thị Hạnh", "0905777888", stores=["C"]))
        await task
        return time.monotonic() - began

    assert asyncio.run(watch()) < 19
    assert town.get("/v1/changes", params={"after": last, "wait": 5}).json()["items"]


def test_waiting_in_vain_ends(town: Town) -> None:
    last = town.client.app.state.ground.feed.end()
    asyncio.run(town.client.app.state.ground.feed.beyond(last, 0.05))
    assert town.client.app.state.ground.feed.end() == last


def test_a_snapshot_is_whole_and_says_its_position(town: Town) -> None:
    lines = [orjson.loads(line) for line in town.get("/v1/snapshot").content.splitlines()]
    assert lines[0]["position"] == town.client.app.state.ground.feed.end()
    assert lines[-1] == {"end": True, "customers": len(lines) - 2}
    assert town.whose(LAN) in {one.get("golden_id") for one in lines}


def test_a_record_in_answers_with_its_customer(town: Town) -> None:
    told = town.ask("POST", "/v1/records/till", "writer", json=person("55", "Nguyễn Thị Lan", LAN, stores=["A"])).json()
    assert told["golden_id"] == town.whose(LAN)
    assert told["customer"]["full_name"] == "Nguyễn Thị Lan"
    assert LAN[1:] not in str(told)


def test_records_go_only_where_they_are_taken_in(town: Town) -> None:
    for source in ("shop", "nothing"):
        assert town.ask("POST", f"/v1/records/{source}", "writer", json={"source_id": "1"}).status_code == 404


@pytest.mark.parametrize(("content", "kind", "status"), [
    (b"{", "application/json", 400), (b"[]", "application/json", 422), (b"{}", "application/json", 422),
    (b"{}", "text/plain", 415), (b'{"source_id": "' + b"x" * 1_100_000 + b'"}', "application/json", 413),
    (b'{"source_id": "\\u0000"}', "application/json", 422),
])  # fmt: skip
def test_a_body_that_cannot_be_used_is_refused(town: Town, content: bytes, kind: str, status: int) -> None:
    answer = town.ask("POST", "/v1/records/till", "writer", content=content, headers={"content-type": kind})
    assert answer.status_code == status


def test_who_sees_some_stores_sees_nobody_else(town: Town) -> None:
    mine, other = town.whose(LAN), town.whose(MAI)
    assert town.get(f"/v1/customers/{mine}", "A").status_code == 200
    for path in ("", "/explain", "/history", "/timeline", "/orders"):
        assert town.get(f"/v1/customers/{other}{path}", "A").status_code == 404
    assert town.ask("POST", f"/v1/customers/{other}/reports", "A", json={"what": "two people"}).status_code == 404
    assert town.get("/v1/customers", "A", params={"phone": MAI}).json()["items"] == []
    assert town.get("/v1/customers", "A", params={"q": "Mai"}).json()["items"] == []
    assert town.get("/v1/xref/till/4", "A").status_code == 404
    assert town.get("/v1/changes", "A").status_code == town.get("/v1/snapshot", "A").status_code == 403
    assert {tuple(one["stores"]) for one in town.get("/v1/customers", "A").json()["items"]} == {("A",)}
    assert town.ask("POST", "/v1/merges", "A", json={"customers": [mine, other]}).status_code == 404
    assert town.ask("POST", "/v1/splits", "A", json={"customer": HOA, "records": ["app:a3"]}).status_code == 404


def test_looks_at_whole_data_are_logged_once_a_second_by_id(town: Town) -> None:
    ground, mine = town.client.app.state.ground, town.whose(LAN)
    ground.looks.write()
    for _ in range(3):
        town.get(f"/v1/customers/{mine}", "reader+pii")
    town.get(f"/v1/customers/{mine}", "reader")
    ground.looks.write()
    with town.place.store.read() as conn:
        rows = conn.execute(
            select(audit).where(audit.c.action == "look", audit.c.actor.startswith("token:reader"))
        ).all()
    assert {row.actor for row in rows} == {"token:reader+pii"}
    assert {row.subjects for row in rows} == {f'["{mine}"]'}
    assert len(rows) <= 2


def test_looks_that_wait_are_written_when_the_server_ends(town: Town) -> None:
    app = town.client.app

    async def life() -> None:
        async with app.router.lifespan_context(app):
            app.state.ground.looks.note(_somebody(), ["0193a5c2-0000-7000-8000-000000000001"])

    asyncio.run(life())
    with town.place.store.read() as conn:
        assert conn.scalar(select(audit.c.seq).where(audit.c.actor == "user:bao"))


def _somebody():
    from hub.flow.access import Who

    return Who("1", "bao", "reader", "user")


def test_a_feed_reader_beyond_what_is_kept_is_sent_to_a_snapshot(town: Town) -> None:
    with town.place.store.begin() as conn:
        conn.execute(changes.update().where(changes.c.seq == 1).values(at="2020-01-01T00:00:00.000Z"))
    kept = replace(town.place, settings=replace(town.place.settings, web=Web(feed_days=30)))
    client = Client(build(kept))
    asked = {"authorization": f"Bearer {town.tokens['reader']}"}
    late = client.get("/v1/changes?after=0", headers=asked)
    assert (late.status_code, late.json()["type"]) == (410, "urn:hub:problem:feed.gone")
    told = client.get("/v1/changes?after=1", headers=asked)
    assert (told.status_code, told.json()["items"][0]["seq"]) == (200, 2)
    assert town.get("/v1/changes?after=0", "reader").status_code == 200
    client.app.state.ground.points.close()
