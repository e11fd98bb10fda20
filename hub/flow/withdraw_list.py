"""What is still to be done because somebody said no, as people and programs read it: what, where, why, until when.

Belongs here: one task as JSON with its sentence. Does not: which there are (withdrawing.py), ending them (withdraw_tell.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hub.flow.reasons import sentence
from hub.flow.texts import texts
from hub.model import Json
from hub.settings import Settings
from hub.store import story
from hub.store import withdrawals as table
from hub.store.engine import StoreConnection

NAMES = (
    "task_id", "destination", "target", "golden_id", "purpose", "channel", "said_by", "said_at", "state", "reason", "due",
    "tries", "at", "ended_at", "actor",
)  # fmt: skip
STATES = ("left", "overdue", "held", "open", "manual", "done", "superseded")
"""What can be asked for: `left` is all that is still to be done, `overdue` what of it should have been done by now."""


def told(row: Mapping[str, Any], now: str, language: str) -> dict[str, Json]:
    """One task; overdue: it is still to be done and should have been by now."""
    late = row["state"] in table.LEFT and row["due"] < now
    return {**{name: row[name] for name in NAMES}, "overdue": late, "sentence": _sentence(row["reason"], language)}


def _sentence(reason: str | None, language: str) -> str | None:
    if reason is None:
        return None
    own = f"withdraw.{reason}"
    return sentence(own if own in texts("reasons.tsv") else reason, language)


def all_told(rows: Iterable[Mapping[str, Any]], now: str, language: str) -> list[dict[str, Json]]:
    """Several, in their order."""
    return [told(row, now, language) for row in rows]


def listed(
    conn: StoreConnection,
    settings: Settings,
    now: str,
    state: str = "left",
    destination: str | None = None,
    *,
    after: tuple[str, str] | None = None,
    limit: int = 50,
) -> list[dict[str, Json]]:
    """Those in this state, what is due first coming first. after: due and task_id of the one before."""
    states: Sequence[str] = table.LEFT if state in ("left", "overdue") else (state,)
    before = now if state == "overdue" else None
    rows = table.listed(conn, states=states, destination=destination, after=after, before=before, limit=limit)
    return all_told(rows, now, settings.language)


def of_customer(conn: StoreConnection, golden_id: str, now: str, language: str) -> list[dict[str, Json]]:
    """All that concern a customer, also under former ids, the newest first."""
    return all_told(table.of_customer(conn, [golden_id, *story.former(conn, golden_id)]), now, language)
