"""A client that asks an ASGI application in this process, on one event loop of its own."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from starlette.applications import Starlette

RUNNERS: list[asyncio.Runner] = []
"""Loops of all clients; conftest closes them when the tests are over."""


class _Inside(httpx.BaseTransport):
    """Hands requests to the application. The loop lives as long as the client."""

    def __init__(self, app: Starlette) -> None:
        self._runner = asyncio.Runner()
        RUNNERS.append(self._runner)
        self._asked = httpx.ASGITransport(app=app, raise_app_exceptions=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._runner.run(self._ask(request))

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        parts = [part for part in request.stream]  # type: ignore[union-attr]  # noqa: C416  # a client's stream is read here
        sent = httpx.Request(request.method, request.url, headers=request.headers, content=b"".join(parts))
        answer = await self._asked.handle_async_request(sent)
        body = b"".join([part async for part in answer.stream])  # type: ignore[union-attr]  # and the answer's
        return httpx.Response(answer.status_code, headers=answer.headers, content=body)


class Client(httpx.Client):
    """A browser, or a program. `app`: the application that it asks."""

    def __init__(self, app: Starlette, **options: Any) -> None:
        self.app = app
        super().__init__(transport=_Inside(app), base_url="http://127.0.0.1", **options)
