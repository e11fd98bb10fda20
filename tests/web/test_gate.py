"""What holds for every path: host, headers, size, ids, the log, errors."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from asking import Client
from places import browser, person, sign_in, workspace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.store.engine import Store


@pytest.fixture
def client(store: Store, tmp_path: Path) -> Client:
    place = workspace(store, tmp_path)
    person(place)
    return browser(place)


def test_an_unknown_host_is_refused(client: Client) -> None:
    assert client.get("/signin", headers={"host": "evil.example"}).status_code == 421
    assert client.get("/signin", headers={"host": "localhost:9999"}).status_code == 200


def test_every_answer_bears_the_headers_of_safety(client: Client) -> None:
    for path in ("/signin", "/nothing", "/v1/nothing", "/static/hub.css"):
        headers = client.get(path).headers
        assert "'unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-request-id"]


def test_an_id_that_was_sent_is_kept_unless_it_is_odd(client: Client) -> None:
    assert client.get("/signin", headers={"x-request-id": "abc-12345"}).headers["x-request-id"] == "abc-12345"
    assert client.get("/signin", headers={"x-request-id": "a b\tc<script>"}).headers["x-request-id"] != "a b\tc<script>"


def test_a_large_body_is_refused_told_or_not(client: Client) -> None:
    big = b"x" * 1_100_000
    assert client.post("/signin", content=big).status_code == 413
    assert client.post("/signin", content=iter([big[:600_000], big[600_000:]])).status_code == 413


def test_errors_of_the_api_are_problem_documents_and_others_pages(client: Client) -> None:
    answer = client.get("/v1/nothing")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404
    assert client.get("/nothing").headers["content-type"].startswith("text/html")


def test_the_log_names_the_route_never_the_address(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "hub.access")
    client.get("/?q=0912345678")
    client.get("/0912345678")
    assert "GET / 303" in caplog.text
    assert "0912345678" not in caplog.text


def test_what_nobody_foresaw_is_told_without_its_text(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_request: Request) -> Response:
        raise ValueError("0912345678")

    client.app.router.routes.insert(0, Route("/broken", broken))
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "0912345678" not in answer.text + caplog.text
    assert "ValueError" in caplog.text


def test_a_name_cannot_become_a_script(client: Client) -> None:
    answer = sign_in(client, name="<script>alert(1)</script>", password="wrong horse battery")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_the_reader_chooses_the_language(client: Client) -> None:
    assert client.get("/signin", headers={"accept-language": "en-GB"}).headers["content-language"] == "en"
    client.cookies.set("hub_language", "vi")
    assert client.get("/signin", headers={"accept-language": "en-GB"}).headers["content-language"] == "vi"
