"""Explain: one customer's whole story: values and why, records and why they are one, who is related, what went out, when.

Belongs here: putting the story together. Does not: finding the customer (lookup), SELECTs (store.story), the golden fields'
losers (explain_fields), sentences (matching.explain).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from hub.flow import withdraw_list
from hub.flow.doubles import sentence as doubles_sentence
from hub.flow.explain_fields import fields, party
from hub.flow.explain_orders import orders
from hub.flow.lookup import look_up
from hub.flow.reasons import sentence
from hub.flow.run import utc_now
from hub.flow.texts import texts
from hub.flow.timeline import changed_values
from hub.flow.waterfall import Pair, waterfalls
from hub.matching.explain import SCORE, explain_blocked, explain_edge, explain_refusal, explain_relation
from hub.matching.rules import SINGLE
from hub.model import Json
from hub.settings import Settings
from hub.store import decisions, holds, past, pins, relations, review_facts, reviews, story
from hub.store.engine import Store, StoreConnection

HEAD = ("golden_id", "customer_code", "status", "version", "created_at", "updated_at")
RECORD = ("source", "source_id", "code", "kind", "rule", "linked_at", "updated_at", "missing_since")
Row = Mapping[str, Any]


def explain(store: Store, settings: Settings, key: str, at: str | None = None) -> dict[str, Json]:
    """The JSON of `hub explain`: the story of the one customer that fits the key.

    When several fit, or none, only `key` and `customers` (what tells them apart; [] when none). at: canonical time; then
    `as_of` and the customers whom the key's records and ids meant at that moment, as they were.
    """
    with store.read() as conn:
        found = look_up(conn, settings, key)
        if at is not None:
            return {"key": key, "as_of": at, "customers": _then(conn, found, at)}
        if len(found) != 1:
            return {"key": key, "customers": [dict(row) for row in story.summaries(conn, found)]}
        return {"key": key, **_story(conn, found[0], settings)}


def _then(conn: StoreConnection, golden_ids: Sequence[str], at: str) -> list[dict[str, Json]]:
    """Whom the records of these customers belonged to, as they were, each with what caused that version."""
    docs = [(row, orjson.loads(row["doc"])) for row in past.as_of(conn, past.kin(conn, golden_ids), at)]
    mine = {name for golden_id in golden_ids for name in _held(orjson.loads(story.customer(conn, golden_id)["doc"]))}
    causes = past.causes(conn, [row["run_id"] for row, _ in docs])
    return [
        {
            **doc,
            **{name: row[name] for name in ("golden_id", "version", "status", "run_id")},
            "since": row["valid_from"],
            "cause": causes.get(row["run_id"]),
        }
        for row, doc in docs
        if row["golden_id"] in golden_ids or mine & _held(doc)
    ]


def _held(doc: Mapping[str, Json]) -> set[str]:
    return {f"{one['source']}:{one['source_id']}" for one in doc.get("records", ())}


def _story(conn: StoreConnection, golden_id: str, settings: Settings) -> dict[str, Json]:
    """former_ids: ids that lead here. generic: values that join nobody. acknowledged: what each system last took."""
    row, members = story.customer(conn, golden_id), story.members(conn, golden_id)
    rids = [member["rid"] for member in members]
    former = story.former(conn, golden_id)
    edges, refusals = story.joins(conn, rids), story.refused(conn, rids)
    parties = story.parties(conn, list({*rids, *(one[side] for one in refusals for side in ("rid_a", "rid_b"))}))
    hands = story.changed_hands(conn, list(parties))
    golden = orjson.loads(row["doc"]) | {name: row[name] for name in HEAD}
    scored = {
        (one["rid_a"], one["rid_b"]) for one in [*edges, *refusals] if one["type"] == SCORE and _both(one, parties)
    }
    weights = waterfalls(conn, sorted(scored), settings.language)
    refused = [
        _refusal(one, parties, hands, golden_id, settings.language) | _weight(one, weights)
        for one in refusals
        if _both(one, parties)
    ]
    return {
        "golden": golden,
        "former_ids": former,
        "records": [_record(member) for member in members],
        "doubles": _doubles(members, settings),
        "links": [
            _link(one, parties, settings.language) | _weight(one, weights) for one in edges if _both(one, parties)
        ]
        or [_alone(parties[rid], settings.language) for rid in rids[:1]],
        "refusals": refused,
        "generic": [_generic(one, settings.language) for one in story.generic(conn, rids)],
        "fields": fields(row, golden, members, settings.language),
        "related": _related(conn, refused, golden, members, settings.language),
        "consents": golden.get("consents", []),
        "withdrawals": withdraw_list.of_customer(conn, golden_id, utc_now(), settings.language),
        "orders": orders(story.order_sums(conn, golden_id), story.order_list(conn, golden_id)),
        "pushes": [_push(one, settings.language) for one in story.pushes(conn, [golden_id, *former])],
        "acknowledged": [_acknowledged(one) for one in story.acknowledged(conn, golden_id)],
        "decisions": _decisions(conn, members),
        "holds": [_hold(one) for one in holds.standing(conn) if one["golden_id"] == golden_id],
        "questions": [_question(one, settings.language) for one in reviews.about(conn, _names(members))],
        "pins": [_pin(one) for one in pins.of_customer(conn, [golden_id, *former], _names(members))],
        "history": _history(conn, row),
    }


def _names(members: Sequence[Row]) -> list[str]:
    return [f"{member['source']}:{member['source_id']}" for member in members]


def _decisions(conn: StoreConnection, members: Sequence[Row]) -> list[dict[str, Json]]:
    """What people judged about its records, one line for each decision and verdict, newest first."""
    told: dict[tuple[str | None, str], dict[str, Json]] = {}
    for one in decisions.about(conn, _names(members)):
        line = told.setdefault((one["decision_id"], one["verdict"]), {**one, "pairs": []})
        line["pairs"].append([one["a"], one["b"]])
    return [{name: value for name, value in line.items() if name not in ("a", "b")} for line in told.values()]


def _pin(one: Row) -> dict[str, Json]:
    names = ("field", "value", "stood", "author", "reason", "at", "until", "decision_id")
    return {name: one[name] for name in names}


def _hold(one: Row) -> dict[str, Json]:
    return {name: one[name] for name in ("at", "author", "reason", "review_id", "decision_id")}


def _question(one: Row, language: str) -> dict[str, Json]:
    told = {name: one[name] for name in ("review_id", "kind", "about", "a", "b", "state")}
    return {**told, "what": texts("review_kinds.tsv")[one["kind"]][language]}


def _both(one: Row, parties: Mapping[int, Row]) -> bool:
    return one["rid_a"] in parties and one["rid_b"] in parties


def _record(member: Row) -> dict[str, Json]:
    """The record's place and rule, with its normalized document."""
    return {name: member[name] for name in RECORD} | {"values": orjson.loads(member["doc"])}


def _weight(one: Row, weights: Mapping[Pair, dict[str, Json]]) -> dict[str, Json]:
    """Of a join or refusal by score: what each agreement weighs today."""
    found = weights.get((one["rid_a"], one["rid_b"])) if one["type"] == SCORE else None
    return {"weight": found} if found else {}


def _doubles(members: Sequence[Row], settings: Settings) -> list[dict[str, Json]]:
    """Systems that are written to and hold several of its records, which stay apart there."""
    told = []
    for source in dict.fromkeys(one.source for one in settings.destinations.values() if one.source):
        mine = [member for member in members if member["source"] == source]
        if len(mine) > 1:
            targets, points = (
                [one["source_id"] for one in mine],
                [orjson.loads(one["doc"]).get("points") for one in mine],
            )
            said = doubles_sentence(source, targets, points, settings.language)
            told.append({"source": source, "targets": targets, "points": points, "sentence": said})
    return told


def _shared(one: Row) -> dict[str, Json]:
    return {name: one[name] for name in ("type", "value", "issuer")}


def _link(one: Row, parties: Mapping[int, Row], language: Any) -> dict[str, Json]:
    a, b = party(parties[one["rid_a"]]), party(parties[one["rid_b"]])
    told = explain_edge(one["rule"], one["type"], one["value"], one["issuer"], a=a, b=b, language=language)
    return {"rule": one["rule"], "a": a.shown, "b": b.shown, **_shared(one), "evidence": told}


def _alone(row: Row, language: Any) -> dict[str, Json]:
    """Of a customer with one record, or several that no edge holds together any more."""
    a = party(row)
    told = explain_edge(SINGLE, None, None, None, a=a, language=language)
    return {"rule": SINGLE, "a": a.shown, "b": None, "type": None, "value": None, "issuer": None, "evidence": told}


def _refusal(
    one: Row, parties: Mapping[int, Row], hands: Mapping[tuple[int, str, str], tuple[str, str]], golden_id: str,
    language: Any,
) -> dict[str, Json]:  # fmt: skip
    rows = [parties[one["rid_a"]], parties[one["rid_b"]]]
    a, b = map(party, rows)
    until, since = _passed(one, hands)
    what = (one["rule"], one["type"], one["value"], one["issuer"])
    told = explain_refusal(*what, a=a, b=b, until=until, since=since, language=language)
    other = next((row["golden_id"] for row in rows if row["golden_id"] != golden_id), golden_id)
    place = {"a": a.shown, "b": b.shown, "golden_id": other, "related": bool(one["related"])}
    return {"reason": one["rule"], **place, **_shared(one), "evidence": told}


def _passed(one: Row, hands: Mapping[tuple[int, str, str], tuple[str, str]]) -> tuple[str | None, str | None]:
    """When a number went from one of the two records to the other: of both as former holders the earlier one's times."""
    told = [hands[key] for rid in (one["rid_a"], one["rid_b"]) if (key := (rid, one["type"], one["value"])) in hands]
    return min(told, default=(None, None)) if one["rule"] == "reassigned" else (None, None)


def _generic(one: Row, language: Any) -> dict[str, Json]:
    counts = {"names": one["names"], "nameless": one["nameless"]}
    told = explain_blocked(one["reason"], one["type"], one["value"], **counts, language=language)
    return {"type": one["type"], "value": one["value"], "reason": one["reason"], **counts, "evidence": told}


def _related(
    conn: StoreConnection, refused: Sequence[Mapping[str, Json]], golden: Mapping[str, Json], members: Sequence[Row],
    language: Any,
) -> list[dict[str, Json]]:  # fmt: skip
    """Customers that share a value with this one and are others, or that a person has called related, each once."""
    golden_id, mine = golden["golden_id"], _named(golden)
    told: dict[str, list[Row]] = {}
    for one in relations.of_records(conn, [member["rid"] for member in members]):
        told.setdefault(one["related_id"], []).append(one)
    shares: dict[str, list[Json]] = {}
    for one in refused:
        if one["related"] and one["golden_id"] != golden_id:
            what = {"type": one["type"], "value": one["value"], "reason": one["reason"]}
            shares.setdefault(one["golden_id"], []).append(what)
    said = [one[side] for one in reviews.relations(conn, _names(members)) for side in ("a", "b")]
    for other in sorted(set(review_facts.holders(conn, sorted(set(said))).values()) - {golden_id}):
        shares.setdefault(other, []).append({"type": None, "value": None, "reason": "judgement"})
    return [
        {
            **row,
            "shares": shares[row["golden_id"]],
            "relations": [_relation(one, mine, _named(row), language) for one in told.get(row["golden_id"], ())],
        }
        for row in story.summaries(conn, list(shares))
    ]


def _named(customer: Mapping[str, Json]) -> str | None:
    return customer.get("full_name") or customer.get("company_name")


def _relation(one: Row, mine: str | None, theirs: str | None, language: Any) -> dict[str, Json]:
    """kind (of store.relations.KINDS), what is shared, since when, and the sentence."""
    what = {name: one[name] for name in ("kind", "type", "value", "since")}
    return what | {"evidence": explain_relation(*what.values(), name_a=mine, name_b=theirs, language=language)}


def _push(one: Row, language: str) -> dict[str, Json]:
    return {**one, "sentence": sentence(one["reason"], language) if one["reason"] else None}


def _acknowledged(one: Row) -> dict[str, Json]:
    place = {name: one[name] for name in ("destination", "source_id", "acked_at")}
    return place | {"fields": orjson.loads(one["fields"])}


def _history(conn: StoreConnection, row: Row) -> list[dict[str, Json]]:
    """Events of the feed, oldest first; `values` says old and new of every changed field that is a single value."""
    docs = story.versions(conn, row["golden_id"]) | {row["version"]: row["doc"]}
    events, told = story.events(conn, row["golden_id"]), []
    causes = past.causes(conn, list({one["run_id"] for one in events}))
    for one in events:
        names = orjson.loads(one["changed"] or "[]")
        moved = orjson.loads(one["moved"]) if one["moved"] else None
        values = changed_values(docs, one["version"], names)
        told.append({**one, "changed": names, "moved": moved, "values": values, "cause": causes.get(one["run_id"])})
    return told
