"""One made world, and its files, for all tests of the maker."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.sandbox.people import World, make, write


@pytest.fixture(scope="session")
def world() -> World:
    return make(seed=3, people=2000)


@pytest.fixture(scope="session")
def folder(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made")
    write(world, path)
    return path
