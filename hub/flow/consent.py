"""What a customer's consents allow: writing to a destination for a purpose, and subscribing a new record (behaviour 5.9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.flow.values import GRANT
from hub.matching.survivorship.most_restrictive import marketing
from hub.model import Json
from hub.settings import Destination

NO = ("refused", "withdrawn")
REACHED_BY = {"email": "email", "sms": "phone", "zalo": "phone", "call": "phone"}
"""Channel → the field whose value a grant must have been given for."""


def allowed(golden: Mapping[str, Json], destination: Destination, purposes: Mapping[str, str]) -> str | None:
    """None when it does; else the reason: `refused` or `no_consent`.

    `not_refused` is stopped by a refusal of that purpose; `granted` needs a grant for the destination's channel. A
    withdrawal "of everything" (purpose or channel `*`) stops both.
    """
    consents = golden.get("consents", ())
    mine = [item for item in consents if item.get("purpose") in (destination.purpose, "*")]
    if any(item["status"] in NO and _meant(item, destination) for item in mine):
        return "refused"
    if purposes.get(destination.purpose) != "granted":
        return None
    granted = any(item["status"] == "granted" and _meant(item, destination) for item in mine)
    return None if granted else "no_consent"


def grants(golden: Mapping[str, Json], channels: Iterable[str], wished: Mapping[str, Json]) -> dict[str, str]:
    """The grants that a create carries: `marketing_CHANNEL` → `granted`, where one stands for the address that is written."""
    consents, told = list(golden.get("consents", ())), {}
    for channel in sorted(channels):
        address = wished.get(REACHED_BY.get(channel, channel))
        if address is not None and marketing(consents, channel, address) == "granted":
            told[GRANT + channel] = "granted"
    return told


def _meant(item: Mapping[str, Json], destination: Destination) -> bool:
    return item.get("channel") in (destination.channel, "*", None)
