"""What operators look at: sources, runs, quarantine, plans, deliveries; and a plan's approval.

Belongs here: these lists. Does not: the steps (flow), Dagster's own pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from hub.flow import status
from hub.flow.quarantine import sentence as quarantined
from hub.flow.reasons import sentence
from hub.flow.run import utc_now
from hub.model import Json
from hub.store import audit, plans, serving
from hub.web import masking
from hub.web.api.documents import look
from hub.web.api.table import CURSOR, LIMIT, Answer, Asked, Line, answer, listing, record, text
from hub.web.problem import Problem

Row = Mapping[str, Any]
OPERATORS = ("operator",)
WAITING = ("waiting", "held")


def sources(asked: Asked) -> Answer:
    """Each source as `hub status` tells it."""
    here = asked.ground.workspace
    told = status.status(here.store, here.settings)
    return Answer({"items": [{"source": name, **one} for name, one in told["sources"].items()], "next": None})


def runs(asked: Asked) -> Answer:
    """The newest first."""
    return _paged(asked, "runs", serving.runs_before, ("started_at", "run_id"))


def run(asked: Asked) -> Answer:
    """One run with its report."""
    with asked.ground.workspace.store.read() as conn:
        row = serving.run(conn, asked.path["run_id"])
    if row is None:
        raise Problem(404, "run.none")
    return Answer({**row, "report": orjson.loads(row["report"] or "null")})


def quarantine(asked: Asked) -> Answer:
    """Records that could not be used, with the reason; never their contents."""
    query, language = asked.query, asked.ground.workspace.settings.language
    wanted = {name: query[name] for name in ("source", "code", "state") if name in query}
    after = asked.ground.cursors.open("quarantine", query.get("cursor")) or 0
    with asked.ground.workspace.store.read() as conn:
        rows = serving.quarantine_after(conn, wanted, after, query["limit"])
    hide = (lambda text: text) if asked.unmasked else masking.named
    items = [
        {**row, "source_id": hide(row["source_id"]), "sentence": quarantined(row["code"], row["field"], language)}
        for row in rows
    ]
    return Answer({"items": items, "next": _more(asked, "quarantine", rows, "qid")})


def plan_list(asked: Asked) -> Answer:
    """Plans, the newest first."""
    name = asked.query.get("destination")
    told = _paged(
        asked, "plans", lambda conn, key, most: serving.plans_before(conn, name, key, most), ("created_at", "plan_id")
    )
    language = asked.ground.workspace.settings.language
    return Answer(told.body | {"items": [_plan(row, language) for row in told.body["items"]]})


def _plan(row: Row, language: str) -> dict[str, Json]:
    said = sentence(row["reason"], language) if row["reason"] else None
    return {**row, "counts": orjson.loads(row["counts"]), "sentence": said}


def plan(asked: Asked) -> Answer:
    """One plan with its lines; values only to those who may see them."""
    after = asked.ground.cursors.open("items", asked.query.get("cursor")) or 0
    language = asked.ground.workspace.settings.language
    with asked.ground.workspace.store.read() as conn:
        head = serving.plan(conn, asked.path["plan_id"])
        if head is None:
            raise Problem(404, "plan.none")
        rows = serving.items_after(conn, head["plan_id"], after, asked.query["limit"])
    look(asked, (row["golden_id"] for row in rows))
    items = [_item(asked, row, language) for row in rows]
    return Answer({**_plan(head, language), "items": items, "next": _more(asked, "items", rows, "n")})


def _item(asked: Asked, row: Row, language: str) -> dict[str, Json]:
    """A line; without the right to values their fields only."""
    values = orjson.loads(row["changes"])
    told = {"fields": sorted(values)} | ({"changes": values} if asked.unmasked else {})
    target = row["target"] if asked.unmasked or row["target"] is None else masking.named(row["target"])
    said = sentence(row["reason"], language) if row["reason"] else None
    plain = {name: row[name] for name in ("n", "action", "golden_id", "reason", "state")}
    return plain | told | {"target": target, "sentence": said}


def approve(asked: Asked) -> Answer:
    """A person has looked at the plan: the next push or sync sends exactly it, unless it is stale by then."""
    at = utc_now()
    with asked.ground.workspace.store.begin() as conn:
        head = plans.plan(conn, asked.path["plan_id"])
        if head is None:
            raise Problem(404, "plan.none")
        if head["state"] not in WAITING:
            raise Problem(409, "plan.state", f"it is {head['state']}")
        plans.set_plan(conn, head["plan_id"], state="approved", approved_by=asked.who.author, approved_at=at)
        audit.write(
            conn, at=at, actor=asked.who.author, action="plan.approve", subjects=[head["plan_id"], head["destination"]],
            reason=asked.body.get("reason"),
        )  # fmt: skip
    return Answer({"plan_id": head["plan_id"], "destination": head["destination"], "state": "approved"})


def deliveries(asked: Asked) -> Answer:
    """The ledger, the newest first."""
    query, language = asked.query, asked.ground.workspace.settings.language
    wanted = {name: query[name] for name in ("destination", "state", "golden_id") if name in query}
    before = asked.ground.cursors.open("deliveries", query.get("cursor"))
    with asked.ground.workspace.store.read() as conn:
        rows = serving.deliveries_before(conn, wanted, before, query["limit"])
    hide = (lambda text: text) if asked.unmasked else masking.named
    items = [
        {**row, "target": hide(row["target"]) if row["target"] else None}
        | {"sentence": sentence(row["reason"], language) if row["reason"] else None}
        for row in rows
    ]
    return Answer({"items": items, "next": _more(asked, "deliveries", rows, "seq")})


def _paged(asked: Asked, name: str, read: Any, key: Sequence[str]) -> Answer:
    after = asked.ground.cursors.open(name, asked.query.get("cursor"))
    with asked.ground.workspace.store.read() as conn:
        rows = read(conn, after, asked.query["limit"])
    full = len(rows) == asked.query["limit"]
    more = asked.ground.cursors.seal(name, [rows[-1][column] for column in key]) if full else None
    return Answer({"items": rows, "next": more})


def _more(asked: Asked, name: str, rows: Sequence[Row], column: str) -> str | None:
    """The cursor behind a full page."""
    return asked.ground.cursors.seal(name, rows[-1][column]) if len(rows) == asked.query["limit"] else None


PAGED = {"cursor": CURSOR, "limit": LIMIT}
NAME = text(40)
LINES = (
    Line(
        "GET", "/v1/sources", "sources", "Sources: fresh or stale, counts, what went wrong", sources,
        listing(answer(("source", "status", "stale"))), roles=OPERATORS,
    ),
    Line(
        "GET", "/v1/runs", "runs", "Runs, the newest first", runs, listing(answer(("run_id", "status"))),
        roles=OPERATORS, query=PAGED,
    ),
    Line(
        "GET", "/v1/runs/{run_id}", "run", "One run with its report of counts", run,
        answer(("run_id", "status", "report")), roles=OPERATORS,
    ),
    Line(
        "GET", "/v1/quarantine", "quarantine", "Records that could not be used, and why", quarantine,
        listing(answer(("qid", "source", "code", "sentence"))), roles=OPERATORS, limited=False,
        query={"source": NAME, "code": text(100), "state": {"enum": ["open", "closed", "discarded"], "default": "open"}, **PAGED},
    ),
    Line("GET", "/v1/plans", "plans", "What would be written outside", plan_list, listing(answer(("plan_id", "state", "counts"))),
         roles=OPERATORS, limited=False, query={"destination": NAME, **PAGED}),
    Line("GET", "/v1/plans/{plan_id}", "plan", "One plan, line by line", plan, answer(("plan_id", "state", "items", "next")),
         roles=OPERATORS, limited=False, query=PAGED, about="`changes` (old and new) are shown to tokens with the right `pii`."),
    Line(
        "POST", "/v1/plans/{plan_id}/approve", "approve", "Let a plan be sent by the next push", approve,
        answer(("plan_id", "state")), roles=OPERATORS, limited=False, body=record(reason=text(500)), optional=True,
    ),
    Line(
        "GET", "/v1/deliveries", "deliveries", "What was written outside, and what became of it", deliveries,
        listing(answer(("seq", "destination", "state"))), roles=OPERATORS, limited=False,
        query={
            "destination": NAME, "state": {"enum": ["sent", "acked", "rejected", "retry", "unknown"]},
            "golden_id": text(36), **PAGED,
        },
    ),
)  # fmt: skip
