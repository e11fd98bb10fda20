"""The golden record: as it is, as it was, and the feed of changes.

Belongs here: customers and their versions. Does not: how they are read and written (one file per table family).
"""

# fmt: off
from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, text

from hub.store.tables.base import BIG, metadata
from hub.store.tables.base import text_column as _text

MERGED = "merged_into IS NOT NULL"
MOVES = "kind IN ('merged', 'split')"
SPLITS = "kind = 'split'"
LEFT = "status <> 'active'"
CUSTOMER_TEXT = (
    "customer_type", "full_name", "phone", "phone_national", "email", "phones", "emails", "birth_date", "gender",
    "address", "province", "company_name", "marketing_email", "marketing_sms", "marketing_zalo", "marketing_call",
)
customers = Table(
    "customers", metadata,
    _text("golden_id", key=True), _text("customer_code", null=False),
    _text("status", null=False),                 # active | inactive | merged | erased
    _text("merged_into"), _text("kind", null=False), Column("version", Integer, nullable=False),
    Column("record_count", Integer, nullable=False), _text("sources"),
    *[_text(name) for name in CUSTOMER_TEXT],
    _text("doc", null=False), _text("provenance"), _text("digest", null=False),
    _text("created_at", null=False), _text("updated_at", null=False), _text("run_id", null=False),
    Column("inputs", BIG),                       # what it was decided from (inputs.py); null = not told
    Index("customers_code", "customer_code", unique=True),
    Index("customers_left", "golden_id", sqlite_where=text(LEFT), postgresql_where=text(LEFT)),
    Index("customers_merged", "merged_into", sqlite_where=text(MERGED), postgresql_where=text(MERGED)),
)
history = Table(                                 # versions that were replaced
    "history", metadata,
    _text("golden_id", key=True), Column("version", Integer, primary_key=True),
    _text("valid_from", null=False), _text("valid_to", null=False), _text("doc", null=False), _text("provenance"),
    _text("run_id", null=False), _text("status"),            # of that version; null = active
)
retold = Table(                                  # the same values for other reasons: no version, no event, but plans look again
    "retold", metadata,
    Column("seq", BIG, primary_key=True, autoincrement=True), _text("golden_id", null=False), sqlite_autoincrement=True,
)
changes = Table(
    "changes", metadata,
    Column("seq", BIG, primary_key=True, autoincrement=True),
    _text("at", null=False), _text("kind", null=False),      # created | updated | merged | split | erased
    _text("golden_id", null=False), Column("version", Integer, nullable=False), _text("changed"), _text("moved"),
    _text("run_id", null=False), Index("changes_golden", "golden_id"),
    Index("changes_splits", "seq", sqlite_where=text(SPLITS), postgresql_where=text(SPLITS)),
    Index("changes_moves", "run_id", sqlite_where=text(MOVES), postgresql_where=text(MOVES)),
    sqlite_autoincrement=True,
)
