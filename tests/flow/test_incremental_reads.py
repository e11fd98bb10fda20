"""A run over a few changes reads by index: its work goes by what changed, not by how much there is."""

from __future__ import annotations

import pytest
from sqlalchemy import event
from steps import bring, person, settle

from hub.store.engine import Store, open_store

BIG = (
    "records", "identifiers", "landed", "raw_records", "xref", "xref_past", "customers", "history", "changes", "edges",
    "refusals", "field_refusals", "consents",
)  # fmt: skip
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


def statements(store: Store, number: int, *given: object) -> set[str]:
    """What SQLite is asked while some records come and are matched and resolved."""
    asked: set[str] = set()
    event.listen(store.engine, "checkout", lambda conn, *_: conn.set_trace_callback(asked.add))
    bring(store, *given, number=number)
    settle(store, number)
    return asked


def scans(store: Store, asked: set[str]) -> set[str]:
    """Big tables that these statements read whole; looking whether there is any row is no reading."""
    found = set()
    with store.read() as conn:
        for text in asked:
            if (
                text.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))
                and " LIMIT " not in text.upper()
            ):
                plan = conn.connection.cursor().execute("EXPLAIN QUERY PLAN " + text).fetchall()
                found |= {row[3].split()[1] for row in plan if row[3].startswith("SCAN ")} & set(BIG)
    return found


CHANGES = {
    "joins": person("new", "Nguyễn Thị Lan", "0912345678"),
    "moves": person("p1", "Trần Văn Hùng", "0912345679"),
    "alone": person("x", "Lê Vy", "0901112223"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_few_changes_read_no_table_whole(world, change):
    assert scans(world, statements(world, 2, CHANGES[change])) == set()
