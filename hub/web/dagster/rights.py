"""Who may go through to Dagster: operators and admins who are not limited to some stores.

Belongs here: that, and where a request must come from. Does not: what passes (passing, socket).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from hub.flow import access
from hub.flow.access import Who
from hub.web import csrf
from hub.web.ground import Ground
from hub.web.problem import Problem

ROLES = ("operator",)


def may(who: Who) -> bool:
    """Whether somebody may: runs concern all customers at once."""
    return who.may(*ROLES) and who.stores is None


def bearer(here: Ground, connection: HTTPConnection) -> Who | None:
    """Who bears the session's cookie; tokens of programs open nothing here."""
    text = connection.cookies.get(csrf.cookie_name(connection), "")
    return access.session(here.workspace.store, text, here.limits, here.now()) if text else None


def must_come_from_here(connection: HTTPConnection) -> None:
    """Raises Problem 403 unless the browser says that a page of this very site asks. Saying nothing is not enough."""
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    told = site is not None or origin is not None
    same = origin is None or urlsplit(origin).netloc.lower() == connection.headers.get("host", "").lower()
    if not told or not same or site not in (None, "same-origin"):
        raise Problem(403, "origin")
