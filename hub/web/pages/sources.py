"""Sources: fresh or stale, how much they hold, how they did lately."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hub.flow.overview import lately, trend
from hub.flow.status import status
from hub.web.ground import ground
from hub.web.guard import needs
from hub.web.pages.questions import worded
from hub.web.render import page


@needs("operator", "steward")
def sources(request: Request) -> Response:
    """All of them."""
    here = ground(request)
    told, runs = status(here.workspace.store, worded(request), here.now()), lately(here.workspace.store)
    return page(request, "sources.html", told=told, trends={name: trend(runs, name) for name in told["sources"]})


ROUTES: list[BaseRoute] = [Route("/sources", sources, methods=["GET"], name="sources")]
