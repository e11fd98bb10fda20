"""Questions for people and their answers; merges, splits, and taking back.

Belongs here: what stewards decide over HTTP. Does not: what it means (flow.review_decide, flow.judge), pages.
An answer may be bound to the question as it was seen (`If-Match` with its ETag): when it, or a customer of it, has changed
since, nothing is decided.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from hub.flow import claiming, judge, lookup, review, review_decide, review_show
from hub.flow.carry_out import carry_out
from hub.flow.review_reach import within
from hub.flow.run import Run, utc_now
from hub.model import Json
from hub.store import review_facts, reviews, serving
from hub.store.engine import StoreConnection
from hub.web import masking
from hub.web.api.customers import moment
from hub.web.api.documents import look, row_visible
from hub.web.api.table import CURSOR, LIMIT, MOMENT, Answer, Asked, Line, answer, listing, record, text
from hub.web.ids import new_id
from hub.web.problem import Problem

Row = Mapping[str, Any]
STEWARDS = ("steward",)
STATES = ("open", "later", "decided", "gone")


# looking -------------------------------------------------------------------------------------------------------------


def list_(asked: Asked) -> Answer:
    """Questions, the most valuable first; of those answered the newest first."""
    here, query, limit = asked.ground.workspace, asked.query, asked.query["limit"]
    after = asked.ground.cursors.open("reviews", query.get("cursor"))
    with here.store.read() as conn:
        rows = _chosen(conn, query)
        numbers = review.counts(conn, here.settings, utc_now(), asked.who.stores)
        place = next((n + 1 for n, row in enumerate(rows) if row["review_id"] == after), 0)
        page = within(conn, rows[place : place + limit], asked.who.stores)
    more = (
        asked.ground.cursors.seal("reviews", rows[place + limit - 1]["review_id"])
        if len(rows) > place + limit
        else None
    )
    told = review.tell(here.store, here.settings, page)
    return Answer({"items": [_masked(asked, one) for one in told], "next": more, "counts": numbers})


def _chosen(conn: StoreConnection, query: Mapping[str, Json]) -> Sequence[Row]:
    state, kind = query["state"], query.get("kind")
    rows = reviews.open_ones(conn, utc_now(), kind) if state == "open" else reviews.in_state(conn, state, kind)
    return review_decide.fitting(rows, query.get("rule"))


def _holders(conn: StoreConnection, row: Row) -> list[str]:
    if row["kind"] == "held":
        return []
    named = [name for name in (row["a"], row["b"]) if name]
    return sorted(set(review_facts.holders(conn, named).values()))


def _masked(asked: Asked, told: Mapping[str, Json]) -> dict[str, Json]:
    """A question as `hub review list` tells it; its records are named by systems' own ids."""
    if asked.unmasked:
        look(asked, [one["golden_id"] for one in told["customers"] if one])
        return dict(told)
    hidden = {name: masking.named(told[name]) for name in ("a", "b") if told[name]}
    return {**told, **hidden, "customers": [masking.summary(one) if one else None for one in told["customers"]]}


def get(asked: Asked) -> Answer:
    """One question whole; with `effects` also what each answer would change."""
    here = asked.ground.workspace
    with here.store.read() as conn:
        row = _seen(asked, conn)
        ids, etag = _holders(conn, row), _tag(conn, row)
    look(asked, ids)
    if asked.query["effects"]:
        told = review_show.shown(here.store, here.settings, Run(new_id()), row["review_id"])
    else:
        told = review_show.told(here.store, here.settings, row["review_id"])
    return Answer(told, headers={"etag": etag})


def _seen(asked: Asked, conn: StoreConnection) -> Row:
    row = review_decide.one(conn, asked.path["id"])
    if not within(conn, [row], asked.who.stores):
        raise Problem(404, "review.none")
    return row


def _tag(conn: StoreConnection, row: Row) -> str:
    """Tells the question as it stands: its state and answer, and the versions of its customers."""
    stands = [[one["golden_id"], one["version"], one["status"]] for one in serving.of_ids(conn, _holders(conn, row))]
    told = [row["review_id"], row["state"], row["decided_at"], row["verdict"], row["about"], stands]
    return '"' + hashlib.sha256(orjson.dumps(told)).hexdigest()[:32] + '"'


# deciding ------------------------------------------------------------------------------------------------------------


def decide(asked: Asked) -> Answer:
    """One answer, in force once this answer comes."""
    here, sent = asked.ground.workspace, asked.body
    with here.store.read() as conn:
        row = _seen(asked, conn)
    if sent["verdict"] == review_decide.LATER:
        return _later(asked, row)
    plan = review_decide.decide(
        here.settings, review_decide.named([row["review_id"]], again=sent.get("again", False)), sent["verdict"],
        sent.get("exclude", ()),
    )  # fmt: skip
    return Answer(carry_out(here, _as_seen(asked, row, plan), asked.who.author, sent.get("reason"), "review"))


def _as_seen(asked: Asked, row: Row, plan: judge.Plan) -> judge.Plan:
    """The plan, made only when the question is still the one that was looked at."""
    sent = asked.request.headers.get("if-match", "*").strip()

    def bound(conn: StoreConnection) -> judge.Act:
        if sent != "*" and _tag(conn, review_decide.one(conn, row["review_id"])) not in map(str.strip, sent.split(",")):
            raise Problem(412, "review.changed", "the question is another one now: look again")
        return plan(conn)

    return bound


def _later(asked: Asked, row: Row) -> Answer:
    run = Run(new_id(), actor=asked.who.author)
    with asked.ground.workspace.store.begin() as conn:
        if row["state"] not in reviews.WAITING:
            raise Problem(409, "review.decided")
        sent, zone = asked.body, asked.ground.workspace.settings.timezone
        until = moment(sent["until"], zone) if "until" in sent else None
        until = review.postpone(conn, [row], run, asked.who.author, sent.get("reason"), until)
    return Answer({"until": until})


def back(asked: Asked) -> Answer:
    """A question that was put off is asked again now."""
    with asked.ground.workspace.store.begin() as conn:
        row = _seen(asked, conn)
        review.bring_back(conn, [row], Run(new_id(), actor=asked.who.author), asked.who.author)
    return Answer({"review_id": row["review_id"], "state": "open"})


def claim(asked: Asked) -> Answer:
    """Who looks at it: the one who asks, unless somebody else does."""
    store = asked.ground.workspace.store
    with store.read() as conn:
        row = _seen(asked, conn)
    if asked.body.get("release"):
        claiming.give_back(store, row["review_id"], asked.who.author)
        return Answer({"review_id": row["review_id"], "author": None, "until": None})
    return Answer(claiming.claim(store, row["review_id"], asked.who.author, utc_now()))


def merge(asked: Asked) -> Answer:
    """These are one customer."""
    keys = asked.body["customers"]
    _all_seen(asked, keys)
    return _carried(asked, judge.merge(asked.ground.workspace.settings, keys), "merge")


def split(asked: Asked) -> Answer:
    """These records are somebody else."""
    sent = asked.body
    _all_seen(asked, [sent["customer"]])
    plan = judge.split(asked.ground.workspace.settings, sent["customer"], sent["records"], each=sent.get("each", False))
    return _carried(asked, plan, "split")


def undo(asked: Asked) -> Answer:
    """Take back a decision, or an automatic merge by its number in the feed."""
    event = asked.path["event"]
    if event.isascii() and event.isdigit() and int(event) >= 2**63:
        raise Problem(404, "undo.none")
    return _carried(asked, judge.undo(event), "undo")


def _carried(asked: Asked, plan: judge.Plan, trigger: str) -> Answer:
    return Answer(carry_out(asked.ground.workspace, plan, asked.who.author, asked.body.get("reason"), trigger), 201)


def _all_seen(asked: Asked, keys: Sequence[str]) -> None:
    """Raises Problem 404 for a customer of other stores than those that may be seen."""
    here = asked.ground.workspace
    if asked.who.stores is None:
        return
    with here.store.read() as conn:
        found = [lookup.look_up(conn, here.settings, key) for key in keys]
        rows = [row for ids in found for row in serving.of_ids(conn, ids)]
        if not all(found) or not all(row_visible(asked.who, row) for row in rows):
            raise Problem(404, "key.none")


DECIDED = answer(("decision_id", "run_id", "subjects"), decision_id={"type": "string"}, run_id={"type": "string"})
DECISION = record(
    ("verdict",), verdict={"enum": list(review_decide.VERDICTS)},
    exclude={"type": "array", "items": text(200), "maxItems": 200, "description": "Records that are somebody else"},
    again={"type": "boolean", "description": "Also when it is answered already"}, reason=text(500),
    until=MOMENT | {"description": "Of later: when it is asked again; left out: in a week"},
)  # fmt: skip
KEY = text(200, description="Golden id, customer code, phone, e-mail, source:source_id")
LINES = (
    Line(
        "GET", "/v1/reviews", "reviews", "Questions that only a person can answer", list_, listing(answer(("review_id", "kind"))),
        roles=STEWARDS,
        query={
            "kind": {"enum": list(review.kinds())}, "rule": text(100), "state": {"enum": list(STATES), "default": "open"},
            "cursor": CURSOR, "limit": LIMIT,
        },
    ),
    Line(
        "GET", "/v1/reviews/{id}", "review", "One question: records side by side, why and why not", get,
        answer(("review_id", "kind", "state")), roles=STEWARDS, scope="pii",
        query={"effects": {"type": "boolean", "default": False, "description": "Also what each answer would change"}},
    ),
    Line(
        "POST", "/v1/reviews/{id}/decision", "decision", "Answer a question", decide, answer(), roles=STEWARDS,
        body=DECISION, conditional="If-Match",
        about="409: somebody has answered already. 412: with If-Match, when the question or a customer of it has changed.",
    ),
    Line(
        "POST", "/v1/reviews/{id}/claim", "claim", "Tell others that you look at it", claim,
        answer(("review_id", "author", "until")), roles=STEWARDS, optional=True,
        body=record(release={"type": "boolean", "description": "Give it back"}),
        about="It runs out by itself and keeps nobody from answering. `author` is who looks at it: whoever was first.",
    ),
    Line(
        "POST", "/v1/reviews/{id}/back", "back", "Ask a question again that was put off", back, answer(("review_id", "state")),
        roles=STEWARDS, optional=True, body=record(), about="409: it is not put off.",
    ),
    Line(
        "POST", "/v1/merges", "merge", "These are one customer", merge, DECIDED, roles=STEWARDS, status=201,
        body=record(("customers",), customers={"type": "array", "items": KEY, "minItems": 2, "maxItems": 50}, reason=text(500)),
    ),
    Line(
        "POST", "/v1/splits", "split", "These records are somebody else", split, DECIDED, roles=STEWARDS, status=201,
        body=record(
            ("customer", "records"), customer=KEY, records={"type": "array", "items": text(300), "minItems": 1, "maxItems": 500},
            each={"type": "boolean", "description": "Each is somebody of their own"}, reason=text(500),
        ),
    ),
    Line(
        "POST", "/v1/undo/{event}", "undo", "Take back a decision, or an automatic merge", undo, DECIDED, roles=STEWARDS,
        body=record(reason=text(500)), optional=True, status=201, limited=False,
        about="`event`: a decision's id, or the number of a `merged` event of the feed.",
    ),
)  # fmt: skip
