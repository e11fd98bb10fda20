"""Searching customers.

Belongs here: the search box and what it finds. Does not: one customer (customer.py), the index (store.search).
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hub.flow.lookup import look_up
from hub.model import Json
from hub.store import search, story
from hub.web import masking
from hub.web.asked import chosen, sees_all, typed
from hub.web.ground import ground, signed
from hub.web.guard import needs
from hub.web.looked import looked
from hub.web.pages.questions import worded
from hub.web.pages.segments import offered, tags
from hub.web.render import page

SHOWN = 50
SHORT = 6
"""So few digits are rather the end of a phone than somebody's whole code, and lead to a list."""


@needs("reader")
def find(request: Request) -> Response:
    """What was typed: an exact key leads to the customer, anything else to a list."""
    text, store = typed(request.query_params.get("q")), ground(request).workspace.store
    chips = offered(request)
    within = chosen(request.query_params.get("segment"), chips)
    if not text and within:
        return RedirectResponse(f"/segments/{within}", 303)
    if not text:
        return page(
            request, "customers.html", q="", rows=(), more=False, ready=True, chips=chips, within=None, groups={}
        )
    with store.read() as conn:
        exact = look_up(conn, worded(request), text)
        heads = story.summaries(conn, exact) if exact else []
    short = text.isdecimal() and len(text) <= SHORT
    if len(heads) == 1 and not short and not within and signed(request).stores is None:
        return RedirectResponse(f"/customers/{heads[0]['golden_id']}", 303)
    ready = search.ready(store, wait=False)
    full, stores = sees_all(request), signed(request).stores
    with store.read() as conn:
        found = search.search(conn, text, search.MOST if within else SHOWN, numbers=full, stores=stores)
    known = {row["golden_id"] for row in found.rows}
    beside = [row for row in heads if row["golden_id"] not in known and stores is None]
    rows = [*found.rows, *beside] if short else [*beside, *found.rows]
    groups = tags(request, [row["golden_id"] for row in rows])
    rows = [row for row in rows if not within or within in groups.get(row["golden_id"], ())]
    looked(request, [row["golden_id"] for row in rows])
    return page(
        request,
        "customers.html",
        q=text,
        rows=[_told(dict(row), full=full) for row in rows],
        more=found.more,
        ready=ready,
        chips=chips,
        within=within,
        groups=groups,
    )


def _told(row: dict[str, Json], *, full: bool) -> dict[str, Json]:
    shown = row if full else masking.summary(row) | {"birth_date": None}
    return {"province": None, "sources": None, "birth_date": None, **shown}


ROUTES: list[BaseRoute] = [Route("/customers", find, methods=["GET"], name="customers")]
