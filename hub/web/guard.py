"""Who may open a page: `needs` stands before every page's function.

Belongs here: sessions and roles of pages, reading forms, CSRF. Does not: tokens of the API (api/), signing in (pages/signin.py).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.flow import access
from hub.web import csrf
from hub.web.ground import ground
from hub.web.problems import Problem, wants_document

SAFE_METHODS = ("GET", "HEAD")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
MOST_FIELDS = 2_000
Page = Callable[[Request], Response]
Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


def needs(*roles: str) -> Callable[[Page], Endpoint]:
    """A page for these roles and admins; `reader` is everybody who has signed in. The function runs in a thread.

    Of a request that changes something the form is read first (ground.form, ground.many; a JSON body is
    `request.scope["hub.body"]`), and refused unless it bears the page's csrf token (field `csrf` or header X-CSRF-Token).
    """

    def guarded(function: Page) -> Endpoint:
        @functools.wraps(function)
        async def endpoint(request: Request) -> Response:
            await read_body(request)
            return await run_in_threadpool(_enter, request, roles, function)

        return endpoint

    return guarded


def open_page(function: Page) -> Endpoint:
    """A page for everybody; who has signed in is known. Changes must bear the csrf token all the same."""

    @functools.wraps(function)
    async def endpoint(request: Request) -> Response:
        await read_body(request)
        return await run_in_threadpool(_visit, request, function)

    return endpoint


async def read_body(request: Request) -> None:
    """Read what was sent, under the gate's limit."""
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("content-type", "").startswith(FORMS):
        request.scope["hub.form"] = await request.form(max_files=1, max_fields=MOST_FIELDS)
    else:
        request.scope["hub.form"], request.scope["hub.body"] = FormData(), await request.body()


def _visit(request: Request, function: Page) -> Response:
    _recognise(request)
    _genuine(request)
    return function(request)


def _recognise(request: Request) -> access.Who | None:
    here, text = ground(request), csrf.cookie(request)
    found = access.session(here.workspace.store, text, here.limits, here.now()) if text else None
    request.scope["hub.who"] = found
    return found


def _genuine(request: Request) -> None:
    if request.method in SAFE_METHODS:
        return
    sent = request.headers.get(csrf.HEADER) or request.scope["hub.form"].get(csrf.FIELD, "")
    if not csrf.genuine(request, str(sent)):
        raise Problem(403, "csrf")


def _enter(request: Request, roles: tuple[str, ...], function: Page) -> Response:
    found = _recognise(request)
    if found is None:
        return _sign_in_first(request)
    if not found.may(*roles):
        raise Problem(403, "forbidden")
    _genuine(request)
    return function(request)


def _sign_in_first(request: Request) -> Response:
    if request.method not in SAFE_METHODS or wants_document(request):
        raise Problem(401, "signin")
    whole = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/signin?next={quote(whole, safe='')}", 303)
