"""Fixtures of the sheet connector's tests."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sheet_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def make_bench(tmp_path: Path) -> Callable[..., Bench]:
    return lambda **options: Bench(tmp_path, **options)
