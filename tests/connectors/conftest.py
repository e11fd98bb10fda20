"""What every connector's tests share: a context without waiting, a tiny vendor on loopback."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fake_vendor import FakeVendor

from hub.connectors.kit.port import Context


@pytest.fixture
def vendor() -> Iterator[FakeVendor]:
    with FakeVendor() as running:
        yield running


@pytest.fixture
def make_context(tmp_path: Path) -> Callable[..., Context]:
    base = Context("src", {}, tmp_path, "VN", "Asia/Ho_Chi_Minh", lambda: "2026-11-21T10:00:00.000Z",
                   wait=lambda seconds: None)

    def make(options=None, **changes) -> Context:
        return replace(base, options=options or {}, **changes)

    return make
