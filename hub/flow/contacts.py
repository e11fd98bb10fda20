"""Phones and e-mails of several records that one customer has in a system: one record has them, no other gets them too.

Belongs here: whether a record may get one, what a plan's line gives. Does not: other fields and verdicts (judging.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.flow import values
from hub.flow.item import Item
from hub.model import Json

CONTACTS = ("phone", "email")
Doc = Mapping[str, Json]


def lone(name: str, value: str, doc: Doc, others: Sequence[Doc]) -> bool:
    """Phones and e-mails are never copied between records of one system, nor sent where they stand already."""
    return not any(value in values.carried(one, name) for one in (doc, *others))


def given(item: Item) -> Doc:
    """The phone and the e-mail that an update gives a record, as a document bears them."""
    told = {name: item.changes[name][1] for name in CONTACTS if item.action == "update" and name in item.changes}
    return {f"{name}s": [{"value": value, "use": "own"}] for name, value in told.items() if value}
