"""What people decide about who is who, and what they may be asked.

Belongs here: judgements, decisions, pins, joins held back, suggestions, samples, consents. Does not: how they are read and
written (one file per table family).
"""

# fmt: off
from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, Integer, Table

from hub.store.tables.base import BIG, metadata
from hub.store.tables.base import text_column as _text

judgements = Table(
    "judgements", metadata,
    Column("id", BIG, primary_key=True, autoincrement=True),
    _text("a", null=False), _text("b", null=False),          # `source:source_id`, a < b in byte order
    _text("verdict", null=False), _text("author", null=False), _text("at", null=False), _text("reason"),
    Column("active", Boolean, nullable=False), _text("decision_id"),
    Index("judgements_decision", "decision_id"), Index("judgements_a", "a"), Index("judgements_b", "b"),
    sqlite_autoincrement=True,
)
decisions = Table(                               # what people decided; append-only, ids only
    "decisions", metadata,
    _text("decision_id", key=True), _text("at", null=False), _text("author", null=False),
    _text("kind", null=False),                   # merge | split | pin | undo | undo_run | undo_rule
    _text("reason"), _text("subjects", null=False),          # JSON [golden_id, …] as they were then
    _text("undoes"), _text("run_id", null=False),
    Index("decisions_undoes", "undoes"), Index("decisions_run", "run_id"),
)
pins = Table(                                    # values that people set above what records say
    "pins", metadata,
    Column("pin_id", BIG, primary_key=True, autoincrement=True),
    _text("anchor", null=False),                 # `source:source_id` of a record: who holds it bears the pin
    _text("golden_id", null=False),              # bears it when the anchor has left
    _text("field", null=False), _text("value", null=False), _text("stood"),  # stood: the value that it replaced
    _text("said"),                               # what the records alone said then
    _text("author", null=False), _text("reason"), _text("at", null=False), _text("until"),
    Column("active", Boolean, nullable=False), _text("decision_id", null=False),
    Index("pins_decision", "decision_id"), Index("pins_anchor", "anchor"), Index("pins_golden", "golden_id"),
    sqlite_autoincrement=True,
)
held_joins = Table(                              # joins of customers that a run held back: an input until a person decides
    "held_joins", metadata,
    _text("a", key=True), _text("b", key=True),  # `source:source_id`, a < b in byte order
    _text("run_id", null=False), _text("at", null=False),
    _text("state", null=False),                  # held | approved | refused
    _text("decision_id"), Index("held_joins_run", "run_id"),
)
suggestions = Table(                             # pairs that may be one by their score; rid_a first by (source, source_id)
    "suggestions", metadata,
    Column("rid_a", BIG, primary_key=True, autoincrement=False),
    Column("rid_b", BIG, primary_key=True, autoincrement=False),
    Column("bits", Double, nullable=False), Index("suggestions_b", "rid_b"),
)
consents = Table(                                # what customers said, entered by people here; a ledger, one row per saying
    "consents", metadata,
    Column("consent_id", BIG, primary_key=True, autoincrement=True),
    _text("anchor", null=False),                 # `source:source_id` of a record, which bears the address if one does
    _text("golden_id", null=False),              # whose it is when the anchor has left
    _text("purpose", null=False), _text("channel", null=False),              # `*`: every one
    _text("address"),                            # normal form; null: whatever address
    _text("status", null=False),                 # granted | refused | withdrawn | unknown
    _text("at", null=False), _text("author", null=False), _text("reason"),   # at: when the customer said so
    Column("active", Boolean, nullable=False), _text("decision_id", null=False),
    Index("consents_anchor", "anchor"), Index("consents_golden", "golden_id"), Index("consents_decision", "decision_id"),
    sqlite_autoincrement=True,
)
samples = Table(                                 # pairs drawn for stewards to label blindly, and their answers
    "samples", metadata,
    _text("sample_id", key=True), Column("n", Integer, primary_key=True, autoincrement=False),
    _text("a", null=False), _text("b", null=False),          # `source:source_id`, in the order shown
    _text("stratum", null=False), Column("population", BIG, nullable=False),   # pairs of the stratum when it was drawn
    _text("drawn_at", null=False), _text("answer"), _text("answered_by"), _text("answered_at"),
)
