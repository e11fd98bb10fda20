"""Entering what a customer agreed to or took back: one line of the ledger per purpose, channel and address.

Belongs here: reading a wish as people type it, refusing what cannot be meant. Does not: SQL (store.consents), what a consent
allows (consent.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from hub.errors import ConfigError
from hub.flow.judge import Act, Plan, one, records_of
from hub.flow.lookup import contact
from hub.matching.survivorship.most_restrictive import REACHES, STATUSES
from hub.model import Json
from hub.settings import Settings
from hub.store import consents, story
from hub.store.engine import StoreConnection

EVERY = "*"
CHANNELS = (*REACHES, "pos", "shop", EVERY)
NO = ("refused", "withdrawn")


def wish(settings: Settings, key: str, status: str, scopes: Sequence[str], address: str | None, at: str) -> Plan:
    """This customer says so. scopes: `PURPOSE.CHANNEL`, `PURPOSE` or `*`; none: everything. at: when, canonical time.

    A grant is for an address: the one named, else the customer's primary one of that channel. A refusal or withdrawal
    without one is for whatever address. Raises ConfigError when it cannot be meant.
    """
    if status not in STATUSES:
        raise ConfigError(f"no status {status!r}", hint=" | ".join(STATUSES), code="consent.status")
    meant = [_scope(settings, text) for text in scopes or (EVERY,)]

    def plan(conn: StoreConnection) -> Act:
        golden_id = one(conn, settings, key)
        held = records_of(conn, golden_id)
        if not held:
            raise ConfigError(f"{golden_id} has no record left", code="consent.nobody")
        doc = orjson.loads(story.customer(conn, golden_id)["doc"])
        named = _named(settings, doc, address) if address else None
        rows = [_row(conn, golden_id, doc, (status, at), scope, named) for scope in meant]
        return Act(
            "consent", [golden_id], consents=[{**row, "anchor": _anchor(conn, held, row["address"])} for row in rows]
        )

    return plan


def _scope(settings: Settings, text: str) -> tuple[str, str]:
    purpose, dot, channel = text.partition(".")
    if purpose not in (*settings.purposes, EVERY) or (dot and channel not in CHANNELS):
        names = ", ".join([*sorted(settings.purposes), EVERY])
        hint = f"PURPOSE.CHANNEL: {names}; {', '.join(CHANNELS)}"
        raise ConfigError(f"nothing is called {text!r}", hint=hint, code="consent.scope")
    return purpose, channel or EVERY


def _named(settings: Settings, doc: Mapping[str, Json], text: str) -> str:
    """A contact of the customer, in normal form."""
    theirs = {item["value"] for name in ("phones", "emails") for item in doc.get(name, ())}
    found = [value for value in contact(settings, text) if value in theirs]
    if not found:
        raise ConfigError(
            "that address is no contact of the customer", hint="see `hub explain`", code="consent.address"
        )
    return str(found[0])


def _row(
    conn: StoreConnection,
    golden_id: str,
    doc: Mapping[str, Json],
    said: tuple[str, str],
    scope: tuple[str, str],
    address: str | None,
) -> dict[str, str | None]:
    (status, at), (purpose, channel) = said, scope
    if status == "granted":
        address = address or _primary(doc, channel)
        _unopposed(conn, golden_id, doc, (purpose, channel, address))
    return {"purpose": purpose, "channel": channel, "address": address, "status": status, "at": at}


def _primary(doc: Mapping[str, Json], channel: str) -> str | None:
    """The address that a grant is for; None for channels that have none. Raises ConfigError when the customer has none."""
    if channel == EVERY:
        raise ConfigError(
            "a grant names a channel", hint=f"marketing.sms; one of {', '.join(REACHES)}", code="consent.every"
        )
    if channel not in REACHES:
        return None
    items = doc.get(REACHES[channel] + "s", ())
    primary = next((str(item["value"]) for item in items if item.get("primary")), None)
    if primary is None:
        raise ConfigError(
            f"the customer has no address for {channel}", hint="name one with --address", code="consent.none"
        )
    return primary


def _unopposed(
    conn: StoreConnection, golden_id: str, doc: Mapping[str, Json], wanted: tuple[str, str, str | None]
) -> None:
    """Raises ConfigError when an earlier no of a wider kind would outlive the grant, which then would mean nothing."""
    purpose, channel, address = wanted
    for item in doc.get("consents", ()):
        wide = (item.get("purpose"), item.get("channel", EVERY), item.get("address"))
        covers = wide[0] in (purpose, EVERY) and wide[1] in (channel, EVERY) and wide[2] in (None, address)
        if item["status"] not in NO or not covers or (wide == wanted and item.get("source") == "hub"):
            continue
        scope = ".".join(str(part) for part in wide[:2])
        where = "taken back here first: `hub consent KEY unknown " + scope + "`" if item.get("source") == "hub" else ""
        raise ConfigError(
            f"{golden_id}: {scope} is {item['status']} since {item.get('at', '?')} by {item.get('source', '?')}",
            hint=where or f"a no of {item.get('source')} ends only there: the most restrictive holds",
            code="consent.no",
        )


def _anchor(conn: StoreConnection, held: Sequence[str], address: str | None) -> str:
    """The first record that bears the address, else the first: a split takes the consent to where its address goes."""
    bearers = consents.bearers(conn, held, address) if address else set()
    return next((name for name in held if name in bearers), held[0])


def told(conn: StoreConnection, settings: Settings, key: str) -> dict[str, Any]:
    """What stands for a customer, and the ledger of what was entered here."""
    golden_id = one(conn, settings, key)
    doc = orjson.loads(story.customer(conn, golden_id)["doc"])
    rows = consents.of_customer(conn, [golden_id], records_of(conn, golden_id))
    return {"golden_id": golden_id, "consents": doc.get("consents", []), "entered": rows}
