"""The SQL contract: views that other programs may read (PostgreSQL schema `hub_v1`, SQLite prefix `hub_v1_`).

Belongs here: their columns and definitions, additive only. Does not: the private tables. Columns are those of the exports.
Customers are the living ones of kind person or organisation; xref holds every current record.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from hub.store import relations

LIVING = "c.status = 'active' AND c.kind IN ('person', 'organisation')"

COLUMNS: dict[str, tuple[str, ...]] = {
    "customers": (
        "golden_id",
        "customer_code",
        "customer_type",
        "full_name",
        "phone",
        "phone_national",
        "email",
        "phones",
        "emails",
        "birth_date",
        "gender",
        "address",
        "province",
        "record_count",
        "sources",
        "created_at",
        "updated_at",
        "version",
        "marketing_email",
        "marketing_sms",
        "marketing_zalo",
        "marketing_call",
    ),
    "identifiers": (
        "golden_id",
        "type",
        "value",
        "class",
        "use",
        "source",
        "source_id",
        "first_seen",
        "last_seen",
    ),
    "xref": ("source", "source_id", "golden_id", "kind", "rule", "linked_at"),
    "orders": (
        "source",
        "source_id",
        "code",
        "golden_id",
        "kind",
        "at",
        "store",
        "currency",
        "total",
        "paid",
    ),
    "consents": ("golden_id", "purpose", "channel", "address", "status", "at", "source"),
    "changes": ("seq", "at", "kind", "golden_id", "version", "changed", "moved"),
    "relations": ("golden_id", "related_id", "kind", "type", "value", "since"),
}
ORDER: dict[str, tuple[str, ...]] = {
    "customers": ("golden_id",),
    "identifiers": ("golden_id", "type", "value", "source", "source_id"),
    "xref": ("source", "source_id"),
    "orders": ("source", "source_id"),
    "consents": ("golden_id", "purpose", "channel", "address", "source"),
    "changes": ("seq",),
    "relations": ("golden_id", "related_id", "kind", "type", "value"),
}
"""By which columns each is ordered in exports."""

_BODIES: dict[str, str] = {
    "customers": "SELECT "
    + ", ".join(f"c.{name}" for name in COLUMNS["customers"])
    + f" FROM customers c WHERE {LIVING}",
    "identifiers": (
        "SELECT x.golden_id, i.type, i.value, i.class, i.use, r.source, r.source_id, i.first_seen, i.last_seen "
        "FROM identifiers i JOIN records r ON r.rid = i.rid JOIN xref x ON x.rid = i.rid "
        f"JOIN customers c ON c.golden_id = x.golden_id WHERE {LIVING}"
    ),
    "xref": (
        "SELECT r.source, r.source_id, x.golden_id, r.kind, x.rule, x.linked_at FROM xref x JOIN records r ON r.rid = x.rid"
    ),
    "orders": (
        "SELECT o.source, o.source_id, o.code, x.golden_id, o.kind, o.at, o.store, o.currency, o.total, o.paid FROM orders o "
        "LEFT JOIN records r ON r.source = o.source AND r.source_id = o.customer_source_id LEFT JOIN xref x ON x.rid = r.rid"
    ),
    "changes": "SELECT seq, at, kind, golden_id, version, changed, moved FROM changes",
}
_PARTS = ("purpose", "channel", "address", "status", "at", "source")
_CONSENTS = {
    "sqlite": (
        "SELECT c.golden_id, "
        + ", ".join(f"json_extract(j.value, '$.{name}') AS {name}" for name in _PARTS)
        + f" FROM customers c, json_each(c.doc, '$.consents') j WHERE {LIVING}"
    ),
    "postgresql": (
        "SELECT c.golden_id, "
        + ", ".join(f"j.value ->> '{name}' AS {name}" for name in _PARTS)
        + f" FROM customers c, jsonb_array_elements((c.doc::jsonb) -> 'consents') AS j(value) WHERE {LIVING}"
    ),
}


def view_name(dialect: str, name: str) -> str:
    """The view's name in SQL: `hub_v1_customers` or `hub_v1.customers`."""
    return f"hub_v1_{name}" if dialect == "sqlite" else f"hub_v1.{name}"


def body(dialect: str, name: str) -> str:
    """The SELECT behind a view."""
    if name == "relations":
        return relations.sql(dialect)
    return _CONSENTS[dialect] if name == "consents" else _BODIES[name]


def create_views(conn: Connection) -> None:
    """Build all views anew (the transaction makes it invisible to readers)."""
    dialect = conn.dialect.name
    if dialect == "postgresql":
        conn.execute(text("CREATE SCHEMA IF NOT EXISTS hub_v1"))
    for name in COLUMNS:
        conn.execute(text(f"DROP VIEW IF EXISTS {view_name(dialect, name)}"))
        conn.exec_driver_sql(f"CREATE VIEW {view_name(dialect, name)} AS {body(dialect, name)}")


def drop_views(conn: Connection) -> None:
    """Take all views away."""
    for name in COLUMNS:
        conn.execute(text(f"DROP VIEW IF EXISTS {view_name(conn.dialect.name, name)}"))


def missing_views(conn: Connection) -> list[str]:
    """Names of views that ought to be there and are not."""
    sqlite = conn.dialect.name == "sqlite"
    there = set(inspect(conn).get_view_names(schema=None if sqlite else "hub_v1"))
    return [name for name in COLUMNS if (f"hub_v1_{name}" if sqlite else name) not in there]
