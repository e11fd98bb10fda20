"""Whether a purpose allows writing a customer to a destination (behaviour 5.9)."""

from __future__ import annotations

from collections.abc import Mapping

from hub.model import Json
from hub.settings import Destination

NO = ("refused", "withdrawn")


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


def _meant(item: Mapping[str, Json], destination: Destination) -> bool:
    return item.get("channel") in (destination.channel, "*", None)
