"""A run over a few changes reads by index: its work goes by what changed, not by how much there is."""

from __future__ import annotations

import pytest
from reads import asked, scans
from steps import bring, person, settle

from hub.store.engine import Store, open_store

PEOPLE = [("Nguyễn Thị Lan", "0912345678"), ("Trần Văn Hùng", "0912345678"), ("Phạm Minh", "0987654321")]


@pytest.fixture
def world(sqlite_template, tmp_path):
    """A store with a few people."""
    (tmp_path / "hub.db").write_bytes(sqlite_template.read_bytes())
    store = open_store(f"sqlite:///{tmp_path / 'hub.db'}")
    many = [person(str(n), f"Người Số {n}", f"09{n:08d}") for n in range(10, 80)]
    bring(store, *many, *(person(f"p{n}", name, phone) for n, (name, phone) in enumerate(PEOPLE)))
    settle(store)
    yield store
    store.dispose()


def bringing(store: Store, number: int, *given: object) -> None:
    """Some records come and are matched and resolved."""
    bring(store, *given, number=number)
    settle(store, number)


CHANGES = {
    "joins": person("new", "Nguyễn Thị Lan", "0912345678"),
    "moves": person("p1", "Trần Văn Hùng", "0912345679"),
    "alone": person("x", "Lê Vy", "0901112223"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_few_changes_read_no_table_whole(world, change):
    assert scans(world, asked(world, lambda: bringing(world, 2, CHANGES[change]))) == set()
