"""Signing in by a provider of another site, in a real browser: let in, not known, led back after a session that ended."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from chromium import BINARY, DRIVER, MISSING
from databases import fresh
from issuer import CLIENT, SECRET, Issuer, issuing
from places import person, workspace
from sqlalchemy import delete, func, select

from hub.flow import access_links
from hub.flow.workspace import Workspace
from hub.settings import Oidc
from hub.settings.model import Web
from hub.store.engine import open_store
from hub.store.tables import sessions
from hub.web.app import build

pytestmark = pytest.mark.skipif(not (BINARY and DRIVER), reason=MISSING)


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    """The provider, at another name of this machine: a cookie of ours is not sent from there as from our own pages."""
    with issuing() as made:
        made.url = made.url.replace("127.0.0.1", "localhost")
        yield made


@pytest.fixture(scope="module")
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, issuer: Issuer
) -> Iterator[tuple[Workspace, str]]:
    """A workspace that is served, and its address; Lan is linked."""
    folder, door = tmp_path_factory.mktemp("oidc"), socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{door.getsockname()[1]}"
    with fresh(request, "sqlite", folder / "data") as url:
        oidc = Oidc(issuer.url, CLIENT, SECRET, "Shop ID")
        made = workspace(open_store(url), folder, oidc=oidc, web=Web(address=address), language="en")
        person(made, "steward", "lan", scopes=["pii"])
        access_links.link_subject(made.store, "lan", "sub-lan", oidc)
        app = build(made)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield made, address
        server.should_exit = True
        thread.join()
        app.state.ground.points.close()
        made.store.dispose()


@pytest.fixture
def driver() -> Iterator[Any]:
    """A browser that has been nowhere yet."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en"):
        options.add_argument(flag)
    options.binary_location = str(BINARY)
    made = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    made.implicitly_wait(5)
    try:
        yield made
    finally:
        made.quit()


def one(driver: Any, css: str) -> Any:
    return driver.find_element("css selector", css)


def by_provider(driver: Any) -> None:
    one(driver, 'a[href^="/signin/oidc"]').click()


def signed_in(place: Workspace) -> int:
    with place.store.read() as conn:
        return int(conn.scalar(select(func.count()).select_from(sessions)) or 0)


def test_who_is_linked_comes_back_to_the_page_that_was_wanted(
    driver: Any, place: tuple[Workspace, str], issuer: Issuer
) -> None:
    _, address = place
    issuer.somebody = "sub-lan"
    driver.get(f"{address}/customers?q=lan")
    assert "/signin" in driver.current_url
    by_provider(driver)
    assert one(driver, "#q").get_property("value") == "lan"
    assert "lan" in one(driver, ".me").text
    assert driver.current_url == f"{address}/customers?q=lan"


def test_who_is_not_linked_is_told_whom_to_ask(driver: Any, place: tuple[Workspace, str], issuer: Issuer) -> None:
    made, address = place
    issuer.somebody = "sub-stranger"
    before = signed_in(made)
    driver.get(f"{address}/signin")
    by_provider(driver)
    assert "Ask an admin to link it" in one(driver, "[role=alert]").text
    assert signed_in(made) == before
    driver.get(f"{address}/customers")
    assert "/signin" in driver.current_url


def test_whose_session_ended_in_the_middle_of_a_form_is_led_back_to_it(
    driver: Any, place: tuple[Workspace, str], issuer: Issuer
) -> None:
    made, address = place
    issuer.somebody = "sub-lan"
    driver.get(f"{address}/signin?next=/decisions")
    by_provider(driver)
    assert driver.current_url == f"{address}/decisions"
    with made.store.begin() as conn:
        conn.execute(delete(sessions))
    driver.execute_script(
        "const f = document.createElement('form'); f.method = 'post'; f.action = '/undo/x'; document.body.append(f); f.submit()"
    )
    one(driver, "a.button.main").click()
    by_provider(driver)
    assert driver.current_url == f"{address}/decisions"
    assert "lan" in one(driver, ".me").text
