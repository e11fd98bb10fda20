"""Between the wire and the vendors: carries out faults, counts simultaneous connections, sets the vendor's Date.

An ASGI application around the vendors' routes. What fault to give is decided in hostile.py."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.sandbox import refusals
from hub.sandbox.hostile import Asked, Hostile
from hub.sandbox.http import Reply, as_response
from hub.sandbox.journal import Journal
from hub.sandbox.profiles import AFTER_COMMIT
from hub.sandbox.vendor import VendorState


class Gate:
    """`limits`: vendor → most requests at once (None: any). `latency`: seconds before every answer."""

    def __init__(
        self,
        app: ASGIApp,
        vendors: Mapping[str, VendorState],
        hostile: Hostile,
        journal: Journal,
        limits: Mapping[str, int],
    ) -> None:
        self._app = app
        self._vendors = vendors
        self._hostile = hostile
        self._journal = journal
        self._limits = limits
        self._open: Counter[str] = Counter()
        self.latency = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request; what is no vendor's goes through untouched."""
        vendor = scope.get("path", "/").split("/")[1] if scope["type"] == "http" else ""
        if vendor not in self._vendors:
            await self._app(scope, receive, send)
            return
        self._open[vendor] += 1
        try:
            await self._serve(vendor, scope, receive, self._dated(vendor, send))
        finally:
            self._open[vendor] -= 1

    async def _serve(self, vendor: str, scope: Scope, receive: Receive, send: Send) -> None:
        if self.latency:
            await asyncio.sleep(self.latency)
        if self._open[vendor] > self._limits.get(vendor, self._open[vendor]):
            await self._refuse(refusals.limited(vendor, None), scope, receive, send)
            return
        asked = Asked(vendor, scope["method"], scope["path"].removeprefix(f"/{vendor}"), scope["query_string"].decode())
        kind = self._hostile.decide(asked)
        scope["sandbox.shift"] = self._hostile.shift(asked, kind)
        if kind is not None:
            committed = kind not in ("limit", "error", "html", "down", "expired")
            self._journal.fault(vendor, kind, asked.method, asked.path, committed=committed)
        if kind in AFTER_COMMIT:
            await self._spoil(kind, asked, scope, receive, send)
        elif (reply := self._reply(kind, asked)) is not None:
            await self._refuse(reply, scope, receive, send)
        else:
            await self._delay(kind, asked)
            await self._app(scope, receive, send)

    def _reply(self, kind: str | None, asked: Asked) -> Reply | None:
        if kind == "limit":
            return refusals.limited(asked.vendor, self._retry_after(asked.vendor))
        if kind == "error":
            return refusals.broken(asked.vendor)
        if kind in ("html", "down"):
            return refusals.unavailable()
        return refusals.expired(asked.vendor, asked.path) if kind == "expired" else None

    def _retry_after(self, vendor: str) -> str:
        seconds = self._hostile.profile(vendor).retry_after
        if self._hostile.choose(vendor, ("seconds", "date")) == "seconds":
            return str(seconds)
        return self._vendors[vendor].clock.http_date(seconds)

    async def _delay(self, kind: str | None, asked: Asked) -> None:
        if kind == "slow":
            await asyncio.sleep(self._hostile.profile(asked.vendor).slow)
        elif kind == "touch":
            self._hostile.touch(asked)

    async def _refuse(self, reply: Reply, scope: Scope, receive: Receive, send: Send) -> None:
        """The body of the request is read first, as a server does that keeps the connection."""
        while (await receive()).get("more_body"):
            pass
        await as_response(reply)(scope, receive, send)

    async def _spoil(self, kind: str, asked: Asked, scope: Scope, receive: Receive, send: Send) -> None:
        """The vendor works and answers; the answer never arrives whole."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, keep)
        if kind == "stall":
            await asyncio.sleep(self._hostile.profile(asked.vendor).stall)
        body = b"".join(message.get("body", b"") for message in messages)
        if kind == "truncated" and len(body) > 1:
            whole_length = self._hostile.choose(asked.vendor, ("cut", "short")) == "cut"
            await _send_half(messages[0], body, send, whole_length)
            if not whole_length:
                return
        await _drop(receive, gently=kind == "truncated" and len(body) > 1)

    def _dated(self, vendor: str, send: Send) -> Send:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                stamp = self._vendors[vendor].clock.http_date().encode()
                message = {**message, "headers": [*message.get("headers", ()), (b"date", stamp)]}
            await send(message)

        return dated


async def _send_half(start: Message, body: bytes, send: Send, whole_length: bool) -> None:
    """Half the body: either under the whole one's Content-Length, or as if it were all."""
    half = body[: len(body) // 2]
    length = len(body) if whole_length else len(half)
    others = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    await send({**start, "headers": [*others, (b"content-length", str(length).encode())]})
    await send({"type": "http.response.body", "body": half, "more_body": whole_length})


async def _drop(receive: Receive, *, gently: bool) -> None:
    """Closes the client's connection under the server's feet: uvicorn has no message for it, but its `receive` is
    bound to the cycle that holds the transport. `gently` lets what was written go out first."""
    transport: Any = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError("the connection is dropped by the hostile mode")
    if gently:
        transport.close()
    else:
        transport.abort()
    for _ in range(3):
        await asyncio.sleep(0)
