"""Pages, files and GraphQL over HTTP, passed on to Dagster and back as they come.

Belongs here: what passes. Only what stands in the lists of headers does: our cookie and tokens never reach Dagster, and it sets
none of its own. Everything is read only but GraphQL, which must be a POST of JSON from a page of this site.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import quote, urlsplit

import httpx
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from hub.flow.access import Who
from hub.store import audit
from hub.web.dagster import asked, rights
from hub.web.ground import ground
from hub.web.problem import Problem

GRAPHQL = "/dagster/graphql"
SENT = (
    "accept", "accept-encoding", "accept-language", "content-type", "if-none-match", "if-modified-since", "if-range", "range",
    "idempotency-key",
)  # fmt: skip
GIVEN = (
    "content-type", "content-length", "content-encoding", "content-disposition", "cache-control", "etag", "expires",
    "last-modified", "vary", "accept-ranges", "content-range",
)  # fmt: skip
NONCE = re.compile(r"'nonce-([A-Za-z0-9+/=_-]{8,})'")
CSP = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; "
    "form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""For Dagster's pages only: their scripts bear a number that Dagster draws for each answer, their styles stand inline."""
LONGEST = 1_048_576
TIMES = httpx.Timeout(120, connect=5, pool=10)


def client() -> httpx.AsyncClient:
    """What speaks to Dagster: on this machine, past every proxy, following nothing, keeping no cookie of anybody's."""
    forgetful = CookieJar(DefaultCookiePolicy(allowed_domains=()))
    return httpx.AsyncClient(timeout=TIMES, trust_env=False, follow_redirects=False, cookies=forgetful)


async def pass_on(request: Request) -> Response:
    """One request."""
    here = ground(request)
    who = await run_in_threadpool(rights.bearer, here, request)
    request.scope["hub.who"] = who
    if who is None:
        return _sign_in(request)
    if not rights.may(who):
        raise Problem(403, "forbidden")
    body = await _body(request, who)
    port = here.beside.dagster()
    if port is None:
        raise Problem(503, "dagster.away", headers={"retry-after": "5"})
    return await _answer(request, port, body)


def _sign_in(request: Request) -> Response:
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(f"/signin?next={quote(request.url.path, safe='')}", 303)
    raise Problem(401, "signin")


async def _body(request: Request, who: Who) -> bytes:
    """What is sent on. Raises Problem for anything that could change something but GraphQL from here."""
    graphql = request.url.path.rstrip("/") == GRAPHQL
    if request.method == "POST":
        if not graphql:
            raise Problem(403, "dagster.readonly")
        rights.must_come_from_here(request)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise Problem(415, "media")
        return await _graphql(request, who)
    if graphql:
        raise Problem(405, "method", headers={"allow": "POST"})
    return b""


async def _graphql(request: Request, who: Who) -> bytes:
    request.scope["hub.limit"] = LONGEST
    value, wanted = asked.read(await request.body())
    if wanted.changes:
        await run_in_threadpool(_note, request, who, wanted)
        return asked.signed(value, who.author)
    return await request.body()


def _note(request: Request, who: Who, wanted: asked.Wanted) -> None:
    """Who changed something in Dagster stands in our audit log."""
    here = ground(request)
    with here.workspace.store.begin() as conn:
        audit.write(
            conn, at=here.now(), actor=who.author, action="dagster.change", details={"asked": list(wanted.fields[:20])}
        )


async def _answer(request: Request, port: int, body: bytes) -> Response:
    raw = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
    target = raw.partition(b"?")[0] + (b"?" + request.scope["query_string"] if request.scope["query_string"] else b"")
    speaker: httpx.AsyncClient = request.app.state.dagster
    url = httpx.URL(scheme="http", host="127.0.0.1", port=port, raw_path=target)
    headers = [(name, value) for name, value in request.headers.items() if name in SENT]
    try:
        there = await speaker.send(
            speaker.build_request(request.method, url, headers=headers, content=body or None), stream=True
        )
    except httpx.TransportError:
        raise Problem(503, "dagster.away", headers={"retry-after": "5"}) from None
    return StreamingResponse(_parts(there), there.status_code, _given(there, port))


async def _parts(there: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for part in there.aiter_raw():
            yield part
    finally:
        await there.aclose()


def _given(there: httpx.Response, port: int) -> Mapping[str, str]:
    headers = {name: there.headers[name] for name in GIVEN if name in there.headers}
    if "location" in there.headers:
        headers["location"] = _onward(there.headers["location"], port)
    nonce = NONCE.search(there.headers.get("content-security-policy", ""))
    if nonce and headers.get("content-type", "").startswith("text/html"):
        headers["content-security-policy"] = CSP.format(nonce=nonce[1])
    return headers


def _onward(location: str, port: int) -> str:
    """A path of this site; what leads elsewhere leads to Dagster's first page."""
    parts = urlsplit(location)
    if parts.netloc not in ("", f"127.0.0.1:{port}") or not parts.path.startswith("/dagster"):
        return "/dagster"
    return parts.path + (f"?{parts.query}" if parts.query else "")
