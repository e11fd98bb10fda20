"""The pages in a real browser: nothing that bars anybody, the comparison by keyboard, nothing that runs by itself.

Chromium and its driver are Debian's; without them these tests are left out, and the summary says so.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from chromium import BINARY, DRIVER, MISSING
from databases import fresh
from places import PASSWORD, person
from sqlalchemy import select
from town import LAN, Town, hand_in
from town import person as somebody
from town import town as settle

from hub.store.engine import open_store
from hub.store.tables import reviews
from hub.web.app import build

pytestmark = pytest.mark.skipif(not (BINARY and DRIVER), reason=MISSING)
WIDE, NARROW = 1280, 360
LONG = "Công Tằng Tôn Nữ Thị Hoàng Nguyễn Phước Diễm Trang Thùy Dương Bảo Khánh Linh"
EVIL = "<script>window.hit=1</script><img src=x onerror=window.hit=1>"


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town that is served, with an admin who sees everything."""
    folder = tmp_path_factory.mktemp("served")
    with fresh(request, "sqlite", folder / "data") as url:
        store = open_store(url)
        made = settle(store, folder)
        person(made.place, "admin", scopes=["pii"])
        hand_in(made.place, "till", somebody("77", f"{LONG} {EVIL}", "0909111333", note=EVIL))
        yield made
        made.client.app.state.ground.points.close()
        store.dispose()


@pytest.fixture(scope="module")
def address(place: Town) -> Iterator[str]:
    """Where it is served."""
    app = build(place.place)
    config = uvicorn.Config(app, port=0, log_config=None, server_header=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
    app.state.ground.points.close()


@pytest.fixture(scope="module")
def driver(address: str) -> Iterator[Any]:
    """A browser that has signed in."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(flag)
    options.binary_location = str(BINARY)
    made = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    try:
        made.implicitly_wait(5)
        made.get(f"{address}/signin")
        one(made, "input[name=name]").send_keys("lan")
        one(made, "input[name=password]").send_keys(PASSWORD)
        one(made, "button.main").click()
        one(made, "nav[aria-label]")
        yield made
    finally:
        made.quit()


def one(driver: Any, css: str) -> Any:
    return driver.find_element("css selector", css)


def opened(driver: Any, url: str, *, width: int = WIDE, language: str = "vi", theme: str = "light") -> None:
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    for name, value in (("hub_language", language), ("hub_theme", theme)):
        driver.add_cookie({"name": name, "value": value})
    driver.get(url)


def key(driver: Any, code: str, letter: str = "") -> None:
    """Press a key by its place; what it types may be another letter."""
    event = {"code": code, "key": letter or code.removeprefix("Key").lower()}
    for what in ("keyDown", "keyUp"):
        driver.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": what, **event})


def question(place: Town) -> str:
    with place.place.store.read() as conn:
        return str(conn.scalar(select(reviews.c.review_id).where(reviews.c.kind == "name").limit(1)))


def paths(place: Town) -> list[str]:
    return [
        "/", "/reviews", "/reviews?all=1", f"/reviews/{question(place)}", "/customers", "/customers?q=nguyen",
        "/segments", "/segments/lapsed", "/segments/never",
        f"/customers/{place.whose(LAN)}", "/decisions", "/sources", "/runs", "/quarantine", "/plans", "/deliveries", "/audit",
        "/nothing",
    ]  # fmt: skip


LOOKS = [(WIDE, "vi", "light"), (WIDE, "en", "dark"), (NARROW, "vi", "dark"), (NARROW, "en", "light")]


@pytest.mark.parametrize(("width", "language", "theme"), LOOKS)
def test_axe_finds_nothing_serious_and_no_page_is_wider_than_the_window(
    driver: Any, address: str, place: Town, width: int, language: str, theme: str
) -> None:
    from axe_core_python.selenium import Axe

    axe, found = Axe(), []
    for path in paths(place):
        opened(driver, address + path, width=width, language=language, theme=theme)
        told = axe.run(driver)["violations"]
        found += [
            (path, bad["id"], bad["nodes"][0]["html"][:160]) for bad in told if bad["impact"] in ("serious", "critical")
        ]
        if driver.execute_script("return document.documentElement.scrollWidth > innerWidth"):
            found.append((path, "wide", str(driver.execute_script("return document.documentElement.scrollWidth"))))
    assert found == []


def test_a_question_is_answered_and_taken_back_by_keys_alone(driver: Any, address: str, place: Town) -> None:
    review_id = question(place)
    opened(driver, f"{address}/reviews/{review_id}")
    one(driver, "[data-effects] section")
    key(driver, "KeyN", "ñ")
    until(lambda: state(place, review_id) == "decided")
    one(driver, "[data-key=KeyU]")
    key(driver, "KeyU", "ư")
    until(lambda: state(place, review_id) == "open")


def test_keys_do_nothing_while_somebody_types(driver: Any, address: str, place: Town) -> None:
    review_id = question(place)
    opened(driver, f"{address}/reviews/{review_id}")
    one(driver, "input[name=reason]").send_keys("nhmmr")
    assert one(driver, "input[name=reason]").get_property("value") == "nhmmr"
    assert state(place, review_id) == "open"


def test_enter_in_the_reason_answers_nothing(driver: Any, address: str, place: Town) -> None:
    review_id = question(place)
    opened(driver, f"{address}/reviews/{review_id}")
    one(driver, "input[name=reason]").send_keys("same card\n")
    assert driver.current_url == f"{address}/reviews/{review_id}"
    assert state(place, review_id) == "open"


def test_a_list_on_a_phone_says_what_each_value_is(driver: Any, address: str, place: Town) -> None:
    opened(driver, f"{address}/reviews?all=1", width=NARROW, language="en")
    cells = driver.find_elements("css selector", "table.stack tbody tr:first-child td")
    assert [cell.get_attribute("data-of") for cell in cells] == [None, "Why", "Money", "How sure", "Since"]
    assert {cell.value_of_css_property("display") for cell in cells} <= {"block", "none"}


def test_the_list_is_walked_by_keys(driver: Any, address: str, place: Town) -> None:
    opened(driver, f"{address}/reviews?all=1")
    key(driver, "KeyJ")
    assert "/reviews/" in driver.switch_to.active_element.get_attribute("href")
    key(driver, "Slash", "?")  # without shift: nothing
    assert not driver.execute_script("return document.querySelector('dialog').open")


def test_a_name_runs_nothing(driver: Any, address: str, place: Town) -> None:
    for path in (f"/customers/{place.whose('0909111333')}", "/customers?q=cong+tang", f"/customers?q={EVIL}"):
        opened(driver, address + path)
        assert driver.execute_script("return window.hit === undefined")


def test_nothing_comes_from_outside_and_the_console_stays_empty(driver: Any, address: str, place: Town) -> None:
    driver.get_log("browser")
    for path in paths(place)[:-1]:
        opened(driver, address + path)
        names = driver.execute_script("return performance.getEntriesByType('resource').map(one => one.name)")
        assert [name for name in names if not name.startswith(address)] == []
    assert driver.get_log("browser") == []


def state(place: Town, review_id: str) -> str:
    with place.place.store.read() as conn:
        return str(conn.scalar(select(reviews.c.state).where(reviews.c.review_id == review_id)))


def until(true: Any, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
