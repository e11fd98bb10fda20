"""The story of one customer: why, when, what happened, what they bought; what they wish, what somebody reports of them.

Belongs here: the paths below one customer. Does not: the customer itself (customers.py), telling it (flow.explain).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from hub.flow import consenting, explain, review_report
from hub.flow.carry_out import carry_out
from hub.flow.run import Run, utc_now
from hub.flow.timeline import changed_values
from hub.flow.timeline import timeline as entries
from hub.matching.survivorship.most_restrictive import STATUSES
from hub.model import Json
from hub.store import past, serving, story
from hub.store.engine import StoreConnection
from hub.web import masking
from hub.web.api.customers import living, moment
from hub.web.api.documents import document, look, must_see
from hub.web.api.table import CURSOR, LIMIT, MOMENT, Answer, Asked, Line, answer, listing, record, ref, text
from hub.web.ids import new_id

Row = Mapping[str, Any]
REPORTS = dict(zip(("two people", "wrong phone"), review_report.WHATS, strict=True))
WITH_WISHES = ("writer", "steward")


def _row(asked: Asked, conn: StoreConnection) -> Row:
    return must_see(asked, living(conn, asked.path["id"]))


def _seen(asked: Asked) -> Row:
    with asked.ground.workspace.store.read() as conn:
        return _row(asked, conn)


def tell(asked: Asked) -> Answer:
    """Why: everything that `hub explain` tells."""
    here, row = asked.ground.workspace, _seen(asked)
    look(asked, [row["golden_id"]])
    return Answer(explain.explain(here.store, here.settings, row["golden_id"]))


def history(asked: Asked) -> Answer:
    """Its events, oldest first, each with what caused it; values only to those who may see them."""
    after = asked.ground.cursors.open("history", asked.query.get("cursor")) or 0
    limit = asked.query["limit"]
    with asked.ground.workspace.store.read() as conn:
        row = _row(asked, conn)
        ids = [row["golden_id"], *story.former(conn, row["golden_id"])]
        events = serving.changes_of(conn, ids, after, limit)
        causes = past.causes(conn, list({one["run_id"] for one in events}))
        docs = story.versions(conn, row["golden_id"]) | {row["version"]: row["doc"]} if asked.unmasked else {}
    look(asked, [row["golden_id"]])
    items = [event(one) | {"cause": causes.get(one["run_id"])} | _values(docs, one, asked) for one in events]
    more = asked.ground.cursors.seal("history", events[-1]["seq"]) if len(events) == limit else None
    return Answer({"items": items, "next": more})


def event(row: Row) -> dict[str, Json]:
    """An event of the feed as it is told."""
    told = {name: row[name] for name in ("seq", "at", "kind", "golden_id", "version")}
    return told | {"changed": orjson.loads(row["changed"] or "[]"), "moved": orjson.loads(row["moved"] or "[]")}


def _values(docs: Mapping[int, str], row: Row, asked: Asked) -> dict[str, Json]:
    """Old and new of changed single values."""
    names = orjson.loads(row["changed"] or "[]")
    return {"values": changed_values(docs, row["version"], names)} if asked.unmasked else {}


def timeline(asked: Asked) -> Answer:
    """What happened, newest first: versions, decisions, orders, what was written elsewhere."""
    here, key = asked.ground.workspace, asked.ground.cursors.open("timeline", asked.query.get("cursor"))
    with here.store.read() as conn:
        row = _row(asked, conn)
        told, last = entries(
            conn, row["golden_id"], key, asked.query["limit"], here.settings.language, full=asked.unmasked
        )
    look(asked, [row["golden_id"]])
    more = asked.ground.cursors.seal("timeline", last) if last else None
    return Answer({"items": [_entry(asked, one["what"], one["one"]) for one in told], "next": more})


def _entry(asked: Asked, what: str, one: dict[str, Json]) -> dict[str, Json]:
    """A system's own id may be an e-mail."""
    told = {"what": what, **one}
    if not asked.unmasked:
        told |= {name: masking.named(one[name]) for name in ("target", "source_id", "code") if one.get(name)}
    return told


def orders(asked: Asked) -> Answer:
    """Orders, newest first; amounts in minor units."""
    key = asked.ground.cursors.open("orders", asked.query.get("cursor"))
    limit = asked.query["limit"]
    with asked.ground.workspace.store.read() as conn:
        row = _row(asked, conn)
        found = serving.orders_after(conn, row["golden_id"], key, limit)
    last = found[-1] if found else {}
    more = [last["at"], last["source"], last["source_id"]] if len(found) == limit else None
    return Answer({"items": found, "next": asked.ground.cursors.seal("orders", more) if more else None})


def consent(asked: Asked) -> Answer:
    """A wish, in force once the answer comes."""
    here, row, sent = asked.ground.workspace, _seen(asked), asked.body
    at = moment(sent["at"], here.settings.timezone) if "at" in sent else utc_now()
    wish = consenting.wish(
        here.settings, row["golden_id"], sent["status"], sent.get("scopes", []), sent.get("address"), at
    )
    made = carry_out(here, wish, asked.who.author, sent.get("reason"), "consent")
    with here.store.read() as conn:
        now = living(conn, row["golden_id"]) or row
    return Answer(made | {"consents": document(asked, now).get("consents", [])})


def report(asked: Asked) -> Answer:
    """A question on top of the queue; nothing is written about the customer until it is answered."""
    here, row, sent = asked.ground.workspace, _seen(asked), asked.body
    told = review_report.report(
        here.store, here.settings, Run(new_id(), trigger="report"), row["golden_id"], REPORTS[sent["what"]],
        asked.who.author, sent.get("comment"),
    )  # fmt: skip
    return Answer(told, 201 if "decision_id" in told else 200)


CONSENT = record(
    ("status",), status={"enum": list(STATUSES)},
    scopes={"type": "array", "items": text(80), "maxItems": 20, "description": "marketing.sms; none: everything"},
    address=text(320), at=MOMENT, reason=text(500),
)  # fmt: skip
REPORT = record(("what",), what={"enum": list(REPORTS)}, comment=text(500))
PAGED = {"cursor": CURSOR, "limit": LIMIT}

LINES = (
    Line(
        "GET", "/v1/customers/{id}/explain", "explain", "Everything known of a customer and why", tell,
        answer(("golden", "records", "links", "fields", "history")), scope="pii", about="As `hub explain --json`.",
    ),
    Line(
        "GET", "/v1/customers/{id}/history", "history", "What changed when, and what caused it", history,
        listing(ref("Event")), query=PAGED, about="`values` (old and new) are shown to tokens with the right `pii`.",
    ),
    Line(
        "GET", "/v1/customers/{id}/timeline", "timeline", "What happened, newest first", timeline,
        listing(answer(("what", "at"))), query=PAGED,
        about="`what`: change, decision, order or push. `values` and `reason` are told to tokens with the right `pii`.",
    ),
    Line(
        "GET", "/v1/customers/{id}/orders", "orders", "Orders, newest first", orders, listing(answer(("source", "source_id"))),
        query=PAGED,
    ),
    Line(
        "POST", "/v1/customers/{id}/consents", "consent", "What a customer agreed to or took back", consent,
        answer(("decision_id", "consents")), roles=WITH_WISHES, body=CONSENT,
        about="A grant is for one address: the one named, else the primary one. A no without one is for every address.",
    ),
    Line(
        "POST", "/v1/customers/{id}/reports", "report", "This is two people; this phone is somebody else's", report,
        answer(("review_id", "golden_id")), body=REPORT, status=201,
        about="Opens a question on top and puts the customer on hold. Reported again while it waits: 200 and the same question.",
    ),
)  # fmt: skip
