"""Echoes: values of a record that only repeat what the hub itself sent there.

Belongs here: telling them by value, as behaviour 5.2 and 5.5 compare. Does not: what follows from it (store.normalized marks
the rows, matching leaves them aside).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.flow.values import GRANT, carried, equal, held
from hub.model import Json

Marks = tuple[Sequence[str], Sequence[tuple[str, str]]]
"""Fields of the document that are echoes, and phones or e-mails (type, value) that are."""


def echoes(documents: Mapping[str, Mapping[str, Json]], sent: Mapping[str, Mapping[str, Json]]) -> dict[str, Marks]:
    """source id → marks, for records whose values equal what was acknowledged (`sent`: source id → field → value)."""
    marks = {source_id: _marks(doc, sent[source_id]) for source_id, doc in documents.items()}
    return {source_id: found for source_id, found in marks.items() if found[0] or found[1]}


def _marks(doc: Mapping[str, Json], fields: Mapping[str, Json]) -> Marks:
    names: list[str] = []
    values: list[tuple[str, str]] = []
    for name, value in fields.items():
        if value is None:
            continue
        if name in ("phone", "email"):
            values += [(name, value)] if value in carried(doc, name) else []
        elif equal(held(doc, name), value):
            names.append(_field(name))
    return names, values


def _field(name: str) -> str:
    """The document's field behind a written one."""
    return "consents" if name.startswith(GRANT) else "addresses" if name == "address" else name
