"""The mark that a create may leave at a vendor without idempotency keys, so that a create without an answer is found again.

Belongs here: which mark, how it stands in a record, how it is looked for. Does not: sending (push.py), judging (settle.py).
A mark is the customer's own code, in the slot that the destination's owner allows: `code` or `comments`.
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from hub.connectors.kit.port import Capabilities
from hub.matching.codes import valid_code
from hub.model import Json
from hub.settings import Destination

KEY = "mark"
"""Where an item of a plan keeps its mark beside the fields to send: {"in": slot, "text": code}."""
Mark = Mapping[str, str]


def mark_for(destination: Destination, capabilities: Capabilities, customer_code: str) -> dict[str, Mark]:
    """What a create sends beside its fields; nothing unless its owner wants a mark and the vendor has room for it."""
    if destination.mark not in capabilities.marks:
        return {}
    return {KEY: {"in": destination.mark, "text": customer_code}}


def split(known: str) -> tuple[dict[str, Json], Mark | None]:
    """The fields to send of an item of a plan, and its mark."""
    fields: dict[str, Json] = orjson.loads(known)
    return fields, fields.pop(KEY, None)


def stands(doc: Mapping[str, Json], mark: Mark) -> bool:
    """Whether a record bears this mark."""
    if mark["in"] == "code":
        return bool(doc.get("code") == mark["text"])
    return mark["text"] in str(doc.get("note") or "").split()


def written(fields: Mapping[str, Json], mark: Mark | None) -> dict[str, Json]:
    """The fields as they stand there after a create: a mark in the comments is part of the note."""
    if mark is None or mark["in"] != "comments":
        return dict(fields)
    return {**fields, "note": "\n".join(filter(None, [fields.get("note"), mark["text"]]))}


def is_code(text: str) -> bool:
    """Whether a word is a customer code, which is what a mark in the comments is."""
    return valid_code(text)


def unmarked(note: Json, customer_code: str) -> Json:
    """A note without the mark at its end; None when nothing else stands there."""
    if not isinstance(note, str) or not note.rstrip().endswith(customer_code):
        return note
    return note.rstrip().removesuffix(customer_code).rstrip() or None
