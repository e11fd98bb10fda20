"""The HTTP API under /v1, one module for each family of paths; their routes are listed here."""

from starlette.routing import BaseRoute

ROUTES: list[BaseRoute] = []
