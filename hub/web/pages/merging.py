"""Merging by search: somebody sees that two customers are one, though nothing has asked.

Belongs here: finding the other one, what a merge would change, the merge. Does not: what it means (flow.judge), questions
(question.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hub.errors import ConfigError
from hub.flow import effect, judge
from hub.flow.carry_out import carry_out
from hub.flow.lookup import look_up
from hub.flow.run import Run
from hub.model import Json
from hub.store import search, serving, story
from hub.store.engine import StoreConnection
from hub.web.asked import may_see, must_see_all, new_run, reason, typed
from hub.web.ground import form, ground, signed
from hub.web.guard import needs
from hub.web.looked import looked
from hub.web.pages.questions import worded
from hub.web.problems import Problem
from hub.web.render import page

SHOWN = 20


@needs("steward")
def choose(request: Request) -> Response:
    """Whom is this customer one with? A search, then what the merge would change."""
    must_see_all(request)
    asked, mine = request.query_params, _one(request, typed(request.path_params["key"]))
    text, other = typed(asked.get("q")), _other(request, mine, typed(asked.get("with")))
    what, error = _effect(request, mine, other) if other else (None, "")
    found = _found(request, text, mine["golden_id"]) if text and not other else []
    looked(request, [one["golden_id"] for one in (mine, *([other] if other else found))])
    return page(request, "merge.html", mine=mine, other=other, q=text, found=found, effect=what, error=error)


def _one(request: Request, key: str) -> dict[str, Json]:
    """The living customer of a key, of one that this person may see."""
    with ground(request).workspace.store.read() as conn:
        heads = story.summaries(conn, _reached(request, conn, look_up(conn, worded(request), key)[:1]))
    if not heads:
        raise Problem(404, "customer.none")
    return dict(heads[0])


def _reached(request: Request, conn: StoreConnection, ids: Sequence[str]) -> list[str]:
    """Those of the customers that this person may see."""
    who = signed(request)
    if who.stores is None:
        return list(ids)
    return [row["golden_id"] for row in serving.of_ids(conn, ids) if may_see(who, orjson.loads(row["doc"]))]


def _other(request: Request, mine: dict[str, Json], key: str) -> dict[str, Json] | None:
    return _one(request, key) if key and key != mine["golden_id"] else None


def _found(request: Request, text: str, mine: str) -> list[dict[str, Json]]:
    """Whom an exact key fits, then whom the search finds; not the customer itself."""
    with ground(request).workspace.store.read() as conn:
        exact = story.summaries(conn, _reached(request, conn, look_up(conn, worded(request), text)))
        rows = [*exact, *search.search(conn, text, SHOWN, stores=signed(request).stores).rows]
    return list({row["golden_id"]: dict(row) for row in rows if row["golden_id"] != mine}.values())[:SHOWN]


def _effect(request: Request, mine: dict[str, Json], other: dict[str, Json]) -> tuple[Json, str]:
    """What the merge would change, or why it cannot be."""
    settings = worded(request)
    plan = judge.merge(settings, [mine["golden_id"], other["golden_id"]])
    try:
        return effect.preview(ground(request).workspace.store, settings, Run(new_run()), plan), ""
    except ConfigError as error:
        return None, error.message


@needs("steward")
def merge(request: Request) -> Response:
    """These two are one."""
    must_see_all(request)
    here, mine = ground(request), _one(request, typed(request.path_params["key"]))
    other = _other(request, mine, typed(form(request).get("with")))
    if other is None:
        raise Problem(422, "merge.with")
    plan = judge.merge(worded(request), [mine["golden_id"], other["golden_id"]])
    made = carry_out(here.workspace, plan, signed(request).author, reason(request), "merge")
    living = _one(request, mine["golden_id"])["golden_id"]
    query = urlencode({"done": "merged", "decision": str(made["decision_id"])})
    return RedirectResponse(f"/customers/{living}?{query}", 303)


ROUTES: list[BaseRoute] = [
    Route("/customers/{key}/merge", choose, methods=["GET"], name="merge"),
    Route("/customers/{key}/merge", merge, methods=["POST"]),
]
