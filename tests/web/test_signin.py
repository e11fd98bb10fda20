"""Signing in: sessions, lock-out, CSRF, fixation, where one goes on to."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from asking import Client
from places import PASSWORD, browser, form_token, person, sign_in, workspace
from sqlalchemy import select, update

from hub.flow import access
from hub.flow.workspace import Workspace
from hub.settings.model import Web
from hub.store.engine import Store
from hub.store.tables import sessions, users


@pytest.fixture
def place(store: Store, tmp_path: Path) -> Workspace:
    made = workspace(store, tmp_path)
    person(made)
    return made


@pytest.fixture
def client(place: Workspace) -> Client:
    return browser(place)


def test_a_page_without_a_session_leads_to_the_form_and_back(client: Client) -> None:
    assert client.get("/?a=1").headers["location"] == "/signin?next=%2F%3Fa%3D1"


def test_a_right_password_opens_the_page(client: Client) -> None:
    assert sign_in(client, next="/").headers["location"] == "/"
    assert client.get("/").status_code == 200


def test_a_wrong_password_opens_nothing(client: Client) -> None:
    assert sign_in(client, password="wrong horse battery").status_code == 403
    assert client.get("/").status_code == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Client) -> None:
    cookie = sign_in(client).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_behind_https_the_cookie_never_goes_in_clear(place: Workspace, tmp_path: Path) -> None:
    client = browser(workspace(place.store, tmp_path, web=Web(https=True)))
    client.base_url = httpx.URL("https://127.0.0.1")
    cookie = sign_in(client).headers["set-cookie"]
    assert cookie.startswith("__Host-hub=")
    assert "Secure" in cookie


def test_a_session_known_before_sign_in_is_worth_nothing_after_it(client: Client, place: Workspace) -> None:
    client.get("/signin")
    planted = client.cookies["hub_session"]
    sign_in(client)
    assert client.cookies["hub_session"] != planted
    assert browser(place).get("/", headers={"cookie": f"hub_session={planted}"}).status_code == 303


def test_signing_in_again_ends_the_session_before(client: Client, place: Workspace) -> None:
    sign_in(client)
    first = client.cookies["hub_session"]
    token = form_token(client, "/")
    client.post("/signin", data={"csrf": token, "name": "lan", "password": PASSWORD})
    assert browser(place).get("/", headers={"cookie": f"hub_session={first}"}).status_code == 303


def test_a_form_without_its_token_is_refused(client: Client) -> None:
    client.get("/signin")
    assert client.post("/signin", data={"name": "lan", "password": PASSWORD}).status_code == 403


def test_a_form_from_another_site_is_refused(client: Client) -> None:
    token = form_token(client)
    sent = {"csrf": token, "name": "lan", "password": PASSWORD}
    assert client.post("/signin", data=sent, headers={"origin": "https://evil.example"}).status_code == 403
    assert client.post("/signin", data=sent, headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_signing_out_ends_the_session_for_everybody_who_bears_it(client: Client, place: Workspace) -> None:
    sign_in(client)
    text = client.cookies["hub_session"]
    client.post("/signout", data={"csrf": form_token(client, "/")})
    assert browser(place).get("/", headers={"cookie": f"hub_session={text}"}).status_code == 303


@pytest.mark.parametrize(
    "onward", ["https://evil.example", "//evil.example", "/\\evil.example", "/a\\b", "x", "/\r\nx: y"]
)
def test_one_goes_on_to_this_site_only(client: Client, onward: str) -> None:
    assert sign_in(client, next=onward).headers["location"] == "/"


def test_many_wrong_passwords_lock_the_name_for_a_while(place: Workspace) -> None:
    for _ in range(access.FREE_FAILURES):
        with pytest.raises(access.AuthError, match="wrong"):
            access.sign_in(place.store, "lan", "wrong horse battery", "2026-01-01T00:00:00.000000Z")
    with pytest.raises(access.AuthError, match="too many"):
        access.sign_in(place.store, "lan", PASSWORD, "2026-01-01T00:00:01.000000Z")
    assert access.sign_in(place.store, "lan", PASSWORD, "2026-01-01T00:01:00.000000Z")[0].name == "lan"


def test_an_address_that_guesses_many_names_must_wait(client: Client) -> None:
    throttle = client.app.state.ground.failures
    for _ in range(20):
        throttle.fail("127.0.0.1")
    answer = sign_in(client)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


def test_a_session_ends_without_use_and_at_last_anyhow(place: Workspace) -> None:
    limits = access.Limits(idle=100, longest=300)
    _, text = access.sign_in(place.store, "lan", PASSWORD, "2026-01-01T00:00:00.000000Z")
    for at in ("2026-01-01T00:01:30.000000Z", "2026-01-01T00:03:00.000000Z", "2026-01-01T00:04:30.000000Z"):
        assert access.session(place.store, text, limits, at)
    assert access.session(place.store, text, limits, "2026-01-01T00:05:30.000000Z") is None
    _, other = access.sign_in(place.store, "lan", PASSWORD, "2026-01-01T00:00:00.000000Z")
    assert access.session(place.store, other, limits, "2026-01-01T00:01:50.000000Z") is None


def test_somebody_who_is_shut_out_is_out_at_once(client: Client, place: Workspace) -> None:
    sign_in(client)
    access.set_active(place.store, "lan", active=False)
    assert client.get("/").status_code == 303
    assert sign_in(client).status_code == 403


def test_a_new_password_ends_all_sessions(client: Client, place: Workspace) -> None:
    sign_in(client)
    access.set_password(place.store, "lan", "another long password")
    assert client.get("/").status_code == 303


def test_the_store_holds_no_password_and_no_session_text(client: Client, place: Workspace) -> None:
    sign_in(client)
    with place.store.read() as conn:
        kept = [*conn.scalars(select(users.c.password)), *conn.scalars(select(sessions.c.digest))]
    assert PASSWORD not in kept
    assert client.cookies["hub_session"] not in kept
    assert kept[0].startswith("$argon2id$")


def test_a_password_hashed_at_a_lower_cost_is_hashed_anew(place: Workspace) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=2, memory_cost=256, parallelism=1).hash(PASSWORD)
    with place.store.begin() as conn:
        conn.execute(update(users).values(password=weak))
    access.sign_in(place.store, "lan", PASSWORD)
    with place.store.read() as conn:
        assert conn.scalar(select(users.c.password)) != weak
