"""Standing: does a record, read just before a write, still stand as the plan saw it?

Belongs here: comparing a fresh payload with the plan's old and new values. Does not: reading it (connectors do, just before
they write), sending (push.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from hub.flow import marks, values
from hub.flow.canonical import canonical_docs
from hub.flow.outlet import Outlet
from hub.model import Json, RawRecord, Standing

Changes = Mapping[str, Sequence[Json]]


def check_of(outlet: Outlet, item: Mapping[str, Any]) -> Callable[[str], Standing]:
    """The check of one item of a plan, for `Write.check`."""
    changes: Changes = orjson.loads(item["changes"])
    target, deactivates = str(item["target"]), item["action"] == "deactivate"

    def check(payload: str) -> Standing:
        docs = canonical_docs(outlet.connection, [RawRecord(target, payload)], outlet.region)
        if not docs:
            return "changed"
        if deactivates:
            return _left(docs[0], changes)
        return standing(docs[0], changes, outlet)

    return check


def standing(doc: Mapping[str, Json], changes: Changes, outlet: Outlet) -> Standing:
    """go: every field is as the plan saw it, or as it is to become. stands: all are as they are to become already."""
    found = [_field(doc, name, pair, outlet) for name, pair in changes.items() if name != "status"]
    if "changed" in found:
        return "changed"
    gone = changes.get("status", ("", ""))[1] is None  # a deletion: that nothing stands there is no reason to leave it
    return "go" if gone or "go" in found or not found else "stands"


def _field(doc: Mapping[str, Json], name: str, pair: Sequence[Json], outlet: Outlet) -> Standing:
    old, new = pair
    fresh = values.kept(name, values.held(doc, name), outlet.capabilities, outlet.region)
    if name == "note" and outlet.destination.mark == "comments":
        fresh = _unmarked(fresh)
    if values.equal(fresh, new) or (name in ("phone", "email") and new in values.carried(doc, name)):
        return "stands"
    return "go" if values.equal(fresh, old) else "changed"


def _unmarked(note: Json) -> Json:
    """A note without a customer code at its end, whoever's it is."""
    last = note.split()[-1] if isinstance(note, str) and note.split() else ""
    return marks.unmarked(note, last) if marks.is_code(last) else note


def _left(doc: Mapping[str, Json], changes: Changes) -> Standing:
    """A record that is to be deactivated: it may say itself that it is."""
    told = [values.held(doc, name) == new for name, (_, new) in changes.items() if name.startswith(values.GRANT)]
    return "stands" if told and all(told) else "go"
