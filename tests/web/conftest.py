"""Passwords are hashed cheaply here, and the clients' loops end with the tests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import asking
import chromium
import pytest
from argon2 import PasswordHasher
from databases import fresh
from town import Town
from town import town as settle

from hub.flow import access
from hub.store.engine import open_store


@pytest.fixture(scope="session", autouse=True)
def loops_end() -> Iterator[None]:
    yield
    for runner in asking.RUNNERS:
        runner.close()


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(access, "_hasher", cache(lambda: PasswordHasher(time_cost=1, memory_cost=512, parallelism=1)))
    yield
    patch.undo()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town that the tests of a module share."""
    folder = tmp_path_factory.mktemp("town")
    with fresh(request, request.param, folder / "data") as url:
        store = open_store(url)
        made = settle(store, folder)
        yield made
        made.client.app.state.ground.points.close()
        store.dispose()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tests that were left out for want of a browser are told aloud."""
    if not (chromium.BINARY and chromium.DRIVER):
        terminalreporter.write_line(chromium.MISSING, yellow=True, bold=True)
