"""Requests from other sites' pages: refused.

Belongs here: the session's cookie, the token that every form bears, the check of where a request comes from.
The token is a digest of the cookie's own text, which no other site can read; nothing of it is kept.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

HEADER = "x-csrf-token"
FIELD = "csrf"


def secure(request: HTTPConnection) -> bool:
    """Whether cookies go over https only."""
    return request.url.scheme in ("https", "wss") or bool(request.app.state.ground.secure)


def cookie_name(request: HTTPConnection) -> str:
    """`__Host-` binds the cookie to this host and to https."""
    return "__Host-hub" if secure(request) else "hub_session"


def cookie(request: Request) -> str:
    """The session's text, or that of a visitor who has not signed in; "" without."""
    return request.cookies.get(cookie_name(request), "")


def set_cookie(request: Request, response: Response, text: str, seconds: int | None = None) -> None:
    """Hand the session's text to the browser, out of reach of scripts and of other sites' requests that change anything."""
    response.set_cookie(
        cookie_name(request), text, max_age=seconds, path="/", secure=secure(request), httponly=True, samesite="lax"
    )


def token_of(request: Request) -> str:
    """What forms bear in `csrf` and scripts in X-CSRF-Token; "" for a visitor without a cookie."""
    return token(request.scope.get("hub.cookie") or cookie(request))


def token(text: str) -> str:
    """The token that goes with a cookie's text."""
    return hashlib.sha256(f"csrf:{text}".encode()).hexdigest() if text else ""


def genuine(request: Request, sent: str) -> bool:
    """Whether a request that changes something comes from a page of ours."""
    kept = token(cookie(request))
    return bool(kept) and hmac.compare_digest(kept.encode(), sent.encode()) and from_here(request)


def from_here(request: Request) -> bool:
    """Whether the browser says that the request comes from this very site, as far as it says anything."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()
