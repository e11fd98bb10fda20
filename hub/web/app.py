"""The web application put together: routes from explicit lists, the gate, errors, static files.

Belongs here: assembling. Does not: what a route does (api, pages), running it (serve.py).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from hub.errors import HubError
from hub.flow.workspace import Workspace
from hub.web import dagster, nudging, pages, problems
from hub.web.api import lines
from hub.web.api.entry import routes as operations
from hub.web.dagster import passing
from hub.web.gate import Gate
from hub.web.ground import Ground, made

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
BODY = 1_048_576
"""Bytes of a request's body."""


def build(workspace: Workspace, *, hosts: Collection[str] = (), beside: Path | None = None) -> Starlette:
    """The application over an opened workspace. hosts: names, besides loopback's and `[web] hosts`, that it answers to.

    beside: the states of the processes that `hub up` keeps beside this one.
    """
    web, ground = workspace.settings.web, made(workspace, beside)
    own = urlsplit(web.address).hostname or "localhost"
    names = LOOPBACK | {host.lower() for host in (own, *hosts, *web.hosts)}
    gate = Middleware(
        Gate, hosts=names, limit=BODY, secure=web.https, refuse=problems.refuse, counted=ground.counts.add
    )
    handlers = {HTTPException: problems.on_http, problems.Problem: problems.on_problem, HubError: problems.on_hub}
    app = Starlette(routes=routes(), middleware=[gate], exception_handlers=handlers, lifespan=_living)
    app.state.ground = ground
    app.router.redirect_slashes = False
    return app


def routes() -> list[BaseRoute]:
    """Every route, in the order in which they are tried."""
    static = Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    return [*operations(lines()), *pages.ROUTES, *dagster.ROUTES, static]


@asynccontextmanager
async def _living(app: Starlette) -> AsyncIterator[None]:
    """Looks are written as long as it serves, and the last ones at its end."""
    ground: Ground = app.state.ground
    async with ground.looks.watched(), passing.client() as app.state.dagster:
        with nudging.told(ground.workspace):
            yield
    ground.points.close()
