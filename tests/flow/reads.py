"""Which big tables a piece of work reads whole, told by SQLite's own query plans.

Belongs here: catching the statements, judging their plans. Does not: what the work is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import event

from hub.store.engine import Store

BIG = (
    "records", "identifiers", "landed", "raw_records", "xref", "xref_past", "customers", "history", "changes", "edges",
    "refusals", "field_refusals", "consents",
)  # fmt: skip
GIVING = (*BIG, "deliveries", "sent", "created_records", "plan_items")
PART = ("(source=?)", "(destination=?)")
"""Searches that come to all of a source, or all of a destination."""
FEW = ("changes_splits", "plan_items_unknown", "customers_left")
"""Indexes of few rows, however large the table is."""


def asked(store: Store, work: Callable[[], object]) -> set[str]:
    """What SQLite is asked while the work is done."""
    found: set[str] = set()
    event.listen(store.engine, "checkout", lambda conn, *_: conn.set_trace_callback(found.add))
    work()
    return found


def scans(store: Store, statements: set[str], tables: Sequence[str] = BIG, parts: Sequence[str] = ()) -> set[str]:
    """Tables that these statements read whole; looking whether there is any row is no reading.

    parts: the ends of searches that come to as much.
    """
    found = set()
    with store.read() as conn:
        for text in statements:
            if (
                text.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))
                and " LIMIT " not in text.upper()
            ):
                plan = conn.connection.cursor().execute("EXPLAIN QUERY PLAN " + text).fetchall()
                found |= {row[3].split()[1] for row in plan if _whole(row[3], parts)} & set(tables)
    return found


def _whole(step: str, parts: Sequence[str]) -> bool:
    if step.startswith("SCAN "):
        return not any(index in step for index in FEW)
    return step.startswith("SEARCH ") and step.endswith(tuple(parts))
