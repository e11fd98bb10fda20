"""Giving back: plans, the ledger of deliveries, what was acknowledged.

Belongs here: what planning and pushing write. Does not: how they are read and written (one file per table family).
"""

# fmt: off
from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, text

from hub.store.tables.base import BIG, metadata
from hub.store.tables.base import text_column as _text

GIVEN = "state IS NULL"
UNKNOWN = "state IN ('sent', 'unknown')"
plans = Table(
    "plans", metadata,
    _text("plan_id", key=True), _text("destination", null=False),
    _text("state", null=False),                  # waiting | held | approved | applied | stale | superseded
    _text("created_at", null=False), _text("run_id", null=False), _text("counts", null=False), _text("reason"),
    _text("approved_by"), _text("approved_at"), _text("applied_at"), Column("feed_seq", BIG, nullable=False),
    _text("basis", null=False),                  # digest of what the plan rests on; differs at apply = stale
    Index("plans_destination", "destination", "state"),
)
plan_items = Table(
    "plan_items", metadata,
    _text("plan_id", key=True),
    Column("n", Integer, primary_key=True),
    _text("action", null=False), _text("golden_id", null=False), _text("target"),
    _text("changes", null=False),                # JSON {field: [old, new]}
    _text("known"), _text("reason"), _text("idempotency_key", null=False),
    _text("state", null=False),                  # open | sent | acked | rejected | retry | unknown
    _text("notes"),                              # JSON: base {field: sent before}, origin {field: rid}, back [field]
    Index("plan_items_unknown", "plan_id", "n", sqlite_where=text(UNKNOWN), postgresql_where=text(UNKNOWN)),
)
deliveries = Table(                              # append-only ledger: ids and digests only
    "deliveries", metadata,
    Column("seq", BIG, primary_key=True, autoincrement=True),
    _text("plan_id", null=False), Column("n", Integer, nullable=False), _text("destination", null=False),
    _text("golden_id", null=False), _text("target"), _text("action", null=False), _text("idempotency_key", null=False),
    _text("state", null=False), _text("digest"), _text("reason"), _text("at", null=False), _text("run_id", null=False),
    Index("deliveries_item", "plan_id", "n"), Index("deliveries_golden", "golden_id"),
    Index("deliveries_key", "idempotency_key"), sqlite_autoincrement=True,
)
sent = Table(                                    # last acknowledged: moves only on ack
    "sent", metadata,
    _text("destination", key=True), _text("source_id", key=True),
    _text("golden_id", null=False), _text("fields", null=False),   # JSON {field: value as sent}
    _text("acked_at", null=False),
    _text("before"), _text("origin"),            # JSON {field: what stood there before}, {field: rid whose value was sent}
    _text("state"),                              # inactive | deleted: taken out there by the hub
    Index("sent_golden", "golden_id"),
    Index("sent_given", "destination", "golden_id", sqlite_where=text(GIVEN), postgresql_where=text(GIVEN)),
)
created_records = Table(                         # records the hub created: they belong to their customer by the receipt
    "created_records", metadata,
    _text("source", key=True), _text("source_id", key=True), _text("golden_id", null=False),
    _text("anchor", null=False),                 # `source:source_id` of the customer's first record then
    _text("at", null=False),                     # "": not made by the hub, which gave it the id that it has now
    Index("created_records_anchor", "anchor"), Index("created_golden", "golden_id"),
)
plan_states = Table(                             # what the last plan of a destination rested on (planned.py)
    "plan_states", metadata,
    _text("destination", key=True), _text("basis", null=False),
    _text("positions", null=False),              # JSON {what: how far it had come}
)
plan_marks = Table(                              # customers with a line in that plan, or with several records there
    "plan_marks", metadata,
    _text("destination", key=True), _text("golden_id", key=True),
    _text("double"),                             # JSON: what is told of several records
)
push_wishes = Table(                             # what a person asked for one customer at one destination
    "push_wishes", metadata,
    _text("destination", key=True), _text("golden_id", key=True),
    _text("what", key=True),                     # recreate | retry
    _text("at", null=False), _text("author", null=False),
)
drifts = Table(                                  # the last reconciliation of each destination: counts only
    "drifts", metadata,
    _text("destination", key=True), _text("at", null=False), _text("run_id", null=False), _text("report", null=False),
)
