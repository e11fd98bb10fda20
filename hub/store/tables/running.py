"""Runs, alerts and the hub's notes about itself.

Belongs here: tables of no one step. Does not: how they are read and written (one file per table family).
"""

# fmt: off
from __future__ import annotations

from sqlalchemy import Column, Integer, Table

from hub.store.tables.base import metadata
from hub.store.tables.base import text_column as _text

runs = Table(
    "runs", metadata,
    _text("run_id", key=True), _text("trigger", null=False), _text("started_at", null=False), _text("ended_at"),
    _text("status", null=False),                 # running | ok | degraded | held | failed
    Column("pid", Integer), _text("report"),
)
alert_states = Table(
    "alert_states", metadata, _text("subject", key=True), _text("state", null=False), _text("since", null=False),
    _text("notified_at"),
)
meta = Table("meta", metadata, _text("key", key=True), _text("value", null=False))
