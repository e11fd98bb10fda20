"""Who is who: what changed, the crosswalk, joins and refusals, and the candidate that is promoted.

Belongs here: what matching reads and writes. Does not: how they are read and written (one file per table family).
"""

# fmt: off
from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Index, Integer, Table

from hub.store.tables.base import BIG, join_columns, metadata
from hub.store.tables.base import text_column as _text


def _lost_columns() -> list[Column[Any]]:
    """A record, what it bears that somebody else holds now, when its holder was last seen, the next one first."""
    key = [_text(name, key=True) for name in ("type", "value", "issuer")]
    rid = Column("rid", BIG, primary_key=True, autoincrement=False)
    return [rid, *key, _text("until", null=False), _text("since", null=False)]


dirty_records = Table("dirty_records", metadata, Column("rid", BIG, primary_key=True, autoincrement=False))
dirty_values = Table(                            # identifiers that a changed record no longer bears
    "dirty_values", metadata, _text("type", key=True), _text("value", key=True), _text("issuer", key=True),
)
dirty_customers = Table("dirty_customers", metadata, _text("golden_id", key=True))
blocked_values = Table(                          # generic identifiers: they join nobody
    "blocked_values", metadata, _text("type", key=True), _text("value", key=True), _text("issuer", key=True),
    Column("names", Integer, nullable=False), Column("nameless", Integer, nullable=False), _text("reason", null=False),
)

xref = Table(
    "xref", metadata,
    Column("rid", BIG, primary_key=True, autoincrement=False),
    _text("golden_id", null=False), _text("rule", null=False), _text("linked_at", null=False),
    Index("xref_golden", "golden_id"),
)
xref_past = Table(                               # ids that a record had before: a part of a split takes its own back
    "xref_past", metadata,
    Column("rid", BIG, primary_key=True, autoincrement=False), _text("golden_id", key=True), _text("until", null=False),
    Index("xref_past_golden", "golden_id"),
)
edges = Table("edges", metadata, *join_columns(), Index("edges_a", "rid_a"), Index("edges_b", "rid_b"))
refusals = Table(                                # joins refused, with the reason as rule; related = the two are RELATED
    "refusals", metadata, *join_columns(), Column("related", Boolean, nullable=False),
    Index("refusals_a", "rid_a"), Index("refusals_b", "rid_b"),
)
reassigned = Table(                              # phones and e-mails that changed hands, by the records of former holders
    "reassigned", metadata, *_lost_columns(), Index("reassigned_value", "value"),
)
block_keys = Table(                              # blocks of every record that was compared: who may be worth scoring with it
    "block_keys", metadata,
    Column("key", BIG, primary_key=True, autoincrement=False), Column("rid", BIG, primary_key=True, autoincrement=False),
    Index("block_keys_rid", "rid"), sqlite_with_rowid=False,
)
candidate_xref = Table(                          # what match proposes; resolve proves and promotes it in one transaction
    "candidate_xref", metadata,
    Column("rid", BIG, primary_key=True, autoincrement=False), _text("golden_id", null=False), _text("rule", null=False),
)
candidate_edges = Table("candidate_edges", metadata, *join_columns())
candidate_refusals = Table("candidate_refusals", metadata, *join_columns(), Column("related", Boolean, nullable=False))
candidate_blocked = Table(
    "candidate_blocked", metadata, _text("type", key=True), _text("value", key=True), _text("issuer", key=True),
    Column("names", Integer, nullable=False), Column("nameless", Integer, nullable=False),
    _text("reason"),                             # null: no longer blocked
)
candidate_shared = Table(                        # phones and e-mails that several customers bear as their own
    "candidate_shared", metadata, _text("type", key=True), _text("value", key=True),
    Column("customers", Integer, nullable=False),
)
candidate_reassigned = Table("candidate_reassigned", metadata, *_lost_columns())
candidate_redirects = Table("candidate_redirects", metadata, _text("old", key=True), _text("live", null=False))
