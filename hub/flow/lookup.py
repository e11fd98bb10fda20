"""A key as people have it at hand, and the customers that it fits.

Belongs here: reading phone, e-mail, golden id, customer code, a system's code or id, `source:source_id`, a card's number.
Does not: SELECTs (store.story), telling the story (flow.explain).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hub.matching.codes import valid_code
from hub.matching.normalize import normalize_email, normalize_phone
from hub.model import CUSTOMER_KINDS
from hub.settings import Settings
from hub.store import story
from hub.store.engine import StoreConnection

UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
CARDS = ("national_id", "tax_code", "passport", "driving_licence", "loyalty", "social", "other")
_CODE = str.maketrans("ILO", "110", "- ")


def look_up(conn: StoreConnection, settings: Settings, key: str) -> list[str]:
    """Living golden ids that a key fits, sorted; [] when none does. A merged id gives the one that took it in.

    An exact name (golden id, customer code, `source:source_id`) comes before a value; of several customers that a value
    fits, only persons and organisations are given, unless there are none among them.
    """
    text = key.strip()
    exact = _by_id(conn, text) or _by_record(conn, text)
    if exact:
        return exact
    found = _live(conn, [*by_contact(conn, settings, text), *story.by_code(conn, text, list(settings.sources))])
    return _customers(conn, found or _live(conn, _by_card(conn, text)))


def _by_id(conn: StoreConnection, text: str) -> list[str]:
    plain = text.lower()
    if UUID.fullmatch(plain):
        bare = plain.replace("-", "")
        return _live(conn, [f"{bare[:8]}-{bare[8:12]}-{bare[12:16]}-{bare[16:20]}-{bare[20:]}"])
    if valid_code(text):
        return _live(conn, story.by_customer_code(conn, "KH" + text.upper().translate(_CODE).removeprefix("KH")))
    return []


def _by_record(conn: StoreConnection, text: str) -> list[str]:
    source, colon, source_id = text.partition(":")
    return _live(conn, story.by_record(conn, source, source_id)) if colon else []


def contact(settings: Settings, text: str) -> list[str]:
    """An e-mail, or a phone as typed in any of the workspace's regions, in normal form; [] when it is neither."""
    if "@" in text:
        return [email.value for email in normalize_email(text, settings.region) if email.value]
    regions = dict.fromkeys([settings.region, *(source.region for source in settings.sources.values())])
    return [phone.e164 for region in regions for phone in normalize_phone(text, region) if phone.e164]


def by_contact(conn: StoreConnection, settings: Settings, text: str) -> list[str]:
    """Golden ids of the customers whose records bear a phone or an e-mail, as typed; [] when it is neither."""
    values = contact(settings, text)
    return story.by_values(conn, values, ["email" if "@" in text else "phone"]) if values else []


def _by_card(conn: StoreConnection, text: str) -> list[str]:
    return story.by_values(conn, [re.sub(r"[\s.\-]", "", text).upper()], CARDS)


def _live(conn: StoreConnection, golden_ids: Sequence[str]) -> list[str]:
    return sorted({living for golden_id in golden_ids if (living := story.live(conn, golden_id))})


def _customers(conn: StoreConnection, golden_ids: list[str]) -> list[str]:
    rows = story.summaries(conn, golden_ids)
    real = [row["golden_id"] for row in rows if row["kind"] in CUSTOMER_KINDS and row["status"] == "active"]
    return real or golden_ids
