"""Putting a customer on hold: nothing is written about them to any system until somebody lifts it (behaviour 5.11).

Belongs here: setting and lifting a hold as decisions, telling which stand. Does not: what a hold stops (decide.py), SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.errors import ConfigError
from hub.flow.judge import Act, Plan, one, records_of
from hub.model import Json
from hub.settings import Settings
from hub.store import holds, story
from hub.store.engine import Store, StoreConnection


def hold(settings: Settings, key: str) -> Plan:
    """Hold the customer that a key fits."""

    def plan(conn: StoreConnection) -> Act:
        golden_id = one(conn, settings, key)
        held = records_of(conn, golden_id)
        if not held:
            raise ConfigError(f"{golden_id} has no record left to hold", code="hold.nobody")
        if golden_id in holds.held(conn):
            raise ConfigError(f"{golden_id} is on hold already", hint="see `hub hold --list`", code="hold.already")
        return Act("hold", [golden_id], anchor=held[0], hold="")

    return plan


def release(settings: Settings, key: str, only: str | None = None) -> Plan:
    """Lift the holds of the customer that a key fits: all, or of several those that `only` names.

    only: the beginning of the decision that set one, of the question that lifts it, or words of its reason.
    """

    def plan(conn: StoreConnection) -> Act:
        golden_id = one(conn, settings, key)
        mine = [row for row in holds.standing(conn) if row["golden_id"] == golden_id]
        off = [row["decision_id"] for row in mine if only is None or _named(row, only)]
        if not off:
            what = f"{golden_id} is not on hold" if not mine else f"none of its {len(mine)} holds is meant by that"
            raise ConfigError(what, hint="see `hub hold --list`", code="hold.none")
        return Act("release", [golden_id], off=off, undoes=off[0])

    return plan


def _named(row: Mapping[str, Any], only: str) -> bool:
    ids = (row["decision_id"], row["review_id"] or "")
    return any(one.startswith(only) for one in ids if one) or only.casefold() in (row["reason"] or "").casefold()


def listed(store: Store) -> list[dict[str, Json]]:
    """Customers on hold, with who, when, why, and the question that lifts it."""
    with store.read() as conn:
        rows = holds.standing(conn)
        heads = {row["golden_id"]: row for row in story.summaries(conn, [row["golden_id"] for row in rows])}
    names = ("golden_id", "at", "author", "reason", "review_id", "decision_id", "anchor")
    return [
        {**{name: row[name] for name in names}, "customer_code": heads[row["golden_id"]]["customer_code"]}
        for row in rows
    ]
