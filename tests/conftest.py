"""Fixtures that every test may ask for, and which tests begin."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from databases import (
    postgres_pool,
    postgres_template,
    postgres_url,
    sqlite_template,
    store,
    store_kind,
    store_url,
    twin,
)

__all__ = [
    "postgres_pool",
    "postgres_template",
    "postgres_url",
    "sqlite_template",
    "store",
    "store_kind",
    "store_url",
    "twin",
]

FIRST = ("crash", "story", "web", "flow", "client", "connectors", "sandbox")
"""Folders by the longest single test in them. What takes long begins first, so that no worker goes on alone at the end."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Order by folder what is already in random order within it."""
    yield
    here = Path(__file__).parent
    folders = {item.nodeid: item.path.relative_to(here).parts[0] for item in items}
    items.sort(key=lambda item: FIRST.index(folders[item.nodeid]) if folders[item.nodeid] in FIRST else len(FIRST))
