"""Who in a mail is a person that the shop deals with, and what is set apart.

Belongs here: roles of From, Reply-To, To and Cc; lists, automatic mail, relays, the shop's own. Does not: parsing (headers).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hub.connectors.email_mailbox.headers import Address, Fields, addresses

Count = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One person in one mail. seen_as: from | reply_to | to. at: canonical time of the mail, None when unknown."""

    address: str
    name: str | None
    seen_as: str
    at: str | None


def people(
    fields: Fields, at: str | None, is_own: Callable[[str], bool], count: Count, *, sent: bool = False
) -> Iterator[Sighting]:
    """The persons of one mail. `count` is told once per mail or address that is set apart: list, automatic, …"""
    senders = addresses(fields.get("from", "")) or addresses(fields.get("sender", ""))
    if sent or (any(is_own(s.address) for s in senders[:1]) and not fields.get("reply-to")):
        yield from _written_to(fields, at, is_own, count)
        return
    if _list(fields):
        count("lists")
        return
    machine = _automatic(fields)
    if machine == "bounce" or not senders:
        count("automatic" if machine else "unreadable")
        return
    shown = _persons(senders[:1], is_own, count) if machine is None else []
    replies = [] if machine == "replied" else _persons(addresses(fields.get("reply-to", ""))[:3], is_own, count)
    if machine and not replies:
        count("automatic")
    yield from (Sighting(p.address, p.name, "from", at) for p in shown)
    known = {p.address for p in shown}
    yield from (Sighting(p.address, p.name, "reply_to", at) for p in replies if p.address not in known)


def _written_to(fields: Fields, at: str | None, is_own: Callable[[str], bool], count: Count) -> Iterator[Sighting]:
    if _automatic(fields) == "replied":
        count("automatic")
        return
    reached = {p.address: p for name in ("to", "cc") for p in addresses(fields.get(name, ""))}
    yield from (Sighting(p.address, p.name, "to", at) for p in _persons(list(reached.values()), is_own, count))


def _persons(found: list[Address], is_own: Callable[[str], bool], count: Count) -> list[Address]:
    kept = []
    for one in found:
        reason = "own" if is_own(one.address) else apart(one.address)
        if reason:
            count(reason)
        else:
            kept.append(one)
    return kept


def apart(address: str) -> str | None:
    """Why an address is no person's: no_reply | relay; None when it may be one's."""
    local, _, domain = address.rpartition("@")
    plain = re.sub(r"[-._]", "", local.split("+")[0])
    exact, starts = _automatic_names()
    if plain in exact or plain.startswith(starts):
        return "no_reply"
    labels = domain.split(".")
    return "relay" if any(".".join(labels[i:]) in _relays() for i in range(len(labels) - 1)) else None


def _list(fields: Fields) -> bool:
    bulk = fields.get("precedence", "").strip().lower() in ("bulk", "list", "junk")
    return bulk or "list-id" in fields or "list-unsubscribe" in fields


def _automatic(fields: Fields) -> str | None:
    """bounce | replied | generated for mail that a machine sent, else None."""
    if fields.get("return-path", "").strip() == "<>":
        return "bounce"
    word = fields.get("auto-submitted", "no").split(";")[0].strip().lower()
    if word in ("no", ""):
        return None
    return "replied" if word == "auto-replied" else "generated"


def _lines(name: str) -> list[str]:
    text = (Path(__file__).parent / name).read_text("utf-8")
    return [line.split("\t")[0].strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


@cache
def _relays() -> frozenset[str]:
    return frozenset(_lines("relays.tsv"))


@cache
def _automatic_names() -> tuple[frozenset[str], tuple[str, ...]]:
    """Whole local parts, and beginnings of local parts."""
    lines = _lines("automatic.tsv")
    return frozenset(x for x in lines if not x.endswith("*")), tuple(x[:-1] for x in lines if x.endswith("*"))
