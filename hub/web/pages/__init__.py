"""The pages, one module for each kind; their routes are listed here, in the order in which they are tried."""

from starlette.routing import BaseRoute

from hub.web.pages import home, signin

ROUTES: list[BaseRoute] = [*home.ROUTES, *signin.ROUTES]
