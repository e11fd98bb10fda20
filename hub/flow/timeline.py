"""What happened around a customer, in one line of time: changes, orders, writes, decisions.

Belongs here: putting what `explain` tells in order. Does not: reading it (explain.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.model import Json

MOST = 60


def timeline(story: Mapping[str, Any]) -> list[dict[str, Json]]:
    """The newest things first: at, what (change | order | push | decision), and the thing as `explain` tells it."""
    parts = {
        "change": story["history"], "order": story["orders"]["list"], "push": story["pushes"], "decision": story["decisions"],
    }  # fmt: skip
    told = [
        {"at": one["at"], "what": what, "one": one} for what, rows in parts.items() for one in rows if one.get("at")
    ]
    return sorted(told, key=lambda one: str(one["at"]), reverse=True)[:MOST]
