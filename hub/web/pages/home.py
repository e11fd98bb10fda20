"""The first page."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hub.web.guard import needs
from hub.web.render import page


@needs("reader")
def home(request: Request) -> Response:
    """Where everybody begins."""
    return page(request, "home.html")


ROUTES: list[BaseRoute] = [Route("/", home, methods=["GET"], name="home")]
