"""One line of a plan, and the digest of many.

Belongs here: the noun and its idempotency key. Does not: deciding (decide.py, judging.py), storing (plan.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.model import Json
from hub.store import plans as table

WRITES = ("create", "update", "deactivate", "delete")
REMOVALS = ("deactivate", "delete")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a plan. changes: field → [old, new], both in normal form; reason for blocked and conflict.

    notes: base (sent before, edited there since), before (what stood there of others), origin (field → rid whose value it
    is), back (fields that get back what stood there before), again (it was sent before and stands there no more).
    """

    action: str
    golden_id: str
    target: str | None
    changes: Mapping[str, Sequence[Json]]
    send: Mapping[str, Json]
    reason: str | None = None
    notes: Mapping[str, Json] = field(default_factory=dict)

    def key(self, destination: str) -> str:
        """The idempotency key: the same wish for the same record has the same key, on every try and in every plan."""
        return hashlib.sha256(
            table.text([destination, self.action, self.golden_id, self.target, self.send]).encode()
        ).hexdigest()[:32]


def basis_of(destination: str, items: Sequence[Item]) -> str:
    """Digest of what a plan would write; another digest at the time of applying means that it is stale."""
    return _digest(item.key(destination) for item in items if item.action in WRITES)


def story_of(items: Sequence[Item]) -> str:
    """Digest of what a plan without writes has to tell."""
    return _digest(table.text([item.action, item.golden_id, item.target, item.reason, item.changes]) for item in items)


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()
