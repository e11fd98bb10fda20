"""What other systems are still to do because somebody said no.

Belongs here: one row for every record at one system that is to stop. Does not: how they are read and written
(hub.store.withdrawals). No address stands here: a record is named by the system's own id.
"""

# fmt: off
from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table

from hub.store.tables.base import metadata
from hub.store.tables.base import text_column as _text

withdrawals = Table(
    "withdrawals", metadata,
    _text("task_id", key=True), _text("destination", null=False), _text("target", null=False),
    _text("golden_id", null=False), _text("purpose", null=False), _text("channel", null=False),
    _text("said_by", null=False), _text("said_at"),  # who told the no (`hub`: entered here), and when, if that is known
    _text("state", null=False),                  # held | open | manual (a person must) | done | superseded
    _text("reason"), _text("due", null=False), Column("tries", Integer, nullable=False),
    _text("at", null=False), _text("ended_at"), _text("actor"),
    Index("withdrawals_state", "state", "due"), Index("withdrawals_golden", "golden_id"),
)
