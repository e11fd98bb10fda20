"""The way from a request to a plain function and back. Belongs here: Call, Reply, ApiError and the route wrapper;
what a vendor answers belongs to the vendor."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.sandbox.vendor import VendorState

S = TypeVar("S", bound=VendorState)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass(frozen=True)
class Call:
    """One request. `query` keeps order and repeats; `shift` is how far a hostile list has moved (rows, 0 if calm);
    `root` is the vendor's base URL as the client sees it."""

    method: str
    path: str
    root: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    params: Mapping[str, Any]
    shift: int = 0


@dataclass(frozen=True)
class Reply:
    """`body` None means no content; text is sent as it is, all else as JSON."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media: str = "application/json"


class ApiError(Exception):
    """A vendor's refusal, with the vendor's own body."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"HTTP {reply.status}")
        self.reply = reply


def encode(reply: Reply) -> bytes:
    """The bytes of a reply."""
    if reply.body is None:
        return b""
    if isinstance(reply.body, str):
        return reply.body.encode()
    return json.dumps(reply.body, ensure_ascii=False, separators=(",", ":")).encode()


def as_response(reply: Reply) -> Response:
    """A reply as starlette sends it."""
    media = None if reply.body is None else reply.media
    return Response(encode(reply), status_code=reply.status, headers=dict(reply.headers), media_type=media)


async def as_call(request: Request) -> Call:
    """A request as the handlers see it."""
    return Call(
        method=request.method,
        path=request.scope["path"].removeprefix(request.scope.get("root_path", "")) or "/",
        root=str(request.base_url.replace(path="")).rstrip("/") + request.scope.get("root_path", ""),
        query=tuple(parse_qsl(request.url.query, keep_blank_values=True)),
        headers={key.lower(): value for key, value in request.headers.items()},
        body=await request.body(),
        params=request.path_params,
        shift=int(request.scope.get("sandbox.shift", 0)),
    )


def route(
    state: S, path: str, methods: tuple[str, ...], handler: Callable[[S, Call], Reply], guard: Callable[[S, Call], None]
) -> Route:
    """A route of a vendor: counted, guarded, run under the vendor's lock; refusals answered in the vendor's shape."""

    async def endpoint(request: Request) -> Response:
        call = await as_call(request)
        state.journal.request(state.name, call.method, path)
        with state.lock:
            return as_response(_answer(state, call, handler, guard))

    return Route(path, endpoint, methods=list(methods))


def _answer(state: S, call: Call, handler: Callable[[S, Call], Reply], guard: Callable[[S, Call], None]) -> Reply:
    try:
        guard(state, call)
        return handler(state, call)
    except ApiError as error:
        return error.reply
