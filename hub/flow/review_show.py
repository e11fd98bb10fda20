"""One question whole: the records side by side, why and why not, what each answer would change.

Belongs here: putting it together. Does not: the queue (review.py), answering (review_decide.py), sentences (matching.explain).
It holds customers' values: it is for people who may see them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from hub.errors import ConfigError
from hub.flow import effect, review_pins
from hub.flow.explain_fields import party
from hub.flow.review import tell
from hub.flow.review_decide import ANSWERS, decide, named
from hub.flow.review_decide import one as meant
from hub.flow.review_report import customer_of
from hub.flow.run import Run
from hub.flow.waterfall import waterfalls
from hub.matching import evidence as compared
from hub.matching.explain import explain_edge, explain_refusal
from hub.model import Json
from hub.settings import Settings
from hub.store import evidence, held, reviews, story
from hub.store.engine import Store, StoreConnection

MOST = 50
"""So many records of one customer and pairs of a run are told."""
SCALARS = ("full_name", "company_name", "birth_date", "gender", "customer_type", "occupation", "note", "tier")
LISTS = ("phones", "emails", "addresses", "ids", "stores", "groups", "tags", "consents")
Row = Mapping[str, Any]


def shown(store: Store, settings: Settings, run: Run, typed: str) -> dict[str, Json]:
    """The JSON of `hub review show`: the question; sides (customer and records, each value with its age), joins and refusals
    between them, differences since it was decided, pin, pairs held back; answers: verdict → its effect, or why it cannot be."""
    question = told(store, settings, typed)
    open_ = question["state"] in reviews.WAITING
    return {**question, "answers": answers(store, settings, run, question) if open_ else {}}


def told(store: Store, settings: Settings, typed: str) -> dict[str, Json]:
    """The same without what the answers would change, which takes a while."""
    with store.read() as conn:
        row = meant(conn, typed)
        about = _about(conn, settings, row)
    (question,) = tell(store, settings, [row])
    return {**question, **about}


def _about(conn: StoreConnection, settings: Settings, row: Row) -> dict[str, Json]:
    if row["kind"] == "held":
        pairs = held.of_run(conn, row["about"])
        return {"pairs": pairs[:MOST], "pair_count": len(pairs)}
    ids = list(dict.fromkeys(golden for name in (row["a"], row["b"]) if name and (golden := _customer(conn, name))))
    members = {golden_id: story.members(conn, golden_id) for golden_id in ids}
    sides = [_side(conn, golden_id, rows) for golden_id, rows in members.items()]
    told: dict[str, Json] = {"sides": sides, **_why(conn, members, settings.language)}
    told["similar"] = _also(conn, row, members)
    told["weight"] = _weight(conn, row, members, settings.language)
    if row["kind"] == "changed":
        told["differences"] = _differences(conn, row)
    if row["kind"] == "pin":
        told["pin"] = _pin(conn, settings, row, ids)
    return told


def _customer(conn: StoreConnection, name: str) -> str | None:
    try:
        return customer_of(conn, name)
    except ConfigError:
        return None


def _side(conn: StoreConnection, golden_id: str, members: Sequence[Row]) -> dict[str, Json]:
    (head,) = story.summaries(conn, [golden_id])
    sums = [dict(one) for one in story.order_sums(conn, golden_id)]
    return {"customer": dict(head), "orders": sums, "records": [_record(one) for one in members[:MOST]]}


def _record(member: Row) -> dict[str, Json]:
    """A record with its values and the time at which each began."""
    doc, since = orjson.loads(member["doc"]), orjson.loads(member["since"] or "{}")
    values = {name: doc[name] for name in (*SCALARS, *LISTS) if doc.get(name) not in (None, [], "")}
    names = ("source", "source_id", "code", "kind", "rule", "linked_at", "missing_since")
    ages = {name: since.get(name, member["first_at"]) for name in values}
    return {**{name: member[name] for name in names}, "values": values, "since": ages}


def _why(conn: StoreConnection, members: Mapping[str, Sequence[Row]], language: Any) -> dict[str, Json]:
    """joins: what holds each side together; refusals: why the two are not one; each a sentence with its values."""
    whose = {row["rid"]: golden_id for golden_id, rows in members.items() for row in rows}
    rids = list(whose)
    between = [
        one for one in story.refused(conn, rids)
        if one["rid_a"] in whose and one["rid_b"] in whose and (len(members) == 1 or whose[one["rid_a"]] != whose[one["rid_b"]])
    ]  # fmt: skip
    edges = [one for one in story.joins(conn, rids) if one["rid_b"] in whose]
    parties = story.parties(conn, rids)

    def said(one: Row, tell_: Any, name: str) -> dict[str, Json]:
        a, b = party(parties[one["rid_a"]]), party(parties[one["rid_b"]])
        text = tell_(one["rule"], one["type"], one["value"], one["issuer"], a=a, b=b, language=language)
        return {
            name: one["rule"],
            "a": a.shown,
            "b": b.shown,
            "type": one["type"],
            "value": one["value"],
            "evidence": text,
        }

    return {
        "joins": [said(one, explain_edge, "rule") for one in edges[:MOST]],
        "refusals": [said(one, explain_refusal, "reason") for one in between[:MOST]],
    }


def _also(conn: StoreConnection, row: Row, members: Mapping[str, Sequence[Row]]) -> list[dict[str, Json]]:
    """Other customers that a record of this question could be one with: refused joins that touch it."""
    whose = {one["rid"] for rows in members.values() for one in rows}
    touching = story.refused(conn, sorted(whose)) if row["kind"] in ("money", "name") else []
    other = {one[side] for one in touching if not one["related"] for side in ("rid_a", "rid_b")} - whose
    ids = sorted({one["golden_id"] for one in story.parties(conn, sorted(other)).values()})
    return [dict(one) for one in story.summaries(conn, ids[:MOST])]


def _weight(
    conn: StoreConnection, row: Row, members: Mapping[str, Sequence[Row]], language: Any
) -> dict[str, Json] | None:
    """What the score says of the two records, step by step; null for a question about one record."""
    rids = {f"{one['source']}:{one['source_id']}": one["rid"] for rows in members.values() for one in rows}
    if row["a"] not in rids or row["b"] not in rids:
        return None
    pair = (rids[row["a"]], rids[row["b"]])
    return waterfalls(conn, [pair], language).get(pair)


def _differences(conn: StoreConnection, row: Row) -> list[dict[str, Json]]:
    """What changed since a person decided, record by record."""
    found = [one for one in evidence.changed(conn, [row["a"], row["b"]]) if (one.a, one.b) == (row["a"], row["b"])]
    return [
        {**one, "decided_at": judged.at, "author": judged.author, "verdict": judged.verdict}
        for judged in found
        for one in compared.differences(judged.then, judged.now)
    ]


def _pin(conn: StoreConnection, settings: Settings, row: Row, ids: Sequence[str]) -> dict[str, Json] | None:
    """The pinned value, what the records said then and say now."""
    mine = [
        one for one in review_pins.stale(conn, settings, ids) if (one.anchor, one.field) == (row["a"], row["about"])
    ]
    return (
        {name: getattr(mine[0], name) for name in ("field", "value", "said", "says", "decision_id")} if mine else None
    )


def answers(store: Store, settings: Settings, run: Run, row: Row, exclude: Sequence[str] = ()) -> dict[str, Json]:
    """Verdict → what it would change; `impossible` where it cannot be meant. exclude: records that are somebody else."""
    asked = [verdict for verdict in ANSWERS[row["kind"]] if verdict != "related"]
    plans = {one: decide(settings, named([row["review_id"]]), one, exclude) for one in asked}
    found = effect.previews(store, settings, run, plans)
    told = {one: {"impossible": str(what)} if isinstance(what, ConfigError) else what for one, what in found.items()}
    return {one: told["apart" if one == "related" else one] for one in ANSWERS[row["kind"]]}
