"""One customer's golden values out of its records: the plain reference.

Belongs here: candidates per field, the golden document, its provenance. Does not: frames (golden), rules (survivorship).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from hub.matching import spelling
from hub.matching.contacts import Borne, contacts, ids
from hub.matching.survivorship import DEFAULTS, decide, pinned
from hub.matching.survivorship.aggregate import union
from hub.matching.survivorship.base import Candidate, Trust
from hub.matching.survivorship.most_restrictive import HERE, REACHES, Consent, marketing, most_restrictive
from hub.model import Json

NAMES = ("full_name", "company_name")
PARTS = ("family_name", "given_name")
DIRECT = ("honorific", "birth_date", "gender", "customer_type")
FROM_DOC = ("tier", "points", "debt", "owner", "referrer", "occupation", "note")
UNIONS = ("stores", "groups", "interests", "tags")
_BIRTH = re.compile(r"([0-9]{4}|-)(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


class Member(NamedTuple):
    """One record of a customer: columns of the records table; doc, since and echo parsed ({} and () when null)."""

    rid: int
    source: str
    source_id: str
    code: str | None
    kind: str
    full_name: str | None
    family_name: str | None
    given_name: str | None
    honorific: str | None
    name_key: str | None
    company_name: str | None
    company_key: str | None
    birth_date: str | None
    gender: str | None
    customer_type: str | None
    first_at: str | None
    doc: Mapping[str, Json]
    since: Mapping[str, str]
    echo: Sequence[str]


@dataclass(frozen=True, slots=True)
class Setup:
    """What all customers are decided with. rules: field → names of rules; places: order of trust; shared: see contacts."""

    rules: Mapping[str, Sequence[str]] = field(default_factory=lambda: DEFAULTS)
    places: Mapping[str, int] = field(default_factory=dict)
    shared: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Golden:
    """columns: the values of table `customers`; doc and provenance as JSON values.

    provenance: field → rid (null for a pin) and rule; of a customer with one record `*` stands for all fields.
    """

    columns: Mapping[str, str | None]
    doc: Mapping[str, Json]
    provenance: Mapping[str, Json]


def customer(
    members: Sequence[Member],
    borne: Sequence[Borne],
    setup: Setup,
    pins: Mapping[str, Json] | None = None,
    said: Sequence[Consent] = (),
) -> Golden:
    """Decide every field of one customer; members and borne in record order.

    pins: field → pinned value. said: consents that people entered.
    """
    doc: dict[str, Json] = {}
    why: dict[str, Json] = {}
    trust = Trust(setup.places)
    for name in ("full_name", "company_name", *PARTS, *DIRECT, *FROM_DOC):
        if name == "family_name":
            trust = Trust(setup.places, why.get("full_name", {}).get("rid"))
        _scalar(name, members, setup, trust, pins or {}, doc, why)
    doc["kind"], why["kind"] = _kind(members, setup, trust)
    _births(doc)
    columns = _contacts(borne, setup, doc, why)
    _lists(members, setup, said, doc, why)
    doc["records"] = [_plain({"source": m.source, "source_id": m.source_id, "code": m.code}) for m in members]
    columns |= {name: doc.get(name) for name in ("customer_type", "full_name", "birth_date", "gender", "company_name")}
    columns |= _address(doc) | _marketing(doc, columns)
    columns |= {"kind": doc["kind"], "sources": "|".join(sorted({m.source for m in members}))}
    if len(members) == 1:
        why = {"*": {"rid": members[0].rid, "rule": "only"}} | {
            name: one for name, one in why.items() if one["rule"] == pinned.NAME
        }
    return Golden(columns, _plain(doc), why)


def _plain(values: Mapping[str, Json]) -> dict[str, Json]:
    """Without what says nothing."""
    return {key: value for key, value in values.items() if value is not None and value not in ("", [], {})}


def _at(member: Member, name: str) -> str:
    return member.since.get(name) or member.first_at or ""


def _candidates(name: str, members: Sequence[Member]) -> list[Candidate]:
    """What each record says about a scalar field, echoes left out, cleared ones as statements without a value."""
    found: list[Candidate] = []
    for member in members:
        value = member.doc.get(name) if name in FROM_DOC else getattr(member, name)
        if name in member.echo or (value is None and name not in member.doc.get("cleared", ())):
            continue
        same, weight = value, len(value or "")
        if name in NAMES:
            same = (member.name_key if name == "full_name" else member.company_key) or value
            weight = spelling.words(value)
        elif name == "birth_date":
            weight = birth_weight(value)
        found.append(Candidate(value, member.rid, member.source, _at(member, name), same, weight, value is not None))
    return found


def birth_weight(value: str | None) -> int:
    """Whole dates before 01/01 (often "only the year is known"), before month and year, day and month, year."""
    if not value:
        return 0
    if len(value) == 10:
        return 4 if not value.endswith("-01-01") else 3
    return 1 if len(value) == 4 else 2


def _scalar(
    name: str,
    members: Sequence[Member],
    setup: Setup,
    trust: Trust,
    pins: Mapping[str, Json],
    doc: dict[str, Json],
    why: dict[str, Json],
) -> None:
    if name in pins:
        doc[name], why[name] = pins[name], {"rule": pinned.NAME}
        return
    candidates = _candidates(name, members)
    if not candidates:
        return
    winner, rule = decide(candidates, setup.rules[name], trust)
    if name in NAMES and winner.value is not None and rule != "aggregate":
        winner, rule = _spelt(candidates, winner, rule, setup.rules[name], trust)
    if winner.value is None:
        return
    doc[name] = spelling.recase(winner.value) if name in ("full_name", *PARTS) else winner.value
    why[name] = {"rid": winner.rid, "rule": rule}


def _spelt(
    candidates: list[Candidate], winner: Candidate, rule: str, rules: Sequence[str], trust: Trust
) -> tuple[Candidate, str]:
    """Of the spellings of the winning words: most marks, then mixed case, then the rules of the field."""
    alike = [one for one in candidates if one.same == winner.same]
    if len({one.value for one in alike}) < 2:
        return winner, rule
    ranks = [(spelling.marks(one.value), not spelling.one_case(one.value)) for one in alike]
    best = [
        Candidate(one.value, one.rid, one.source, one.at, one.value, one.weight, one.valid)
        for one, rank in zip(alike, ranks, strict=True) if rank == max(ranks)
    ]  # fmt: skip
    return decide(best, rules, trust)[0], "spelling" if rule == "agreed" else rule


def _kind(members: Sequence[Member], setup: Setup, trust: Trust) -> tuple[str, Json]:
    candidates = [
        Candidate(m.kind, m.rid, m.source, m.first_at or "", m.kind, 0, m.kind in ("person", "organisation"))
        for m in members
    ]
    winner, rule = decide(candidates, setup.rules["kind"], trust)
    return str(winner.value), {"rid": winner.rid, "rule": rule}


def _births(doc: dict[str, Json]) -> None:
    """The parts of the birth date, each as a number where it is known."""
    found = _BIRTH.fullmatch(doc.get("birth_date") or "")
    for name, text in zip(("birth_year", "birth_month", "birth_day"), found.groups() if found else (), strict=False):
        if text and text != "-":
            doc[name] = int(text)


def _contacts(
    borne: Sequence[Borne], setup: Setup, doc: dict[str, Json], why: dict[str, Json]
) -> dict[str, str | None]:
    """Phones, e-mails and ids into the document; the columns that show them."""
    columns: dict[str, str | None] = {"phone_national": None}
    for type_, name in (("phone", "phones"), ("email", "emails")):
        found, rids = contacts([one for one in borne if one.type == type_], setup.shared, doc["kind"])
        doc[name] = found
        columns[name] = "|".join(one["value"] for one in found) or None
        primary = found[0] if found and found[0]["primary"] else None
        columns[type_] = primary["value"] if primary else None
        if primary:
            why[type_] = {"rid": rids[0], "rule": "primary"}
            if type_ == "phone":
                columns["phone_national"] = primary.get("national")
    doc["ids"] = ids(one for one in borne if one.type not in ("phone", "email", "email_weak"))
    return columns


def _lists(
    members: Sequence[Member], setup: Setup, said: Sequence[Consent], doc: dict[str, Json], why: dict[str, Json]
) -> None:
    """Addresses best first, unions, consents, extra fields."""
    for name in UNIONS:
        doc[name] = union(m.doc.get(name) or () for m in members if name not in m.echo)
    consents = [
        _plain({**one, "source": m.source})
        for m in members
        if "consents" not in m.echo
        for one in m.doc.get("consents") or ()
    ]
    consents += [_plain({**one, "source": HERE}) for one in said]
    doc["consents"] = most_restrictive(consents)
    doc["addresses"] = _addresses(members, setup, why)
    doc["extra"] = _extra(members, setup)


def _addresses(members: Sequence[Member], setup: Setup, why: dict[str, Json]) -> list[Json]:
    """All addresses, each once, best first: the rules of the field as keys of an order, then record order."""
    found = [
        Candidate(_plain(one), m.rid, m.source, _at(m, "addresses"), address_line(one).lower(), _parts(one))
        for m in members if "addresses" not in m.echo for one in m.doc.get("addresses") or () if _plain(one)
    ]  # fmt: skip
    keys: dict[str, Callable[[Candidate], Any]] = {
        "source_priority": lambda one: -setup.places.get(one.source, len(setup.places)),
        "most_complete": lambda one: one.weight,
        "most_recent": lambda one: one.at,
    }
    rules = [name for name in setup.rules["addresses"] if name in keys]
    for name in reversed(rules):
        found.sort(key=keys[name], reverse=True)
    kept: dict[str | None, Candidate] = {}
    for one in found:
        kept.setdefault(one.same, one)
    best = list(kept.values())
    if best:
        told = (name for name in rules if len(best) > 1 and keys[name](best[0]) != keys[name](best[1]))
        rule = "only" if len(found) == 1 else "agreed" if len(best) == 1 else next(told, "first_record")
        why["address"] = {"rid": best[0].rid, "rule": rule}
    return [one.value for one in best]


def _parts(address: Mapping[str, Json]) -> int:
    """How complete an address is; that its province had another name is no part of it."""
    return len(_plain(address).keys() - {"former_province"})


def _extra(members: Sequence[Member], setup: Setup) -> dict[str, Json]:
    """Declared extra fields, each from the most trusted, then youngest record that has it."""
    found: dict[str, Json] = {}
    order = sorted(
        (m for m in reversed(members) if m.doc.get("extra") and "extra" not in m.echo),
        key=lambda m: (-setup.places.get(m.source, len(setup.places)), _at(m, "extra")),
    )
    for member in order:
        found |= _plain(member.doc["extra"])
    return dict(sorted(found.items()))


def address_line(address: Mapping[str, Json]) -> str:
    """An address as one text: line, ward, district, province, those that are there."""
    return ", ".join(address[part] for part in ("line", "ward", "district", "province") if address.get(part))


def _address(doc: Mapping[str, Json]) -> dict[str, str | None]:
    first = doc["addresses"][0] if doc["addresses"] else {}
    return {"address": address_line(first) or None, "province": first.get("province")}


def _marketing(doc: Mapping[str, Json], columns: Mapping[str, str | None]) -> dict[str, str | None]:
    return {f"marketing_{name}": marketing(doc["consents"], name, columns[reach]) for name, reach in REACHES.items()}


def as_json(value: Json) -> str:
    """Canonical JSON text: sorted keys, no spaces."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
