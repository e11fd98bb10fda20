"""Of several consents for the same purpose, channel and address the one that allows least.

Belongs here: this rule, and what the consents of a customer say about one channel. Does not: asking for consent (flow).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub.model import Json

STATUSES = ("withdrawn", "refused", "granted", "unknown")
"""Most restrictive first; unknown says nothing."""
EVERYTHING = frozenset({"all", "any", "*"})
"""A purpose or channel that stands for every one."""


def most_restrictive(consents: Iterable[dict[str, Json]]) -> list[dict[str, Json]]:
    """One consent per (purpose, channel, address): the most restrictive, of equals the latest; sorted."""
    kept: dict[tuple[str, str, str], dict[str, Json]] = {}
    for one in consents:
        key = one.get("purpose") or "", one.get("channel") or "", one.get("address") or ""
        other = kept.get(key)
        if other is None or _rank(one) < _rank(other) or (_rank(one) == _rank(other) and _younger(one, other)):
            kept[key] = one
    return [kept[key] for key in sorted(kept)]


def _rank(consent: dict[str, Json]) -> int:
    status = consent.get("status")
    return STATUSES.index(status) if status in STATUSES else len(STATUSES)


def _younger(one: dict[str, Json], other: dict[str, Json]) -> bool:
    return (one.get("at") or "", other.get("source") or "") > (other.get("at") or "", one.get("source") or "")


def marketing(consents: Sequence[dict[str, Json]], channel: str, address: str | None) -> str:
    """granted | withdrawn | unknown for marketing by a channel to an address (None: the customer has none there).

    A refusal without an address or of everything holds for all; a grant holds for the address it was given for.
    """
    found = "unknown"
    for one in consents:
        every = one.get("purpose") in EVERYTHING or one.get("channel") in EVERYTHING
        here = one.get("purpose") == "marketing" and one.get("channel") == channel
        if not (every or here) or one.get("address") not in (None, "", address):
            continue
        if one.get("status") in ("withdrawn", "refused"):
            return "withdrawn"
        if one.get("status") == "granted":
            found = "granted"
    return found
