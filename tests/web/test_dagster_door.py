"""Dagster behind our sign-in: who gets through, what passes, what cannot be done from elsewhere."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagsters
import httpx
import pytest
from places import person, workspace
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from hub.flow import access, access_tokens
from hub.flow.workspace import Workspace
from hub.store import audit
from hub.store.engine import open_store
from hub.web.app import build
from hub.web.dagster import socket

QUERY = "query Runs { runsOrError { __typename } }"
LAUNCH = "mutation Launch($executionParams: ExecutionParams!) { launchRun(executionParams: $executionParams) { __typename } }"
PARAMS = {"selector": {"jobName": "sync"}, "executionMetadata": {"tags": [{"key": "hub/by", "value": "user:another"}]}}


@dataclass
class Door:
    """origin: of the hub. cookies: of each person who has signed in."""

    origin: str
    place: Workspace
    cookies: dict[str, str]

    def get(self, path: str, who: str | None = "operator", **headers: str) -> httpx.Response:
        return self.ask("GET", path, who, headers=headers)

    def ask(self, method: str, path: str, who: str | None = "operator", **sent: Any) -> httpx.Response:
        cookies = {"cookie": f"hub_session={self.cookies[who]}; other=1"} if who else {}
        headers = {**cookies, **sent.pop("headers", {})}
        return httpx.request(method, self.origin + path, headers=headers, trust_env=False, **sent)

    def graphql(self, text: str, who: str | None = "operator", **headers: str) -> httpx.Response:
        from_here = {"origin": self.origin} if not headers else {}
        body = {"query": text, "variables": {"executionParams": PARAMS}}
        return self.ask("POST", "/dagster/graphql", who, json=body, headers={**from_here, **headers})

    def socket(
        self, who: str | None = "operator", origin: str = "", path: str = "/dagster/graphql"
    ) -> ClientConnection:
        headers = {"cookie": f"hub_session={self.cookies[who]}"} if who else {}
        return connect(
            f"{self.origin.replace('http', 'ws')}{path}",
            additional_headers=headers,
            origin=origin or self.origin,
            subprotocols=["graphql-ws"],
            proxy=None,
        )


@pytest.fixture(scope="module")
def door(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("door")
    shutil.copy(sqlite_template, folder / "hub.db")
    store = open_store(f"sqlite:///{folder / 'hub.db'}")
    place = workspace(store, folder)
    cookies = {}
    for role in access.ROLES:
        person(place, role, role)
        cookies[role] = access.sign_in(store, role, "correct horse battery")[1]
    person(place, "operator", "limited", stores=["A"])
    cookies["limited"] = access.sign_in(store, "limited", "correct horse battery")[1]
    cookies["wrong"] = "x" * 43
    with dagsters.served(dagsters.stand_in()) as port:
        app = build(place, beside=dagsters.beside(folder, port))
        with dagsters.served(app) as ours:
            yield Door(f"http://127.0.0.1:{ours}", place, cookies)
    app.state.ground.points.close()
    store.dispose()


MATRIX = {
    "reader": 403,
    "writer": 403,
    "steward": 403,
    "limited": 403,
    "wrong": 401,
    None: 401,
    "operator": 200,
    "admin": 200,
}


@pytest.mark.parametrize(("who", "status"), MATRIX.items())
def test_only_operators_of_all_stores_get_through(door: Door, who: str | None, status: int) -> None:
    assert door.get("/dagster/runs", who).status_code == status
    assert door.get("/dagster", who).status_code in (status, 307)
    assert door.graphql(QUERY, who).status_code == status


@pytest.mark.parametrize(("who", "status"), MATRIX.items())
def test_only_they_hear_live_updates(door: Door, who: str | None, status: int) -> None:
    if status == 200:
        with door.socket(who) as heard:
            assert json.loads(heard.recv())["type"] == "hello"
    else:
        with pytest.raises(InvalidStatus) as refused:
            door.socket(who)
        assert refused.value.response.status_code == 403


def test_a_visitor_with_a_browser_is_led_to_the_form(door: Door) -> None:
    answer = door.get("/dagster/runs/1", None, accept="text/html")
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin?next=%2Fdagster%2Fruns%2F1")


def test_a_token_opens_nothing_here(door: Door) -> None:
    _, token = access_tokens.create(door.place.store, "program", "admin", "test")
    assert door.get("/dagster/runs", None, authorization=f"Bearer {token}").status_code == 401


def test_neither_our_cookie_nor_tokens_reach_dagster(door: Door) -> None:
    sent = {"authorization": "Bearer x", "x-forwarded-for": "1.2.3.4", "x-csrf-token": "y", "x-other": "z"}
    for _ in range(2):
        reached = door.get("/dagster/runs", **sent).json()["headers"]
    assert set(reached) <= {"host", "accept", "accept-encoding", "connection", "user-agent"}
    assert reached["host"].startswith("127.0.0.1:")


def test_the_live_connection_bears_no_cookie_either(door: Door) -> None:
    with door.socket() as heard:
        headers = json.loads(heard.recv())["headers"]
    assert not {"cookie", "authorization", "origin"} & set(headers)


def test_paths_and_questions_pass_as_they_were_written(door: Door) -> None:
    told = door.get("/dagster/assets/a%2Fb?q%5B0%5D=tag%3Ahub&x=%C4%91").json()
    assert told["path"] == "/dagster/assets/a%2Fb"
    assert told["query"] == "q%5B0%5D=tag%3Ahub&x=%C4%91"


def test_dagster_sets_no_cookie_and_opens_nothing_to_others(door: Door) -> None:
    headers = door.get("/dagster/runs").headers
    assert headers["etag"] == "x"
    assert not {"set-cookie", "access-control-allow-origin", "keep-alive"} & set(headers)
    assert headers["server"] != "dagster"


def test_what_leads_elsewhere_leads_to_dagster(door: Door) -> None:
    assert door.get("/dagster/elsewhere").headers["location"] == "/dagster"
    assert door.get("/dagster/there").headers["location"] == "/dagster/runs?a=1"


def test_pages_may_run_the_scripts_that_bear_their_number_and_nothing_is_framed(door: Door) -> None:
    headers = door.get("/dagster/page").headers
    assert "script-src 'nonce-0123456789abcdef' 'strict-dynamic'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert "nonce" not in door.get("/dagster/runs").headers["content-security-policy"]


def test_long_answers_pass_in_parts(door: Door) -> None:
    assert len(door.get("/dagster/long").content) == 64 * 65_536


@pytest.mark.parametrize(
    "path", ["/dagster/report_asset_check/pos", "/dagster/report_asset_materialization/x", "/dagster/runs"]
)
def test_nothing_is_reported_into_dagster(door: Door, path: str) -> None:
    assert door.ask("POST", path, "admin", json={}, headers={"origin": door.origin}).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_do_not_pass(door: Door, method: str) -> None:
    assert door.ask(method, "/dagster/graphql", "admin").status_code == 405


@pytest.mark.parametrize("path", ["graphql?query=mutation{x}", "graphql", "graphql/", "%67raphql"])
def test_graphql_is_never_asked_by_an_address(door: Door, path: str) -> None:
    assert door.get(f"/dagster/{path}", "admin").status_code == 405


FOREIGN = (
    {"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"}, {"accept": "*/*"},
)  # fmt: skip


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_another_site_changes_nothing(door: Door, headers: dict[str, str]) -> None:
    assert door.graphql(LAUNCH, "admin", **headers).status_code == 403


def test_another_site_hears_nothing(door: Door) -> None:
    with pytest.raises(InvalidStatus):
        door.socket(origin="https://evil.example")


def test_graphql_is_json(door: Door) -> None:
    sent = {"content": '{"query": "{a}"}', "headers": {"origin": door.origin, "content-type": "text/plain"}}
    assert door.ask("POST", "/dagster/graphql", "admin", **sent).status_code == 415


@pytest.mark.parametrize("body", ["[]", "{}", "x", '{"query": 1}', '{"query": "{"}', '[{"query": "mutation { a }"}]'])
def test_what_is_no_graphql_does_not_pass(door: Door, body: str) -> None:
    sent = {"content": body, "headers": {"origin": door.origin, "content-type": "application/json"}}
    assert door.ask("POST", "/dagster/graphql", "admin", **sent).status_code == 400


def test_a_large_body_does_not_pass(door: Door) -> None:
    sent = {"content": b'"' + b"x" * 1_100_000, "headers": {"origin": door.origin, "content-type": "application/json"}}
    assert door.ask("POST", "/dagster/graphql", "admin", **sent).status_code == 413


def test_a_run_bears_the_name_of_who_asked_for_it(door: Door) -> None:
    reached = json.loads(door.graphql(LAUNCH).json()["body"])
    tags = reached["variables"]["executionParams"]["executionMetadata"]["tags"]
    assert tags == [{"key": "hub/by", "value": "user:operator"}]


def test_a_change_stands_in_the_audit_log_and_a_question_does_not(door: Door) -> None:
    with door.place.store.read() as conn:
        before = len(audit.read(conn, action="dagster.change"))
    door.graphql(QUERY)
    door.graphql(LAUNCH, "admin")
    with door.place.store.read() as conn:
        lines = audit.read(conn, action="dagster.change")
    assert len(lines) == before + 1
    assert (lines[0]["actor"], lines[0]["details"]) == ("user:admin", {"asked": ["launchRun"]})


def test_subscriptions_go_both_ways(door: Door) -> None:
    asked = json.dumps({"id": "1", "type": "start", "payload": {"query": "subscription { a }"}})
    with door.socket() as heard:
        heard.recv()
        heard.send(asked)
        assert heard.recv() == asked
        assert heard.subprotocol == "graphql-ws"


@pytest.mark.parametrize("sent", [json.dumps({"type": "start", "payload": {"query": LAUNCH}}), "no json", "[]"])
def test_nothing_is_changed_through_the_live_connection(door: Door, sent: str) -> None:
    with door.socket("admin") as heard:
        heard.recv()
        heard.send(sent)
        with pytest.raises(ConnectionClosed):
            heard.recv(timeout=5)


def test_only_graphql_is_live(door: Door) -> None:
    with pytest.raises(InvalidStatus):
        door.socket(path="/dagster/other")


def test_who_signs_out_hears_nothing_more(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "AGAIN", 0.05)
    door.cookies["gone"] = access.sign_in(door.place.store, "operator", "correct horse battery")[1]
    with door.socket("gone") as heard:
        heard.recv()
        access.sign_out(door.place.store, door.cookies["gone"])
        with pytest.raises(ConnectionClosed):
            heard.recv(timeout=5)


@pytest.mark.parametrize("state", ["starting", "waiting", "running"])
def test_while_dagster_is_away_it_is_said(door: Door, tmp_path: Path, state: str) -> None:
    app = build(door.place, beside=dagsters.beside(tmp_path, 1, state))
    with dagsters.served(app) as port:
        other = Door(f"http://127.0.0.1:{port}", door.place, door.cookies)
        answer = other.get("/dagster/runs")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        with pytest.raises((InvalidStatus, ConnectionClosed)):
            other.socket()
    app.state.ground.points.close()


def test_ready_tells_how_dagster_does(door: Door) -> None:
    assert door.get("/readyz", None).json() == {"status": "ready", "processes": {"dagster": "running"}}


@pytest.mark.parametrize(
    ("who", "shown"), [("operator", True), ("admin", True), ("steward", False), ("limited", False)]
)
def test_pages_lead_there_only_those_who_may(door: Door, who: str, shown: bool) -> None:
    assert ("/dagster" in door.get("/sources", who).text) == shown
