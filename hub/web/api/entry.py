"""The way every request of the API takes: token, rate, checks, the line's function, the answer.

Belongs here: what all lines share. Does not: the lines, their functions, OpenAPI.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from hub.flow.access import Who
from hub.model import Json
from hub.web.api.table import Answer, Asked, Line
from hub.web.asked import header
from hub.web.ground import Ground, ground
from hub.web.problem import Problem

NUMBER = re.compile(r"-?\d{1,18}")
JSON = "application/json"
UNKNOWN = {"www-authenticate": 'Bearer realm="hub"'}
NOBODY = Who("", "", "nobody", "none")


def routes(lines: Sequence[Line]) -> list[BaseRoute]:
    """One route for each path, in the order of the lines."""
    paths: dict[str, dict[str, Line]] = {}
    for line in lines:
        paths.setdefault(line.path, {})[line.method] = line
    return [
        Route(path, Entry(methods), methods=list(methods), include_in_schema=False) for path, methods in paths.items()
    ]


class Entry:
    """ASGI application of one path."""

    def __init__(self, methods: Mapping[str, Line]) -> None:
        self._methods = {**methods, "HEAD": methods["GET"]} if "GET" in methods else dict(methods)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        line = self._methods[scope["method"]]
        request = Request(scope, receive)
        here = ground(request)
        who = NOBODY if line.open else admitted(request, here, line)
        _take(here, who, 1)
        query = checked_query(line, scope["query_string"])
        body = await _body(line, request) if line.body is not None or line.raw else None
        asked = Asked(here, who, request, scope["path_params"], query, body)
        if line.before is not None:
            await line.before(asked)
        made: Answer | Response | None = line.quick(asked) if line.quick else None
        if made is None:
            _take(here, who, line.cost - 1)
            made = await _in_thread(line, asked)
        if isinstance(made, Response):
            await made(scope, receive, send)
        else:
            await _answer(made, send)


async def _in_thread(line: Line, asked: Asked) -> Answer | Response:
    return await run_in_threadpool(line.run, asked)


async def _answer(made: Answer, send: Send) -> None:
    """Send JSON (its bytes when they are there); to a 304 belongs no body."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in made.headers.items()]
    if "cache-control" not in made.headers:
        headers.append((b"cache-control", b"no-store"))
    content = b""
    if made.status != 304:
        content = made.body if isinstance(made.body, bytes) else orjson.dumps(made.body)
        headers += [(b"content-length", b"%d" % len(content)), (b"content-type", JSON.encode())]
    await send({"type": "http.response.start", "status": made.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


# who -----------------------------------------------------------------------------------------------------------------


def admitted(request: Request, here: Ground, line: Line) -> Who:
    """The bearer of the token, when the line is for them. Raises Problem 401, 403, and 429 for one who guesses."""
    scheme, _, text = (header(request, b"authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise Problem(401, "token.missing", headers=UNKNOWN)
    who = _known(request, here, text.strip())
    request.scope["hub.who"] = who
    if not who.may(*line.roles):
        raise Problem(403, "forbidden", f"needs the role {' or '.join(line.roles)}")
    if line.scope and line.scope not in who.scopes:
        raise Problem(403, "scope", f"needs the right {line.scope}")
    if who.stores is not None and not line.limited:
        raise Problem(403, "stores", "not for tokens that see some stores only")
    return who


def _take(here: Ground, who: Who, cost: int) -> None:
    """Take units of work from the token's bucket. Raises Problem 429."""
    wait = here.rates.wait(who.id, who.rate, cost) if who.rate else 0
    if wait:
        raise Problem(429, "rate", headers={"retry-after": str(int(wait) + 1)})


def _known(request: Request, here: Ground, text: str) -> Who:
    who = here.bearers.who(text)
    if who is not None:
        return who
    address = request.client.host if request.client else ""
    wait = here.failures.wait(address)
    if wait:
        raise Problem(429, "token.slow", headers={"retry-after": str(wait)})
    here.failures.fail(address)
    raise Problem(
        401, "token.unknown", headers=UNKNOWN | {"www-authenticate": 'Bearer realm="hub", error="invalid_token"'}
    )


# what ----------------------------------------------------------------------------------------------------------------


def checked_query(line: Line, raw: bytes) -> dict[str, Json]:
    """What stands behind the question mark, typed and checked. Raises Problem 422."""
    if not raw:
        return dict(line.defaults)
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=50)
    except ValueError:
        raise Problem(400, "query") from None
    found: dict[str, Json] = {}
    for name, value in pairs:
        if name in found:
            raise Problem(422, "query", errors=[{"field": name if name in line.query else "", "code": "repeated"}])
        found[name] = _typed(line.query.get(name, {}), value)
    _refuse(line.check_query(found), "query")
    return {**line.defaults, **found}


def _typed(schema: Mapping[str, Any], value: str) -> Json:
    if schema.get("type") == "integer" and NUMBER.fullmatch(value):
        return int(value)
    if schema.get("type") == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


async def _body(line: Line, request: Request) -> Json:
    request.scope["hub.limit"] = line.limit
    content = await request.body()
    if line.raw:
        return content
    if line.optional and not content:
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise Problem(415, "media", f"send {JSON}")
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise Problem(400, "json", "this is no JSON") from None
    _refuse(line.check_body(value), "body")
    return value


def _refuse(breaches: Sequence[Any], code: str) -> None:
    if breaches:
        raise Problem(422, code, errors=[{"field": one.path, "code": one.code} for one in breaches[:20]])
