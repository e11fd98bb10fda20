"""Dagster's pages under our sign-in: Dagster itself asks nobody who they are and answers to any site.

Belongs here: who may go through, what passes in both directions. Does not: Dagster itself, a process of its own (hub.web.beside).
"""

from starlette.routing import BaseRoute, Route, WebSocketRoute

from hub.web.dagster import passing, socket

PATH = "/dagster"
ROUTES: list[BaseRoute] = [
    WebSocketRoute(f"{PATH}/graphql", socket.pass_on, name="dagster.socket"),
    Route(PATH, passing.pass_on, methods=["GET"], name="dagster"),
    Route(f"{PATH}/{{path:path}}", passing.pass_on, methods=["GET", "POST"], name="dagster.pages"),
]
