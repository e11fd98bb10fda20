"""Landing: what came, as it came, and what is still to be done with it.

Belongs here: raw rows, cursors, sweeps, quarantine. Does not: how they are read and written (one file per table family).
"""

# fmt: off
from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, text

from hub.store.tables.base import BIG, metadata
from hub.store.tables.base import text_column as _text

MISSING = "state = 'missing'"
raw_records = Table(
    "raw_records", metadata,
    Column("raw_id", BIG, primary_key=True, autoincrement=False),
    Column("rid", BIG, nullable=False),          # landed.rid
    _text("content_hash", null=False),           # 32 hex of BLAKE2b-128 over the payload text
    _text("payload", null=False),
    _text("updated_at"),                         # the source's own time
    _text("landed_at", null=False),
    _text("run_id", null=False),
    Index("raw_records_rid", "rid"),
)
landed = Table(
    "landed", metadata,
    Column("rid", BIG, primary_key=True, autoincrement=False),
    _text("source", null=False), _text("stream", null=False), _text("source_id", null=False),
    Column("raw_id", BIG, nullable=False),       # the newest version
    _text("content_hash", null=False), _text("updated_at"),  # updated_at: null too when it lies in the future
    _text("state", null=False),                  # current | missing | removed
    _text("missing_since"), _text("missing_snapshot"), _text("missing_run"),  # of a tombstone: time, `tombstone`, run
    _text("scope", null=False),                  # file path or ""
    Index("landed_key", "source", "stream", "source_id", unique=True),
    Index("landed_missing", "source", sqlite_where=text(MISSING), postgresql_where=text(MISSING)),
)
waiting = Table("waiting", metadata, Column("rid", BIG, primary_key=True, autoincrement=False))  # to be normalized, or removed
arrivals = Table(                                # handed in while a run held the workspace; landed by who holds it next
    "arrivals", metadata,
    Column("arrival_id", BIG, primary_key=True, autoincrement=True),
    _text("source", null=False), _text("source_id", null=False), _text("payload", null=False), _text("updated_at"),
    _text("at", null=False),
    Index("arrivals_source", "source"), sqlite_autoincrement=True,
)
sweeps = Table(                                  # sweeps still going on: one per source, stream and scope
    "sweeps", metadata,
    Column("sweep_id", BIG, primary_key=True, autoincrement=False),
    _text("source", null=False), _text("stream", null=False), _text("scope", null=False), _text("snapshot", null=False),
    Index("sweeps_key", "source", "stream", "scope", unique=True),
)
sweep_pages = Table(                             # rids seen by a page, as little-endian int64
    "sweep_pages", metadata,
    Column("sweep_id", BIG, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False), Column("rids", LargeBinary, nullable=False),
)
scopes = Table(                                  # the last plausible complete sweep
    "scopes", metadata,
    _text("source", key=True), _text("stream", key=True), _text("scope", key=True),
    Column("usual_rows", Integer, nullable=False), _text("snapshot", null=False), _text("at", null=False),
)
cursors = Table(
    "cursors", metadata,
    _text("source", key=True), _text("stream", key=True),
    _text("cursor", null=False), _text("updated_at", null=False),
)
source_state = Table(
    "source_state", metadata,
    _text("source", key=True),
    _text("last_attempt"), _text("last_success"), _text("newest_record"), _text("last_sweep"),
    _text("status"), _text("error"),             # error: code and sentence, no personal data
    Column("usual_rows", Integer),               # customers of the last complete sweeps, for `plausible`
    _text("first_matched_at"),
)
quarantine = Table(
    "quarantine", metadata,
    Column("qid", BIG, primary_key=True, autoincrement=True),
    _text("source", null=False), _text("stream", null=False), _text("source_id", null=False),
    Column("raw_id", BIG, nullable=False),
    _text("code", null=False), _text("field"), _text("state", null=False),   # open | closed | discarded
    Column("attempts", Integer, nullable=False), _text("first_at", null=False), _text("last_at", null=False),
    Index("quarantine_key", "source", "stream", "source_id"),
    sqlite_autoincrement=True,
)
field_refusals = Table(
    "field_refusals", metadata,
    Column("rid", BIG, primary_key=True), _text("field", key=True), Column("n", Integer, primary_key=True),
    _text("code", null=False),
)
