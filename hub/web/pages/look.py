"""Light or dark, as this browser wants it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hub.web import csrf
from hub.web.ground import form
from hub.web.guard import open_page
from hub.web.pages.signin import YEAR, local
from hub.web.render import THEME, THEMES


@open_page
def choose(request: Request) -> Response:
    """The theme from now on."""
    sent = form(request)
    reply = RedirectResponse(local(sent.get("next", "/")), 303)
    if sent.get("theme") in THEMES:
        reply.set_cookie(THEME, sent["theme"], max_age=YEAR, path="/", secure=csrf.secure(request), samesite="lax")
    return reply


ROUTES: list[BaseRoute] = [Route("/theme", choose, methods=["POST"], name="theme")]
