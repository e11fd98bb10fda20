"""The SQL contract is additive only: what was promised once stays, with its type, on both databases.

`contract_views.tsv` is frozen: a column is added there when it is added to a view, and no line of it is ever changed.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.store import views

FROZEN = Path(__file__).with_name("contract_views.tsv")
NAMED = {"customers", "identifiers", "xref", "orders", "consents", "changes"}
"""Views that the interface names."""
COLUMNS = "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'hub_v1'"


def frozen(dialect: str) -> set[tuple[str, str, str]]:
    rows = csv.DictReader(FROZEN.read_text().splitlines(), delimiter="\t")
    return {(row["view"], row["column"], row[dialect]) for row in rows}


def there(store) -> set[tuple[str, str, str]]:
    """view, column, type as programs see them; of a computed column SQLite says none."""
    with store.read() as conn:
        if not store.sqlite:
            return {tuple(row) for row in conn.execute(text(COLUMNS))}
        told = [
            (name, row)
            for name in views.COLUMNS
            for row in conn.execute(text(f"PRAGMA table_info({views.view_name('sqlite', name)})"))
        ]
        return {(name, row[1], row[2].lower()) for name, row in told}


def test_no_column_of_the_contract_has_vanished_or_changed_its_type(store):
    dialect = "sqlite" if store.sqlite else "postgresql"
    assert frozen(dialect) - there(store) == set()


def test_every_view_that_the_interface_names_is_frozen_and_there(store):
    assert {view for view, _, _ in frozen("sqlite")} >= NAMED
    assert {view for view, _, _ in there(store)} >= NAMED


def test_what_is_added_is_frozen_too(store):
    dialect = "sqlite" if store.sqlite else "postgresql"
    assert there(store) - frozen(dialect) == set()


@pytest.mark.parametrize("lost", ["golden_id", "seq"])
def test_the_comparison_sees_a_column_that_is_lost(store, lost):
    dialect = "sqlite" if store.sqlite else "postgresql"
    left = {one for one in there(store) if one[1] != lost}
    assert frozen(dialect) - left
