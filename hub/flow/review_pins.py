"""Pins that have grown stale: the records say something else now than when a person set the value (behaviour 4.4).

Belongs here: what records would say without pins, which pins that puts in question. Does not: asking (review_refresh.py).
A pin that the records have come to agree with is no question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from hub.matching.golden import SCALARS, golden_parts
from hub.model import Json
from hub.settings import Settings
from hub.store import goldens, pins
from hub.store.engine import StoreConnection


@dataclass(frozen=True, slots=True)
class Stale:
    """A decision that pinned values of a customer. field: the first one that is stale; said, says: the records then, now."""

    golden_id: str
    decision_id: str
    anchor: str
    field: str
    value: str
    said: str | None
    says: str | None


def stale(conn: StoreConnection, settings: Settings, golden_ids: Sequence[str] | None) -> list[Stale]:
    """Stale pins of these customers (None: of all), one for each decision, by anchor and field."""
    rows = [row for row in pins.effective(conn) if golden_ids is None or row["golden_id"] in set(golden_ids)]
    says = unpinned(conn, settings, sorted({row["golden_id"] for row in rows}))
    found: dict[str, Stale] = {}
    for row in sorted(rows, key=lambda row: SCALARS.index(row["field"])):
        now = text(says.get(row["golden_id"], {}).get(row["field"]))
        if row["golden_id"] in says and now not in (_said(row), row["value"]):
            told = {name: row[name] for name in ("golden_id", "decision_id", "anchor", "field", "value")}
            found.setdefault(row["decision_id"], Stale(**told, said=_said(row), says=now))
    return sorted(found.values(), key=lambda one: (one.anchor, one.field))


def _said(row: Mapping[str, Any]) -> str | None:
    """What the records said when the value was set."""
    told: str | None = orjson.loads(row["said"])[0] if row["said"] else row["stood"]
    return told


def saying(value: Json) -> str:
    """What the records say, as the table keeps it: JSON of one value, so that "nothing" is told too."""
    return orjson.dumps([text(value)]).decode()


def text(value: object) -> str | None:
    """A value as pins hold it."""
    return None if value is None else str(value)


def unpinned(conn: StoreConnection, settings: Settings, golden_ids: Sequence[str]) -> dict[str, Mapping[str, Json]]:
    """golden id → the golden document that its records make without any pin; customers without a record are left out."""
    if not golden_ids:
        return {}
    part = pins.part_of(conn, golden_ids)
    members, borne = goldens.members(conn, part), goldens.borne(conn, part, goldens.reassigned(conn))
    found: dict[str, Mapping[str, Json]] = {}
    for rows in golden_parts(members, borne, settings.survivorship):
        found.update({golden_id: orjson.loads(doc) for golden_id, doc in rows.select("golden_id", "doc").iter_rows()})
    return found
