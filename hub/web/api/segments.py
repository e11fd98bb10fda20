"""Groups of customers, with their numbers.

Belongs here: `GET /v1/segments`. Does not: their members (customers.py, `segment=`), what segments are (hub.settings.conditions).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from hub.flow import segments
from hub.store.engine import StoreConnection
from hub.web.api.table import Answer, Asked, Line, answer, listing
from hub.web.problem import Problem
from hub.web.segmenting import prepared

SEGMENT = answer(
    ("name", "title", "title_en", "customers", "built_in", "private"), name={"type": "string"}, title={"type": "string"},
    title_en={"type": "string"}, customers={"type": "integer"}, built_in={"type": "boolean"}, private={"type": "boolean"},
)  # fmt: skip


def list_(asked: Asked) -> Answer:
    """Every segment, those of the shop last."""
    here = asked.ground.workspace
    _ready(asked)
    told = segments.listed(here.store, here.settings, stores=asked.who.stores)["segments"]
    return Answer(
        {"items": [one | {"private": segments.private(here.settings, one["name"])} for one in told], "next": None}
    )


def may_ask(asked: Asked, name: str) -> None:
    """Whether the members of a segment may be asked for.

    Raises Problem: 404 for no segment, 403 for one that tells birthdays to those who may not know them, 503 while it is built.
    """
    settings = asked.ground.workspace.settings
    if name not in settings.segments:
        raise Problem(404, "segment", "there is no such segment")
    if not asked.unmasked and segments.private(settings, name):
        raise Problem(403, "scope", "needs the right pii: who is in it tells birthdays")
    _ready(asked)


def inside(asked: Asked, conn: StoreConnection, ids: AbstractSet[str]) -> set[str]:
    """Those of the customers who are in the segment that is asked for; without one all."""
    if "segment" not in asked.query:
        return set(ids)
    told = segments.of_customers(conn, asked.ground.workspace.settings, sorted(ids), unmasked=asked.unmasked)
    return {one for one in ids if asked.query["segment"] in told[one]}


def _ready(asked: Asked) -> None:
    if not prepared(asked.ground):
        raise Problem(503, "segments.building", "the segments are being built", headers={"retry-after": "5"})


LINES = (
    Line(
        "GET", "/v1/segments", "segments", "Segments of customers and how many are in each", list_, listing(SEGMENT),
        about="As of today on the shop's calendar. `private`: who is in it tells birthdays, so that its members need the right "
        "`pii`. Who sees some stores only is told of their customers.",
    ),
)  # fmt: skip
