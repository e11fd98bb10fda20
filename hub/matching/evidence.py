"""What changed of two records since a person judged them, and whether that is reason enough to ask again.

Belongs here: comparing what the judgement rested on with what stands. Does not: keeping it (store.evidence).
A document: name, key (normal form of the name), birth_date, ids ([type, value], own ones).
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.model import Json

Documents = Mapping[str, Json]
"""Record → document, of the two records of a judgement."""


def ids(doc: Json) -> set[tuple[str, str]]:
    """A record's own identifiers."""
    return {(one[0], one[1]) for one in doc["ids"]}


def differs(then: Documents, now: Documents) -> bool:
    """Whether a name in normal form or a birth date is another, a value is gone, or the two share others than they did.

    A value that one of them has got and the other does not bear changes nothing between them.
    """
    for name, before in then.items():
        if any(before[field] != now[name][field] for field in ("key", "birth_date")) or ids(before) - ids(now[name]):
            return True
    return shared(then) != shared(now)


def shared(docs: Documents) -> set[tuple[str, str]]:
    """Values that both bear."""
    one, other = docs.values()
    return ids(one) & ids(other)


def differences(then: Documents, now: Documents) -> list[dict[str, Json]]:
    """record, field, then, now of all that changed; ids: what is gone and what came."""
    found: list[dict[str, Json]] = []
    for name, before in then.items():
        after = now[name]
        found += [
            {"record": name, "field": field, "then": before[field], "now": after[field]}
            for field in ("name", "birth_date")
            if before[field] != after[field]
        ]
        gone, come = ids(before) - ids(after), ids(after) - ids(before)
        for type_ in sorted({one[0] for one in gone | come}):
            old, new = (", ".join(sorted(value for kind, value in some if kind == type_)) for some in (gone, come))
            found.append({"record": name, "field": type_, "then": old or None, "now": new or None})
    return found
