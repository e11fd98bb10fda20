"""The current source records, their identifiers and orders, in normal form.

Belongs here: what normalizing writes. Does not: how they are read and written (one file per table family).
"""

# fmt: off
from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table, text

from hub.store.tables.base import BIG, metadata
from hub.store.tables.base import text_column as _text

NATIONAL = "type = 'national_id'"
records = Table(
    "records", metadata,
    Column("rid", BIG, primary_key=True, autoincrement=False),
    _text("source", null=False), _text("source_id", null=False),
    _text("code"), _text("kind", null=False), _text("full_name"), _text("family_name"), _text("given_name"),
    _text("honorific"), _text("name_key"), _text("name_given"), _text("name_level", null=False),
    Column("name_toned", Boolean, nullable=False), _text("company_name"), _text("company_key"), _text("birth_date"),
    _text("gender"), _text("customer_type"), _text("updated_at"), _text("created_at"),
    _text("doc", null=False),                    # the whole normalized document (schemas/source_record.v1.json)
    _text("since"),                              # JSON {field: time at which its value began} for values younger than first_at
    _text("first_at"),                           # time of the first version's values
    _text("echo"),                               # JSON [field, …] that only repeat what the hub sent
    Column("stamp", BIG, nullable=False, server_default="0"),    # the write that gave the row its values; rises
    Index("records_key", "source", "source_id", unique=True),
    Index("records_code", "code"), Index("records_stamp", "stamp"),
)
identifiers = Table(
    "identifiers", metadata,
    Column("rid", BIG, primary_key=True), Column("n", Integer, primary_key=True),
    _text("type", null=False), _text("value", null=False), _text("issuer", null=False), _text("class"),
    _text("use", null=False), Column("key", Boolean, nullable=False), _text("flags", null=False), _text("raw"),
    _text("national"), _text("first_seen"), _text("last_seen"),
    Index("identifiers_value", "value", "type"),
    Index("identifiers_national", "rid", sqlite_where=text(NATIONAL), postgresql_where=text(NATIONAL)),
    sqlite_with_rowid=False,
)
orders = Table(
    "orders", metadata,
    Column("rid", BIG, primary_key=True, autoincrement=False),
    _text("source", null=False), _text("source_id", null=False), _text("code"), _text("kind", null=False),
    _text("customer_source_id"), _text("store"), _text("at"), _text("currency"),
    Column("total", BIG), Column("paid", BIG), _text("doc", null=False),
    Index("orders_customer", "source", "customer_source_id"),
)
