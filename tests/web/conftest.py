"""Passwords are hashed cheaply here, and the clients' loops end with the tests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import asking
import pytest
from argon2 import PasswordHasher

from hub.flow import access


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
