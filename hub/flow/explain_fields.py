"""Golden fields and why: value, record, rule, and the other values that current records hold.

Belongs here: reading provenance, finding losers. Does not: deciding values (matching), sentences (matching.explain).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from hub.matching.customer import address_line
from hub.matching.explain import Party, explain_field
from hub.matching.golden import SCALARS
from hub.model import Json

SHOWN = ("kind", *SCALARS, "phone", "email", "address")
"""Fields of which one value is chosen; lists gather all values, with their sources."""
Row = Mapping[str, Any]


def party(row: Row) -> Party:
    """A record as sentences name it. row: source, source_id, full_name, company_name, birth_date, maybe national_id."""
    name = row["full_name"] or row["company_name"]
    return Party(row["source"], row["source_id"], name, row["birth_date"], row.get("national_id"))


def fields(row: Row, golden: Mapping[str, Json], members: Sequence[Row], language: Any) -> dict[str, Json]:
    """Field → value, source, source_id, rule, losers (value, source, source_id), sentence; only fields with a value.

    row: of table `customers`. source is null for a pinned value. A loser's value is another than the record's that won.
    """
    why: Mapping[str, Json] = orjson.loads(row["provenance"] or "{}")
    by_rid = {member["rid"]: member for member in members}
    docs = {member["rid"]: orjson.loads(member["doc"]) for member in members}
    told: dict[str, Json] = {}
    for name in SHOWN:
        value = row[name] if name in ("phone", "email", "address") else golden.get(name)
        reason = why.get(name) or why.get("*")
        if value is None or reason is None:
            continue
        winner = reason.get("rid")
        losers = _losers(name, value, winner, by_rid, docs)
        told[name] = _told(name, value, reason["rule"], by_rid.get(winner), losers, language)
    return told


def _told(
    name: str, value: Json, rule: str, winner: Row | None, losers: Sequence[Mapping[str, Json]], language: Any
) -> dict[str, Json]:
    others, record = [str(one["value"]) for one in losers], party(winner) if winner else None
    sentence = explain_field(name, str(value), rule, record=record, losers=others, language=language)
    place = (
        {"source": winner["source"], "source_id": winner["source_id"]}
        if winner
        else {"source": None, "source_id": None}
    )
    return {"value": value, **place, "rule": rule, "losers": losers, "sentence": sentence}


def _losers(
    name: str, value: Json, winner: int | None, by_rid: Mapping[int, Row], docs: Mapping[int, Json]
) -> list[dict[str, Json]]:
    """What records say otherwise, each record's word once; echoes of what the hub sent are no word of theirs."""
    won = {value, *(_said(name, docs[winner]) if winner is not None and winner in docs else ())}
    found = []
    for rid, member in by_rid.items():
        if (_list_of(name) or name) in orjson.loads(member["echo"] or "[]"):
            continue
        place = {"source": member["source"], "source_id": member["source_id"]}
        found += [{"value": said, **place} for said in dict.fromkeys(_said(name, docs[rid])) if said not in won]
    return found


def _list_of(name: str) -> str | None:
    return {"phone": "phones", "email": "emails", "address": "addresses"}.get(name)


def _said(name: str, doc: Mapping[str, Json]) -> list[Json]:
    """A record's values of a field: one, or all of a list."""
    if name == "address":
        return [line for one in doc.get("addresses", ()) if (line := address_line(one))]
    if name in ("phone", "email"):
        return [one["value"] for one in doc.get(name + "s", ())]
    return [doc[name]] if doc.get(name) is not None else []
