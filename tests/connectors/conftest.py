"""What every connector's tests share: a context without waiting, a tiny vendor on loopback, one sandbox."""

import dataclasses
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fake_vendor import FakeVendor

from hub.connectors.kit.port import Connection, Context
from hub.sandbox.server import Sandbox

ROOMY = 1000.0
"""Share of the vendors' limits in tests: the budget has tests of its own."""


@pytest.fixture
def vendor() -> Iterator[FakeVendor]:
    with FakeVendor() as running:
        yield running


@pytest.fixture
def make_context(tmp_path: Path) -> Callable[..., Context]:
    base = Context(
        "src", {}, tmp_path, "VN", "Asia/Ho_Chi_Minh", lambda: "2026-11-21T10:00:00.000Z", wait=lambda seconds: None
    )

    def make(options=None, **changes) -> Context:
        return replace(base, options={"budget_share": ROOMY, **(options or {})}, **changes)

    return make


@pytest.fixture(scope="session")
def _running() -> Iterator[Sandbox]:
    with Sandbox() as box:
        yield box


@pytest.fixture
def box(_running: Sandbox) -> Sandbox:
    """The sandbox, calm, empty, with its defaults."""
    for options in _running.options.values():
        for field in dataclasses.fields(options):
            setattr(options, field.name, field.default)
    _running.reset()
    _running.hostile.calm()
    _running.hostile.seed(0)
    return _running


@pytest.fixture
def nobody() -> str:
    """An address where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def opened() -> Iterator[list[Connection]]:
    """Connections put in here are closed at the end."""
    held: list[Connection] = []
    yield held
    for connection in held:
        connection.close()


@pytest.fixture
def lose_answer(box: Sandbox, vendor_name: str) -> Callable[[], Callable[[], int]]:
    """From the call on the vendor does what it is asked and hangs up, until it has done one write."""

    def lose() -> Callable[[], int]:
        start = box.journal.position
        box.hostile.set("hostile", vendor_name, rates={"cut": 1.0}, in_a_row=1)
        return lambda: len(box.journal.of(vendor_name, start))

    return lose


@pytest.fixture
def requests(box: Sandbox, vendor_name: str) -> Callable[[], int]:
    """Writing requests that the vendor has seen."""
    return lambda: sum(
        times
        for (vendor, method, route), times in box.journal.requests.items()
        if vendor == vendor_name and method != "GET" and "token" not in route
    )
