"""A stand-in for Dagster's webserver that tells what reached it, and a hub that has it beside itself."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from hub.flow import together

CSP = "script-src 'nonce-0123456789abcdef' 'unsafe-inline'"


def stand_in() -> Starlette:
    """Answers like Dagster, and with what it was sent."""
    return Starlette(
        routes=[
            WebSocketRoute("/dagster/graphql", _socket),
            Route("/dagster/graphql", _told, methods=["GET", "POST"]),
            Route(
                "/dagster/elsewhere", lambda _: Response(status_code=307, headers={"location": "https://evil.example/"})
            ),
            Route("/dagster/there", lambda _: Response(status_code=307, headers={"location": "/dagster/runs?a=1"})),
            Route("/dagster/long", lambda _: StreamingResponse(_long())),
            Route("/dagster/page", _page),
            Route("/dagster/{path:path}", _told, methods=["GET", "POST"]),
        ]
    )


async def _told(request: Request) -> Response:
    body = (await request.body()).decode()
    seen = {"path": request.scope["raw_path"].decode(), "query": str(request.query_params), "body": body}
    answer = JSONResponse({**seen, "method": request.method, "headers": dict(request.headers)})
    answer.set_cookie("theirs", "1")
    answer.headers.update(
        {"access-control-allow-origin": "*", "keep-alive": "timeout=5", "server": "dagster", "etag": "x"}
    )
    return answer


def _page(_request: Request) -> Response:
    return HTMLResponse("<p>Dagster</p>", headers={"content-security-policy": CSP, "x-frame-options": "ALLOWALL"})


async def _long() -> Iterator[bytes]:
    for _ in range(64):
        yield b"x" * 65_536


async def _socket(ours: WebSocket) -> None:
    await ours.accept(ours.scope["subprotocols"][0] if ours.scope["subprotocols"] else None)
    await ours.send_text(json.dumps({"type": "hello", "headers": dict(ours.headers)}))
    async for text in ours.iter_text():
        await ours.send_text(text)


@contextmanager
def served(app: ASGIApp) -> Iterator[int]:
    """The port at which it answers."""
    opened = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, lifespan="auto", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
    thread.start()
    try:
        yield opened.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)
        opened.close()


def beside(folder: Path, port: int, state: str = "running") -> Path:
    """The file of states of a `hub up` whose Dagster listens there."""
    together.tell(folder / "up.json", {"dagster": together.Process(state, 1, 0, "", port)})
    return folder / "up.json"
