"""Live updates: the websocket of GraphQL subscriptions, passed on to Dagster and back.

Belongs here: both directions, and who may speak. Queries and subscriptions pass; what changes something goes over HTTP, where it
is noted. The session is asked for again every half minute: who signs out or is shut out hears nothing more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from hub.web.dagster import asked, rights
from hub.web.ground import Ground
from hub.web.problem import Problem

PROTOCOLS = ("graphql-transport-ws", "graphql-ws")
AGAIN = 30.0
"""Seconds between two looks whether the session still stands."""
LONGEST = 8 * 1_048_576
"""Bytes of one message from Dagster."""
REFUSED, AWAY = 1008, 1013


async def pass_on(ours: WebSocket) -> None:
    """One connection, from its beginning to its end."""
    here: Ground = ours.app.state.ground
    port = here.beside.dagster() if await _welcome(here, ours) else None
    if port is None:
        await ours.close(REFUSED)
        return
    offered = [Subprotocol(name) for name in ours.scope["subprotocols"] if name in PROTOCOLS]
    try:
        async with connect(
            f"ws://127.0.0.1:{port}/dagster/graphql", subprotocols=offered or None, max_size=LONGEST, compression=None,
            open_timeout=10, close_timeout=2, proxy=None, user_agent_header=None,
        ) as theirs:  # fmt: skip
            await ours.accept(theirs.subprotocol)
            await _talk(here, ours, theirs)
    except (OSError, TimeoutError, WebSocketException):
        await ours.close(AWAY)


async def _welcome(here: Ground, ours: WebSocket) -> bool:
    try:
        rights.must_come_from_here(ours)
    except Problem:
        return False
    return ours.headers.get("origin") is not None and await _stands(here, ours)


async def _stands(here: Ground, ours: WebSocket) -> bool:
    who = await run_in_threadpool(rights.bearer, here, ours)
    return who is not None and rights.may(who)


async def _talk(here: Ground, ours: WebSocket, theirs: ClientConnection) -> None:
    """Until one of both ends, something is refused, or the session is over."""
    work: list[Coroutine[Any, Any, int]] = [_outward(ours, theirs), _inward(ours, theirs), _watched(here, ours)]
    tasks = [asyncio.create_task(one) for one in work]
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    code = next(iter(done)).result()
    if code:
        await ours.close(code)


async def _outward(ours: WebSocket, theirs: ClientConnection) -> int:
    while True:
        try:
            message = await ours.receive_text()
        except (WebSocketDisconnect, KeyError):
            return 0
        if not _harmless(message):
            return REFUSED
        await theirs.send(message)


def _harmless(message: str) -> bool:
    """Whether it changes nothing."""
    try:
        value = orjson.loads(message)
        payload = value.get("payload")
        text = payload.get("query") if isinstance(payload, dict) else None
        return text is None or not asked.wanted(text).changes
    except (orjson.JSONDecodeError, AttributeError, Problem):
        return False


async def _inward(ours: WebSocket, theirs: ClientConnection) -> int:
    try:
        async for message in theirs:
            await (ours.send_text(message) if isinstance(message, str) else ours.send_bytes(message))
    except (ConnectionClosed, WebSocketDisconnect, RuntimeError):
        return AWAY
    return 1000


async def _watched(here: Ground, ours: WebSocket) -> int:
    while await _stands(here, ours):
        await asyncio.sleep(AGAIN)
    return REFUSED
