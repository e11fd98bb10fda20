"""What happened around a customer, in one line of time: changes, orders, writes, decisions.

Belongs here: what is told of each. Does not: reading and order (store.timeline).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from hub.flow.reasons import sentence
from hub.model import Json
from hub.store import story
from hub.store import timeline as store
from hub.store.engine import StoreConnection

Row = Mapping[str, Any]
CHANGE = ("at", "kind", "version")


def timeline(
    conn: StoreConnection, golden_id: str, key: Sequence[Json] | None, limit: int, language: str, *, full: bool
) -> tuple[list[dict[str, Json]], list[Json] | None]:
    """Entries, the newest first: at, what (change | decision | order | push), one; and the key from which the next ones go
    on, None at the end. key: of the ones before. full: also values, and what people gave as a reason."""
    former = story.former(conn, golden_id)
    names = [f"{one['source']}:{one['source_id']}" for one in story.members(conn, golden_id)]
    found = store.after(conn, golden_id, former, names, key, limit + 1)
    docs = story.versions(conn, golden_id) if full else {}
    if full:
        docs[story.customer(conn, golden_id)["version"]] = story.customer(conn, golden_id)["doc"]
    told: list[dict[str, Json]] = [
        {"at": row["at"], "what": what, "one": _told(what, row, docs, language, full=full)}
        for what, row, _ in found[:limit]
    ]
    return told, found[limit - 1][2] if len(found) > limit else None


def _told(what: str, row: Row, docs: Mapping[int, str], language: str, *, full: bool) -> dict[str, Json]:
    told = dict(row)
    if what == "change":
        names = orjson.loads(row["changed"] or "[]")
        values = changed_values(docs, row["version"], names) if full else {}
        return {name: row[name] for name in CHANGE} | {"changed": names, "values": values}
    if what == "push":
        del told["seq"]
        return told | {"sentence": sentence(row["reason"], language) if row["reason"] else None}
    return told | ({"reason": row["reason"] if full else None} if what == "decision" else {})


def changed_values(docs: Mapping[int, str], version: int, names: Sequence[str]) -> dict[str, list[Json]]:
    """Old and new of those changed fields that are single values. docs: version → document."""
    old, new = (orjson.loads(docs.get(each, "{}")) for each in (version - 1, version))
    pairs = {name: [old.get(name), new.get(name)] for name in names}
    return {name: pair for name, pair in pairs.items() if not any(isinstance(each, list | dict) for each in pair)}
