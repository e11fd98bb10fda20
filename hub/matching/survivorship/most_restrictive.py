"""Of several consents for the same purpose, channel and address the one that allows least.

Belongs here: this rule, and what the consents of a customer say about one channel. Does not: asking for consent (flow).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.model import Json

STATUSES = ("withdrawn", "refused", "granted", "unknown")
"""Most restrictive first; unknown says nothing."""
Consent = Mapping[str, str | None]
"""purpose, channel, address, status, at, as people entered it."""
HERE = "hub"
"""The source of consents that were entered here."""
REACHES = {"email": "email", "sms": "phone", "zalo": "phone", "call": "phone"}
"""Channel → the contact that it reaches."""
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


def standing(consents: Iterable[Mapping[str, Json]], purpose: str, channel: str | None, address: str | None) -> str:
    """granted | withdrawn | unknown for a purpose by a channel to an address (None: the channel has none, or nobody there).

    A refusal without an address, or of every purpose or channel, holds for all; a grant only for the address it was
    given for, and on a channel that reaches somebody (REACHES) only with one.
    """
    found = "unknown"
    for one in consents:
        meant = one.get("purpose") in (purpose, *EVERYTHING) and one.get("channel") in (channel, None, "", *EVERYTHING)
        here = one.get("address") in (None, "", address)
        if not (meant and here):
            continue
        if one.get("status") in ("withdrawn", "refused"):
            return "withdrawn"
        if one.get("status") == "granted" and (one.get("address") or channel not in REACHES):
            found = "granted"
    return found


def marketing(consents: Iterable[Mapping[str, Json]], channel: str, address: str | None) -> str:
    """What stands for marketing by a channel to an address."""
    return standing(consents, "marketing", channel, address)
