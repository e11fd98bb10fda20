"""The values that travel outwards: what is wished, what a record holds, when two are equal, in which form they go.

Belongs here: one value at a time, in normal form (phone E.164, e-mail lower case, ISO dates). Does not: plans, SQL.
Equal is behaviour 5.2: NFC, spaces, letter case and the formats of phones and dates aside; tones count.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from hub.connectors.kit.port import Capabilities
from hub.model import Json

GRANT = "marketing_"
"""Begins the name of a field that tells a new record's consent: `marketing_email`. A create tells it once."""
HOME = "VN"
"""The country of an address that names none, in a system of this region."""


def _first(items: Sequence[Mapping[str, Json]]) -> Json:
    return items[0].get("value") if items else None


def wished(golden: Mapping[str, Json], field: str) -> Json:
    """The golden record's value of a writable field in the hub's normal form; None when it has none.

    phone and email are the primary ones: none when none is primary (better none than the wrong person's).
    """
    if field in ("phone", "email"):
        return _first([item for item in golden.get(field + "s", ()) if item.get("primary")])
    if field == "address":
        return (golden.get("addresses") or [None])[0]
    return golden.get(field) or None


def held(record: Mapping[str, Json], field: str) -> Json:
    """A source record's value of the same field, in the hub's normal form; None when it has none."""
    if field in ("phone", "email"):
        return _first([item for item in record.get(field + "s", ()) if item.get("use", "own") == "own"])
    if field == "address":
        return (record.get("addresses") or [None])[0]
    if field.startswith(GRANT):
        return _only_consent(record, field.removeprefix(GRANT))
    return record.get(field) or None


def overlaid(doc: dict[str, Json], sent: Mapping[str, Json]) -> dict[str, Json]:
    """A record's document with what was acknowledged put over it, in place."""
    for name, value in sent.items():
        if name.startswith(GRANT):
            continue
        if name in ("phone", "email"):
            rest = [item for item in doc.get(name + "s", ()) if item.get("value") != value]
            doc[name + "s"] = [{"value": value, "use": "own"}, *rest] if value else rest
        elif name == "address":
            doc["addresses"] = [value] if value else []
        else:
            doc[name] = value
    return doc


def _only_consent(record: Mapping[str, Json], channel: str) -> str | None:
    """What a record says about marketing by one channel, when it says nothing else about consent."""
    told: Sequence[Mapping[str, Json]] = record.get("consents") or []
    alone = len(told) == 1 and (told[0].get("purpose"), told[0].get("channel")) == ("marketing", channel)
    return str(told[0]["status"]) if alone else None


def carried(record: Mapping[str, Json], field: str) -> frozenset[str]:
    """All values of `phone` or `email` that a record bears."""
    return frozenset(item["value"] for item in record.get(field + "s", ()) if item.get("value"))


def _plain(value: Json) -> Json:
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFC", value).split()).casefold()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in sorted(value.items()) if item not in (None, "")}
    if isinstance(value, Sequence):
        return sorted((_plain(item) for item in value), key=repr)
    return value


def equal(a: Json, b: Json) -> bool:
    """Whether two values of one field, both in normal form, are the same for a destination."""
    return bool(_plain(a) == _plain(b))


def kept(field: str, value: Json, capabilities: Capabilities, region: str) -> Json:
    """What a destination can keep of a value: an address without parts it does not know, a birth date without its year.

    region: the system's. In Viet Nam an address that names no country is at home, as in normalizing: where countries are kept
    it has its own, so that nothing is sent for the lack of one and none is emptied there.
    """
    if field == "address" and isinstance(value, Mapping):
        parts = {part: text for part, text in value.items() if part in capabilities.address_parts and text}
        home = {"country": HOME} if region == HOME and "country" in capabilities.address_parts else {}
        return {**home, **parts} if parts else None
    if field == "birth_date" and not capabilities.birth_year and isinstance(value, str):
        return "--" + value[-5:] if len(value) in (7, 10) and value.count("-") >= 2 else None
    return value


def outward(field: str, value: Json, golden: Mapping[str, Json], capabilities: Capabilities) -> Json:
    """The value in the form that people type it in that system: phones national or E.164 as the connector declares."""
    if field != "phone" or capabilities.phone_form != "national" or value is None:
        return value
    for phone in golden.get("phones", ()):
        if phone.get("value") == value:
            return phone.get("national") or value
    return value
