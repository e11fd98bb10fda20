"""Plans: what would be written where, approved by a person.

Belongs here: the list, one plan, approval. Does not: planning and pushing (flow.plan, flow.push).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hub.flow import sync
from hub.flow.item import WRITES
from hub.flow.overview import lately
from hub.flow.reasons import sentence
from hub.flow.run import Run
from hub.flow.status import status
from hub.model import Json
from hub.store import overview
from hub.store import plans as table
from hub.web.asked import chosen, everywhere, sees_all, typed, whole_number
from hub.web.background import begin
from hub.web.ground import form, ground, signed
from hub.web.guard import needs
from hub.web.looked import looked
from hub.web.pages.questions import worded
from hub.web.problems import Problem
from hub.web.render import page

SHOWN, LINES = 40, 50
ACTIONS = (*WRITES, "conflict", "blocked")


def takes(runs: Sequence[Mapping[str, Any]], plan_id: str) -> dict[str, Json]:
    """What the run that made a plan tells of it: writes, seconds that they take (None: not told), records there."""
    for one in runs:
        for part in one["report"].get("push", {}).values():
            if part["plan_id"] == plan_id:
                writes = sum(part["planned"].get(action, 0) for action in WRITES)
                return {
                    "writes": writes,
                    "takes": part.get("takes"),
                    "there": part.get("there"),
                    "effects": part.get("effects", []),
                }
    return {"writes": None, "takes": None, "there": None, "effects": []}


@needs("operator")
def plans(request: Request) -> Response:
    """Those that wait, what came of the others, and drift."""
    here = ground(request)
    with here.workspace.store.read() as conn:
        rows = [{**row, "counts": orjson.loads(row["counts"])} for row in overview.newest_plans(conn, SHOWN)]
    told = status(here.workspace.store, worded(request), here.now())
    return page(request, "plans.html", rows=rows, drift=told["drift"], given_up=told["given_up"], open=table.OPEN)


@needs("operator")
def plan(request: Request) -> Response:
    """One plan: how much, a sample of its lines, approval."""
    here, asked, full = ground(request), request.query_params, sees_all(request) and signed(request).stores is None
    plan_id, action = typed(request.path_params["plan_id"]), chosen(asked.get("action"), ACTIONS)
    after = whole_number(asked.get("after")) or 0
    with here.workspace.store.read() as conn:
        head = table.plan(conn, plan_id)
        lines = overview.lines(conn, plan_id, action, LINES + 1, after)
        tally = overview.tally(conn, plan_id)
    if head is None:
        raise Problem(404, "plan.none")
    shown = [_line(row, worded(request).language, full=full) for row in lines[:LINES]]
    looked(request, [row["golden_id"] for row in lines[:LINES]] if full else ())
    return page(
        request, "plan.html", head={**head, "counts": orjson.loads(head["counts"])}, lines=shown, tally=tally, action=action,
        actions=ACTIONS, more=lines[LINES]["n"] if len(lines) > LINES else None, full=full,
        told=takes(lately(here.workspace.store), plan_id), open=head["state"] in table.OPEN,
    )  # fmt: skip


def _line(row: Mapping[str, Any], language: str, *, full: bool) -> dict[str, Json]:
    changes = orjson.loads(row["changes"])
    shown = changes if full else {name: [None, None] for name in changes}
    why = sentence(row["reason"], language) if row["reason"] else None
    return {**row, "changes": shown, "sentence": why, "target": row["target"] if full else None}


@needs("operator")
def approve(request: Request) -> Response:
    """A person has looked and wants it sent: exactly this plan."""
    everywhere(request)
    here, plan_id = ground(request), typed(request.path_params["plan_id"])
    with here.workspace.store.read() as conn:
        head = table.plan(conn, plan_id)
    if head is None or head["destination"] not in here.workspace.settings.destinations:
        raise Problem(404, "plan.none")
    if head["state"] not in table.OPEN:
        raise Problem(409, "plan.closed")
    if form(request).get("sure") != "yes":
        raise Problem(422, "plan.unsure")
    name = head["destination"]

    def steps(run: Run) -> None:
        sync.destination_step(here.workspace, run, name, yes=True, plan_id=plan_id)

    run_id = begin(here.workspace, steps, "push", signed(request).author)
    return RedirectResponse(f"/runs/{run_id}?new=1", 303)


ROUTES: list[BaseRoute] = [
    Route("/plans", plans, methods=["GET"], name="plans"),
    Route("/plans/{plan_id}", plan, methods=["GET"], name="plan"),
    Route("/plans/{plan_id}/approve", approve, methods=["POST"]),
]
