"""The web application put together: routes from explicit lists, the gate, errors, static files.

Belongs here: assembling. Does not: what a route does (api, pages), running it (serve.py).
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from hub.errors import HubError
from hub.flow.workspace import Workspace
from hub.web import api, pages, problems
from hub.web.gate import Gate
from hub.web.ground import Ground

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
BODY = 1_048_576
"""Bytes of a request's body."""


def build(workspace: Workspace, *, hosts: Collection[str] = (), secure: bool = False) -> Starlette:
    """The application over an opened workspace. hosts: names, besides loopback's, under which it may be asked for.

    secure: it stands behind https.
    """
    ground = Ground(workspace, secure=secure)
    gate = Middleware(
        Gate, hosts=LOOPBACK | {host.lower() for host in hosts}, limit=BODY, secure=secure,
        refuse=problems.refuse, counted=_uncounted,
    )  # fmt: skip
    handlers = {HTTPException: problems.on_http, problems.Problem: problems.on_problem, HubError: problems.on_hub}
    app = Starlette(routes=routes(), middleware=[gate], exception_handlers=handlers)
    app.state.ground = ground
    app.router.redirect_slashes = False
    return app


def routes() -> list[BaseRoute]:
    """Every route, in the order in which they are tried."""
    static = Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    return [*api.ROUTES, *pages.ROUTES, static]


def _uncounted(route: str, status: int, seconds: float) -> None:
    """Requests that nobody counts."""
