"""Phones, e-mails and ids of one customer, out of the identifiers of its records; which phone is the primary one.

Belongs here: gathering, order, the choice of the primary contact. Does not: whether a value joins records (rules, guards).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from hub.model import Json

HIDDEN = frozenset({"echo", "placeholder", "masked", "own"})
"""Flags of values that are never shown: repeats of what the hub sent, no data, the shop's own."""
DOUBTFUL = frozenset({"ambiguous_legacy", "hotline", "reassigned"})
"""Flags of contacts that are shown but never primary."""
USES = ("own", "work", "recipient", "other")
"""Nearest to the customer first."""


class Borne(NamedTuple):
    """One identifier of one record; columns of the identifiers frame and the record's source."""

    rid: int
    source: str
    type: str
    value: str
    issuer: str
    class_: str | None
    use: str
    flags: str
    national: str | None
    last_seen: str | None
    key: bool


def contacts(borne: Iterable[Borne], shared: Mapping[tuple[str, str], int], kind: str) -> tuple[list[Json], list[int]]:
    """The contacts of one type, primary first, then own, then youngest; beside each the rid that saw it last.

    shared: how many customers bear a (type, value) as a key; one that is not listed is this customer's alone. What a
    customer does not bear as a key itself is shared with nobody: so its values hang on its own component only.
    """
    of_value: dict[str, list[Borne]] = {}
    for one in borne:
        if not (one.flags and HIDDEN.intersection(one.flags.split("|"))):
            of_value.setdefault(one.value, []).append(one)
    found = [_contact(value, rows, shared) for value, rows in of_value.items()]
    found.sort(key=lambda pair: pair[0]["value"])
    found.sort(key=lambda pair: pair[0].get("last_seen") or "", reverse=True)
    found.sort(key=lambda pair: USES.index(pair[0]["use"]))
    primary = next((pair for wanted in _wanted(kind) for pair in found if _fits(pair[0], wanted)), None)
    if primary:
        primary[0]["primary"] = True
        found.sort(key=lambda pair: not pair[0]["primary"])
    return [one for one, _ in found], [rid for _, rid in found]


def _contact(value: str, rows: list[Borne], shared: Mapping[tuple[str, str], int]) -> tuple[dict[str, Json], int]:
    last = max(rows, key=lambda one: one.last_seen or "")
    flags = sorted({flag for one in rows for flag in one.flags.split("|") if flag})
    bearers = shared.get((rows[0].type, value), 1) if any(one.key for one in rows) else 1
    contact: dict[str, Json] = {
        "value": value,
        "national": next((one.national for one in rows if one.national), None),
        "use": min((one.use for one in rows), key=USES.index),
        "primary": False,
        "type": next((one.class_ for one in rows if one.class_), None),
        "flags": flags,
        "shared_with": max(0, bearers - 1),
        "last_seen": last.last_seen,
        "sources": sorted({one.source for one in rows}),
    }
    return {key: part for key, part in contact.items() if part is not None}, last.rid


def _wanted(kind: str) -> tuple[tuple[str, ...], ...]:
    """Types that may be primary, better ones first: a person's mobile or personal e-mail, else an organisation's office."""
    own = ("mobile", "personal")
    return (own, ("landline", "role")) if kind == "organisation" else (own,)


def _fits(contact: dict[str, Json], types: tuple[str, ...]) -> bool:
    return (
        contact["use"] == "own"
        and contact.get("type") in types
        and not contact["shared_with"]
        and not DOUBTFUL.intersection(contact.get("flags", ()))
    )


def ids(borne: Iterable[Borne]) -> list[Json]:
    """Ids other than phones and e-mails, each once with its sources, sorted."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for one in borne:
        if not HIDDEN.intersection(one.flags.split("|")):
            found.setdefault((one.type, one.value, one.issuer), set()).add(one.source)
    return [
        {"type": type_, "value": value, **({"issuer": issuer} if issuer else {}), "sources": sorted(sources)}
        for (type_, value, issuer), sources in sorted(found.items())
    ]
