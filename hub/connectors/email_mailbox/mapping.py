"""Landed evidence of an address to a canonical record.

Belongs here: which name stands for the person. Does not: normalizing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from hub.connectors.kit.port import Mapped, Unusable
from hub.model import Json, RawRecord


def to_canonical(payloads: Sequence[RawRecord]) -> Mapped:
    """One row per address."""
    rows, unusable = [], []
    for raw in payloads:
        row = _row(raw)
        if row is None:
            unusable.append(Unusable(raw.source_id, "mailbox.payload"))
        else:
            rows.append(row)
    return Mapped(rows, unusable)


def _row(raw: RawRecord) -> Mapping[str, Json] | None:
    try:
        payload = json.loads(raw.payload)
    except ValueError:
        return None
    if not isinstance(payload, dict) or not isinstance(payload.get("address"), str):
        return None
    row: dict[str, Json] = {"source_id": raw.source_id, "emails": [{"value": payload["address"], "use": "own"}]}
    name = name_of(payload.get("names") or {})
    if name:
        row["full_name"] = name
    first = payload.get("first_seen")
    if first:
        row["created_at"] = f"{first}T00:00:00.000Z"
    if raw.updated_at:
        row["updated_at"] = raw.updated_at
    return row


def name_of(names: Mapping[str, str]) -> str | None:
    """The name seen in the latest month; of several the one with most words, then most letters beyond ASCII."""

    def merit(item: tuple[str, str]) -> tuple[str, int, int, str]:
        name, month = item
        return month, len(name.split()), sum(not c.isascii() for c in name), name

    return max(names.items(), key=merit)[0] if names else None
