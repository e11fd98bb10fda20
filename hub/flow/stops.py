"""A customer through time: every version that was kept as a stop, what changed there, and why.

Belongs here: reading versions one after the other, telling their differences. Does not: the moment in between (explain.py, as of
a day), the page. Nothing is computed anew: what stands here is what was stored then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from hub.model import Json
from hub.store import past
from hub.store.engine import Store

MOST = 60
"""So many versions are told, the newest."""
SHOWN = (
    "full_name", "company_name", "birth_date", "gender", "customer_type", "tier", "phones", "emails", "addresses", "ids",
    "stores", "groups", "tags", "consents",
)  # fmt: skip
"""Fields of a stop, in the order in which they are read."""


def stops(store: Store, golden_id: str) -> list[dict[str, Json]]:
    """Oldest first: version, at (from when it stood), kind, cause, doc, changed (field → what stood before, None: nothing).

    The first one of all has no changes; the first one told has none either when older ones were left out.
    """
    with store.read() as conn:
        rows = past.versions(conn, golden_id, MOST)
        kinds = past.kinds(conn, golden_id)
        causes = past.causes(conn, sorted({str(row["run_id"]) for row in rows}))
    told: list[dict[str, Json]] = []
    for row in rows:
        doc = orjson.loads(row["doc"])
        before = told[-1]["doc"] if told else doc
        told.append(
            {
                "version": row["version"], "at": row["valid_from"], "kind": kinds.get(row["version"]), "doc": doc,
                "cause": causes.get(row["run_id"]), "changed": _changed(before, doc),
            }
        )  # fmt: skip
    return told


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Json]:
    """Field → its former value, where people would see a difference; records are told by where they come from."""
    found = {name: old.get(name) for name in SHOWN if _seen(old.get(name)) != _seen(new.get(name))}
    was, now = (sorted({_record(one) for one in doc.get("records", ())}) for doc in (old, new))
    return found | ({"records": was} if was != now else {})


def _seen(value: Json) -> Json:
    """A value without what the hub notes beside it (when it was seen last, by whom else it is borne)."""
    if isinstance(value, list):
        return [_seen(one) for one in value]
    return value["value"] if isinstance(value, dict) and "value" in value else value


def _record(one: Mapping[str, Any]) -> str:
    return f"{one['source']}:{one['source_id']}"
