"""The first page: what a person has to do today, how the sources are, what waits, what changed.

Belongs here: putting the parts together by role. Does not: the parts (flow).
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hub.flow import review
from hub.flow.overview import lately, since_yesterday
from hub.flow.status import status
from hub.web.ground import ground, signed
from hub.web.guard import needs
from hub.web.pages.plans import takes
from hub.web.pages.questions import worded
from hub.web.pages.segments import soon
from hub.web.render import page


@needs("reader")
def home(request: Request) -> Response:
    """Where everybody begins."""
    here, who, settings = ground(request), signed(request), worded(request)
    store = here.workspace.store
    if not who.may("operator", "steward"):
        return page(request, "home.html", told=None, asked=None, since=None, runs=(), waits={}, soon=soon(request))
    told, runs = status(store, settings, here.now()), lately(store)
    asked = review.listed(store, settings, here.now(), stores=who.stores) if who.may("steward") else None
    waits = {plan["plan_id"]: takes(runs, plan["plan_id"]) for plan in told["plans"]}
    return page(
        request,
        "home.html",
        told=told,
        asked=asked,
        since=since_yesterday(runs, here.now()),
        runs=runs[:5],
        waits=waits,
        soon=soon(request),
    )


ROUTES: list[BaseRoute] = [Route("/", home, methods=["GET"], name="home")]
