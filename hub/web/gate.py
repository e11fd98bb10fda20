"""The gate that every request passes: host, request id, size of bodies, headers of safety, the access log, unforeseen errors.

Belongs here: what holds for all paths. Does not: who may do what (guard.py), the form of errors (problems.py).
The log names the route's template, never the address that was asked for: that may bear a phone.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("hub.access")
errors = logging.getLogger("hub.web")
ASKED_ID = re.compile(rb"[A-Za-z0-9-]{8,64}")
BODILESS = ("GET", "HEAD", "OPTIONS")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SAFE = (
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
LASTING = (b"strict-transport-security", b"max-age=31536000")
LINE = "%s %s %s %.1fms by=%s id=%s"
Refusal = Callable[[Request, int, str], Response]
Counted = Callable[[str, int, float], None]


class Gate:
    """ASGI middleware. hosts: names that may be asked for; refuse: an answer in the form that the path wants."""

    def __init__(
        self, app: ASGIApp, *, hosts: frozenset[str], limit: int, secure: bool, refuse: Refusal, counted: Counted
    ) -> None:
        self._app, self._hosts, self._limit = app, hosts, limit
        self._safe = dict([*SAFE, LASTING] if secure else SAFE)
        self._refuse, self._counted = refuse, counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket" and _host(scope) not in self._hosts:
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, status = time.perf_counter(), 0
        request_id = _request_id(scope)
        scope["hub.request_id"] = request_id.decode()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _headers(message.get("headers", ()), self._safe, request_id)
            await send(message)

        try:
            await self._through(scope, receive, answer)
        except Exception as error:  # the last net: what nobody foresaw is told by its place, never by its text
            errors.error("unforeseen %s at %s, request %s", type(error).__name__, _place(error), request_id.decode())
            if status:
                raise ConnectionAbortedError("the answer had begun") from None
            await self._refuse(Request(scope), 500, "")(scope, receive, answer)
        finally:
            self._tell(scope, status, time.perf_counter() - began)

    async def _through(self, scope: Scope, receive: Receive, answer: Send) -> None:
        if _host(scope) not in self._hosts:
            await self._refuse(Request(scope), 421, "host")(scope, receive, answer)
        elif scope["method"] in BODILESS:
            await self._app(scope, receive, answer)
        else:
            await self._app(scope, _limited(scope, receive, self._limit), answer)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "-")
        self._counted(route, status, seconds)
        if log.isEnabledFor(logging.INFO):
            by = getattr(scope.get("hub.who"), "id", "-")
            told = (scope["method"], route, status, seconds * 1000, by, scope["hub.request_id"])
            log.handle(
                log.makeRecord(log.name, logging.INFO, __file__, 0, LINE, told, None)
            )  # asks no stack where it is


def _host(scope: Scope) -> str:
    """The host's name that was asked for, without port; "" when there is none, or several."""
    found = [value for name, value in scope["headers"] if name == b"host"]
    if len(found) != 1:
        return ""
    text: str = found[0].decode("latin-1").lower()
    return text.partition("]")[0] + "]" if text.startswith("[") else text.partition(":")[0]


def _request_id(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and ASKED_ID.fullmatch(value):
            return bytes(value)
    return secrets.token_hex(8).encode()


def _headers(own: Any, safe: dict[bytes, bytes], request_id: bytes) -> list[tuple[bytes, bytes]]:
    """The answer's own headers win."""
    there = {name for name, _ in own if name in safe}
    missing = safe.items() if not there else [pair for pair in safe.items() if pair[0] not in there]
    return [*own, *missing, (b"x-request-id", request_id)]


def _limited(scope: Scope, receive: Receive, limit: int) -> Receive:
    """The body in parts, as long as it stays under the limit. A route may set its own (`hub.limit`)."""
    read = 0

    async def part() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > scope.get("hub.limit", limit):
            raise HTTPException(413)
        return message

    return part


def _place(error: BaseException) -> str:
    frames, trace = [], error.__traceback__
    while trace is not None:
        frames.append(f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(frames[-4:])
