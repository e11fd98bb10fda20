"""What a customer's consents allow: writing to a destination for a purpose, and subscribing a new record (behaviour 5.9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.flow.values import GRANT
from hub.matching.survivorship.most_restrictive import REACHES, marketing, standing
from hub.model import Json
from hub.settings import Destination


def reached(channel: str) -> str | None:
    """The field that holds the address to which a channel goes; None for one without addresses."""
    return REACHES.get(channel)


def allowed(
    golden: Mapping[str, Json], destination: Destination, purposes: Mapping[str, str], address: str | None
) -> str | None:
    """None when it does; else the reason: `refused` or `no_consent`.

    address: where the destination would reach the customer (None: it has no such address, or knows none). `not_refused`
    is stopped by a refusal, `granted` needs a grant for that very address.
    """
    stands = standing(golden.get("consents", ()), destination.purpose, destination.channel, address)
    if stands == "withdrawn":
        return "refused"
    return "no_consent" if stands != "granted" and purposes.get(destination.purpose) == "granted" else None


def grants(golden: Mapping[str, Json], channels: Iterable[str], wished: Mapping[str, Json]) -> dict[str, str]:
    """The grants that a create carries: `marketing_CHANNEL` → `granted`, where one stands for the address that is written."""
    consents, told = golden.get("consents", ()), {}
    for channel in sorted(channels):
        address = wished.get(REACHES.get(channel, channel))
        if address is not None and marketing(consents, channel, address) == "granted":
            told[GRANT + channel] = "granted"
    return told
