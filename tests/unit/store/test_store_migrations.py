"""Migrations, the metadata and the views agree."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text

from hub.store import migrate, views
from hub.store.tables import metadata


def test_migrations_build_the_tables_of_the_metadata(store):
    found = migrate.check(store)
    assert found.drift == ()
    assert found.ok
    with store.read() as conn:
        assert set(inspect(conn).get_table_names()) - {"alembic_version"} == set(metadata.tables)


def test_upgrading_again_does_nothing(store):
    migrate.upgrade(store)
    assert migrate.check(store).ok


def test_a_missing_column_is_told(store):
    with store.begin() as conn:
        views.drop_views(conn)
        conn.execute(text("ALTER TABLE customers DROP COLUMN gender"))
    found = migrate.check(store)
    assert not found.ok
    assert any("gender" in line for line in found.drift)
    assert "add_view customers" in found.drift


@pytest.mark.parametrize("name", sorted(views.COLUMNS))
def test_views_have_exactly_the_columns_of_the_contract(store, name):
    with store.read() as conn:
        result = conn.execute(text(f"SELECT * FROM {views.view_name(conn.dialect.name, name)}"))
        assert tuple(result.keys()) == views.COLUMNS[name]
        assert result.all() == []


CUSTOMERS = (
    "golden_id customer_code customer_type full_name phone phone_national email phones emails birth_date gender address "
    "province record_count sources created_at updated_at version "
    "marketing_email marketing_sms marketing_zalo marketing_call"
)
CONTRACT = {
    "customers": CUSTOMERS,
    "identifiers": "golden_id type value class use source source_id first_seen last_seen",
    "xref": "source source_id golden_id kind rule linked_at",
    "orders": "source source_id code golden_id kind at store currency total paid",
    "consents": "golden_id purpose channel address status at source",
    "changes": "seq at kind golden_id version changed moved",
}


def test_the_contract_only_grows():
    for name, columns in CONTRACT.items():
        assert views.COLUMNS[name][: len(columns.split())] == tuple(columns.split())
