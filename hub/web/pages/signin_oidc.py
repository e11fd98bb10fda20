"""Signing in by the settings' provider: sending people there, and letting them in when they are back.

Belongs here: the two addresses, the cookie that binds a sign-in to the browser that began it. Does not: proofs (web/oidc), who
somebody is (flow.access_links). Whatever goes wrong leads to the sign-in page, which says so; what came is shown nowhere.
"""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hub.errors import AuthError
from hub.flow import access, access_links
from hub.model import from_utc_text
from hub.web import csrf
from hub.web.ground import Ground, ground
from hub.web.oidc.fetch import Away
from hub.web.oidc.pending import LASTS, Started
from hub.web.oidc.provider import BACK
from hub.web.oidc.tokens import Untrusted
from hub.web.pages.signin import local
from hub.web.problems import Problem

log = logging.getLogger("hub.web")


def _cookie(request: Request) -> str:
    return "__Host-hub_oidc" if csrf.secure(request) else "hub_oidc"


def _admitted(request: Request) -> str:
    """The visitor's address, unless it must wait."""
    address = request.client.host if request.client else ""
    wait = ground(request).failures.wait(address)
    if wait:
        raise Problem(429, "signin.slow", headers={"retry-after": str(wait)})
    return address


async def begin(request: Request) -> Response:
    """Send the browser to the provider."""
    here, onward = ground(request), local(request.query_params.get("next", "/"))
    if here.provider is None:
        return _to_form(request, "", onward)
    _admitted(request)
    try:
        await here.provider.ready()
        text, started = here.pending.begin(onward)
        reply = RedirectResponse(await here.provider.leading(started), 303, {"cache-control": "no-store"})
    except Away as error:
        return _away(request, error, onward)
    reply.set_cookie(
        _cookie(request), text, max_age=LASTS, path="/", secure=csrf.secure(request), httponly=True, samesite="lax"
    )
    return reply


async def back(request: Request) -> Response:
    """Take the provider's answer: a new session for whom it has proven, nothing for anybody else."""
    here = ground(request)
    if here.provider is None:
        return _to_form(request, "", "/")
    address = _admitted(request)
    started = here.pending.take(request.cookies.get(_cookie(request), ""), request.query_params.get("state", ""))
    if started is None:
        here.failures.fail(address)
        return _to_form(request, "signin.again", "/")
    try:
        return await _let_in(request, here, started)
    except Away as error:
        return _away(request, error, started.onward)
    except Untrusted as error:
        here.failures.fail(address)
        log.warning("a sign-in by the provider was refused: %s", error.code)
        return _to_form(request, "signin.refused", started.onward)
    except AuthError as error:
        here.failures.fail(address)
        return _to_form(request, error.code, started.onward)


async def _let_in(request: Request, here: Ground, started: Started) -> Response:
    assert here.provider is not None  # noqa: S101  # for the type checker
    now, store = here.now(), here.workspace.store
    moment = int(from_utc_text(now).timestamp())
    shown = await here.provider.shown(dict(request.query_params), started, moment)
    _, text = await run_in_threadpool(access_links.sign_in, store, shown, here.provider.told, now)
    await run_in_threadpool(access.sign_out, store, csrf.cookie(request))
    reply = _over(request, started.onward)
    csrf.set_cookie(request, reply, text, here.limits.longest)
    return reply


def _away(request: Request, error: Away, onward: str) -> Response:
    log.warning("the provider of sign-ins cannot be used: %s", error.code)
    return _to_form(request, "signin.away", onward)


def _to_form(request: Request, code: str, onward: str) -> Response:
    asked = ({"error": code} if code else {}) | ({"next": onward} if onward != "/" else {})
    return _over(request, "/signin" + (f"?{urlencode(asked)}" if asked else ""))


def _over(request: Request, path: str) -> Response:
    """On to a path of this site; the sign-in under way is over."""
    reply = RedirectResponse(path, 303, {"cache-control": "no-store"})
    reply.delete_cookie(_cookie(request), path="/", secure=csrf.secure(request), httponly=True, samesite="lax")
    return reply


ROUTES: list[BaseRoute] = [
    Route("/signin/oidc", begin, methods=["GET"], name="signin_oidc"),
    Route(BACK, back, methods=["GET"], name="signin_oidc_back"),
]
