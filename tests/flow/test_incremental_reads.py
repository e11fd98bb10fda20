"""A run over a few changes reads by index: its work goes by what changed, not by how much there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import make_run
from reads import asked, scans
from steps import bring, person, settle

from hub.flow import one
from hub.settings import Matching, Settings, Source
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


TILL = Source("till", "api", "pos", {})
SETTINGS = Settings(Path("hub.toml"), "", sources={"till": TILL}, matching=Matching(compare_up_to=0))
HANDED_IN = {"joins": PEOPLE[0], "refused": ("Lê Vy", "0912345678"), "alone": ("Lê Vy", "0901112223")}


def handed_in(store: Store, number: int, source_id: str, name: str, phone: str) -> None:
    """A record is handed in and has its customer at once."""
    payload = {"source_id": source_id, "full_name": name, "phones": [{"value": phone}]}
    (answer,) = one.resolve_records(store, SETTINGS, TILL, [payload], make_run(number))
    assert answer.golden_id is not None


@pytest.mark.parametrize("change", HANDED_IN)
def test_a_record_handed_in_reads_no_table_whole(world, change, monkeypatch):
    for n in range(2):  # the first makes the source known and brings all up to these settings
        handed_in(world, 2 + n, f"first{n}", "Võ Bảo", "0903334445")
    monkeypatch.setattr("hub.flow.one.match.quick", None)
    assert scans(world, asked(world, lambda: handed_in(world, 5, "new", *HANDED_IN[change]))) == set()
