"""What segments are found by: traits of customers, what they bought by day, what they spent by currency.

Belongs here: copies in narrow rows of what golden records and orders say, of living persons and organisations only. Does not:
who is in a segment (it is computed when it is asked, docs/decisions/0018), how these are kept up (store.traits).
Days are numbers since 1970-01-01 in the shop's time zone.
"""

# fmt: off
from __future__ import annotations

from sqlalchemy import Column, Double, Index, Integer, Table

from hub.store.tables.base import BIG, metadata
from hub.store.tables.base import text_column as _text

traits = Table(
    "traits", metadata,
    _text("golden_id", key=True), _text("customer_type", null=False), _text("province"), _text("tier"),
    _text("birthday"),                           # MM-DD
    *[_text(name, null=False) for name in ("sources", "stores", "tags", "groups")],    # each value between two U+001F
    *[_text(name) for name in ("email", "sms", "zalo", "call")],                       # marketing consent there
    Column("known", Integer, nullable=False),    # day on which a system first knew them, or they first bought
    Column("orders", Integer, nullable=False),   # purchases
    Column("days", Integer, nullable=False),     # days with a purchase
    Column("first_order", Integer), Column("last_order", Integer),
    Column("gap", Double),                       # median days between days with a purchase; null with fewer than two gaps
    Index("traits_birthday", "birthday"), sqlite_with_rowid=False,
)
purchases = Table(                               # amount: minor units, returns taken off; day -1: the order tells no time
    "purchases", metadata,
    _text("golden_id", key=True), Column("day", Integer, primary_key=True, autoincrement=False), _text("currency", key=True),
    Column("orders", Integer, nullable=False), Column("amount", BIG, nullable=False),
    Index("purchases_day", "day"), sqlite_with_rowid=False,
)
spending = Table(                                # minor units. year: 365 days up to meta's day; before: up to the last purchase
    "spending", metadata,
    _text("golden_id", key=True), _text("currency", key=True), Column("total", BIG, nullable=False),
    Column("year", BIG, nullable=False), Column("before", BIG, nullable=False),
    Index("spending_year", "currency", "year"), sqlite_with_rowid=False,
)
dirty_buyers = Table(                            # whose orders changed since traits were kept up, as their source knows them
    "dirty_buyers", metadata, _text("source", key=True), _text("customer_source_id", key=True),
)
plan_members = Table(                            # who was in the segments of a destination's `only` at its last plan
    "plan_members", metadata, _text("destination", key=True), _text("golden_id", key=True),
)
