"""The audit log: what people did, by ids.

Belongs here: the append-only table. Does not: how it is written (hub.store.audit).
"""

# fmt: off
from __future__ import annotations

from sqlalchemy import Column, Index, Table

from hub.store.tables.base import BIG, metadata
from hub.store.tables.base import text_column as _text

audit = Table(                                   # append-only (a trigger refuses changes): ids and digests, no personal value
    "audit", metadata,
    Column("seq", BIG, primary_key=True, autoincrement=True),
    _text("at", null=False), _text("actor", null=False), _text("action", null=False),   # action: `merge`, `forget`, `export` …
    _text("subjects", null=False),               # JSON [id, …]: golden ids, plans, quarantine entries, names of destinations
    _text("reason"),                             # as typed, without contacts and the subjects' names
    _text("details"),                            # JSON
    _text("digest"),                             # of the line and of the digest before it (hub.store.audit_chain)
    Index("audit_at", "at"), Index("audit_action", "action"), sqlite_autoincrement=True,
)
