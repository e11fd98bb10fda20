"""Signing in and out, choosing a language.

Belongs here: the form, the cookie. Does not: passwords and lock-out (flow.access). A session's text is new at every sign-in,
and the one before it ends, so that nobody can hand a visitor a session that they know.
"""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hub.errors import AuthError
from hub.flow import access
from hub.web import csrf, language
from hub.web.ground import form, ground, who
from hub.web.guard import open_page
from hub.web.problems import Problem
from hub.web.render import page

YEAR = 31_536_000
TOLD = ("signin.away", "signin.again", "signin.refused", "signin.unlinked")
"""What signing in by a provider may have ended with (signin_oidc.py)."""


def local(path: str) -> str:
    """A path of this site to go on to; anything else is the first page."""
    good = path.startswith("/") and path[1:2] not in ("/", "\\") and path.isprintable() and "\\" not in path
    return path if good else "/"


@open_page
def show(request: Request) -> Response:
    """The form; a visitor gets a cookie of their own, so that the form can bear a token."""
    onward = local(request.query_params.get("next", "/"))
    if who(request):
        return RedirectResponse(onward, 303)
    error = request.query_params.get("error", "")
    return _form(request, onward, error if error in TOLD else "")


def _form(request: Request, onward: str, error: str = "", status: int = 200, name: str = "") -> Response:
    text = csrf.cookie(request) or secrets.token_urlsafe(32)
    request.scope["hub.cookie"] = text
    reply = page(request, "signin.html", status, next=onward, error=error, name=name)
    csrf.set_cookie(request, reply, text)
    return reply


@open_page
def enter(request: Request) -> Response:
    """Take name and password."""
    here, sent = ground(request), form(request)
    address = request.client.host if request.client else ""
    wait = here.failures.wait(address)
    if wait:
        raise Problem(429, "signin.slow", headers={"retry-after": str(wait)})
    onward = local(sent.get("next", "/"))
    try:
        _, text = access.sign_in(here.workspace.store, sent.get("name", ""), sent.get("password", ""), here.now())
    except AuthError as error:
        here.failures.fail(address)
        return _form(request, onward, error.code, 403, sent.get("name", "")[:100])
    access.sign_out(here.workspace.store, csrf.cookie(request))
    reply = RedirectResponse(onward, 303)
    csrf.set_cookie(request, reply, text, here.limits.longest)
    return reply


@open_page
def leave(request: Request) -> Response:
    """End the session."""
    access.sign_out(ground(request).workspace.store, csrf.cookie(request))
    reply = RedirectResponse("/signin", 303)
    reply.delete_cookie(csrf.cookie_name(request), path="/", secure=csrf.secure(request), httponly=True, samesite="lax")
    return reply


@open_page
def choose(request: Request) -> Response:
    """The language that this browser wants from now on."""
    sent = form(request)
    reply = RedirectResponse(local(sent.get("next", "/")), 303)
    if sent.get("language") in language.LANGUAGES:
        reply.set_cookie(
            language.COOKIE, sent["language"], max_age=YEAR, path="/", secure=csrf.secure(request), samesite="lax"
        )
    return reply


ROUTES: list[BaseRoute] = [
    Route("/signin", show, methods=["GET"], name="signin"),
    Route("/signin", enter, methods=["POST"]),
    Route("/signout", leave, methods=["POST"], name="signout"),
    Route("/language", choose, methods=["POST"], name="language"),
]
