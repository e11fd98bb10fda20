"""Two people before the same question: the second one's answer counts only for what they have seen.

Belongs here: a question's version, refusing an answer to another one. Does not: answering (review_decide.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from hub.errors import ConfigError
from hub.flow.judge import Act, Plan
from hub.flow.review_decide import one
from hub.flow.review_report import customer_of
from hub.store import story
from hub.store.engine import StoreConnection

CHANGED = "review.changed"


def version(conn: StoreConnection, row: Mapping[str, Any]) -> str:
    """Sixteen characters that differ when the question, its state, or one of its customers has changed."""
    told = [str(row[name]) for name in ("review_id", "state", "decided_at", "decision_id", "kind", "about", "until")]
    for name in (row["a"], row["b"]):
        told += _customer(conn, name)
    return hashlib.blake2b("\x1f".join(told).encode(), digest_size=8).hexdigest()


def _customer(conn: StoreConnection, name: str) -> list[str]:
    if not name:
        return [""]
    try:
        golden_id = customer_of(conn, name)
    except ConfigError:
        return ["gone"]
    row = story.customer(conn, golden_id)
    return [golden_id, str(row["version"])]


def as_seen(review_id: str, seen: str, plan: Plan) -> Plan:
    """The plan, if the question is still as it was seen. Raises ConfigError (CHANGED) when it is not."""

    def checked(conn: StoreConnection) -> Act:
        row = one(conn, review_id)
        if version(conn, row) != seen:
            raise ConfigError(f"question {row['review_id']} has changed since you opened it", code=CHANGED)
        return plan(conn)

    return checked
