"""Segments: how many are in each, who they are and why, when the lapsed ones lapsed.

Belongs here: the two pages, what other pages show of segments. Does not: one customer (customer.py), counting (flow.segments).
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hub.flow import occasions
from hub.flow import segments as flow
from hub.model import Json
from hub.settings import Settings
from hub.settings.conditions import Lapsed
from hub.web import masking
from hub.web.asked import sees_all, typed
from hub.web.ground import ground, signed
from hub.web.guard import needs
from hub.web.looked import looked
from hub.web.pages.questions import worded
from hub.web.problems import Problem
from hub.web.render import page
from hub.web.segmenting import prepared

SHOWN = 100
WEEK = 7
NEAR = 8
"""Birthdays that the first page names."""


@needs("reader")
def segments(request: Request) -> Response:
    """All of them with their numbers."""
    here, settings = ground(request), worded(request)
    if not prepared(here):
        return page(request, "segments.html", 503, told=None, titles={})
    told = flow.listed(here.workspace.store, settings, here.now(), signed(request).stores)
    return page(request, "segments.html", told=told, titles=titles(request))


@needs("reader")
def segment(request: Request) -> Response:
    """One: members by what they bought, and when they lapsed where that is what it is about."""
    here, settings, stores = ground(request), worded(request), signed(request).stores
    name, full = typed(request.path_params["name"]), sees_all(request)
    if name not in settings.segments:
        raise Problem(404, "segment")
    if flow.private(settings, name) and not full:
        raise Problem(403, "pii")
    if not prepared(here):
        return page(request, "segments.html", 503, told=None, titles={})
    told = flow.members(here.workspace.store, settings, name, SHOWN, here.now(), stores)
    looked(request, [row["golden_id"] for row in told["items"]])
    months = (
        flow.lapsed_by_month(here.workspace.store, settings, name, here.now(), stores) if _about(settings, name) else []
    )
    rows = [_row(dict(row), full=full) for row in told["items"]]
    today = flow.today(settings, here.now())
    return page(
        request, "segment.html", name=name, title=titles(request)[name], told=told, rows=rows, months=months, today=today,
        built_in=settings.segments[name].built_in,
    )  # fmt: skip


def _about(settings: Settings, name: str) -> bool:
    """Whether it is about people who lapsed."""
    return any(isinstance(one, Lapsed) and one.wanted for one in settings.segments[name].conditions)


def _row(row: dict[str, Json], *, full: bool) -> dict[str, Json]:
    return row if full else masking.summary(row | {"email": None})


def titles(request: Request) -> dict[str, str]:
    """Name → title in the reader's language."""
    settings = worded(request)
    return {name: flow.title(one, settings.language) for name, one in settings.segments.items()}


def offered(request: Request) -> dict[str, str]:
    """Those that the reader may ask for: name → title."""
    settings, full = worded(request), sees_all(request)
    return {name: text for name, text in titles(request).items() if full or not flow.private(settings, name)}


def tags(request: Request, golden_ids: list[str]) -> dict[str, list[str]]:
    """Golden id → its segments, where they are put together already."""
    here, settings = ground(request), worded(request)
    if not golden_ids or not flow.standing(here.workspace.store, settings):
        return {}
    with here.workspace.store.read() as conn:
        return flow.of_customers(conn, settings, golden_ids, unmasked=sees_all(request), now=here.now())


def of_one(request: Request, golden_id: str) -> list[dict[str, Json]]:
    """The segments of one customer with the sentence of why."""
    here = ground(request)
    prepared(here)
    return flow.of_customer(
        here.workspace.store, worded(request), golden_id, unmasked=sees_all(request), now=here.now()
    )  # fmt: skip


def soon(request: Request) -> dict[str, Any]:
    """Birthdays of a week (who: only to those who may know) and holidays that come."""
    here, settings, full = ground(request), worded(request), sees_all(request)
    told: dict[str, Any] = {
        "may": full and "birthday" in offered(request),
        "birthdays": None,
        "holidays": occasions.coming(settings, here.now())[:4],
    }
    if prepared(here):
        found = flow.birthdays(
            here.workspace.store, settings, WEEK, NEAR if full else 0, here.now(), signed(request).stores
        )
        looked(request, [row["golden_id"] for row in found["items"]])
        told["birthdays"] = found
    return told


ROUTES: list[BaseRoute] = [
    Route("/segments", segments, methods=["GET"], name="segments"),
    Route("/segments/{name}", segment, methods=["GET"], name="segment"),
]
