"""One customer: values and why, records, relations, orders, what happened, as they were on a past day.

Belongs here: the page, whole and masked. Does not: what people do there (customer_acts.py), the story (flow.explain).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hub.flow.explain import explain
from hub.flow.stops import SHOWN, stops
from hub.flow.timeline import timeline
from hub.matching.golden import SCALARS
from hub.model import Json, utc_text
from hub.settings import Settings
from hub.web import masking
from hub.web.asked import may_see, sees_all, typed
from hub.web.ground import ground, signed
from hub.web.guard import needs
from hub.web.looked import looked
from hub.web.pages.questions import worded
from hub.web.pages.segments import of_one
from hub.web.problems import Problem
from hub.web.render import page

DAY = re.compile(r"\d{4}-\d\d-\d\d")
EVENTS = 60
"""So many things that happened are shown at once."""
READ_ONLY = ("points", "debt", "family_name", "given_name")
PINNABLE = tuple(one for one in SCALARS if one not in READ_ONLY)
Story = Mapping[str, Any]


@needs("reader")
def show(request: Request) -> Response:
    """The customer's page."""
    key, asked = typed(request.path_params["key"]), request.query_params
    settings = worded(request)
    story = _story(request, settings, key)
    golden_id = story["golden"]["golden_id"]
    if key != golden_id:
        return RedirectResponse(f"/customers/{golden_id}", 303)
    full, day, here = sees_all(request), asked.get("at", ""), ground(request)
    past = _past(request, settings, golden_id, day) if DAY.fullmatch(day) else None
    looked(request, [golden_id])
    told = story if full else masked(story)
    before = here.cursors.open("timeline", asked.get("before"))
    with here.workspace.store.read() as conn:
        events, last = timeline(conn, golden_id, before, EVENTS, settings.language, full=full)
    return page(
        request, "customer.html", story=told, full=full, events=events, day=day if past is not None else "", past=past,
        groups=of_one(request, golden_id), before=before, older=here.cursors.seal("timeline", last) if last else None,
        stops=_stops(request, golden_id), shown=SHOWN, done=asked.get("done"), decision=asked.get("decision"),
        pinnable=PINNABLE,
    )  # fmt: skip


def _story(request: Request, settings: Settings, key: str) -> Story:
    story = explain(ground(request).workspace.store, settings, key)
    if "golden" not in story or not may_see(signed(request), story["golden"]):
        raise Problem(404, "customer.none")
    return story


def _past(request: Request, settings: Settings, golden_id: str, day: str) -> list[dict[str, Json]] | None:
    """The documents of the end of a day; None for no day."""
    try:
        end = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=ZoneInfo(settings.timezone)) + timedelta(days=1)
    except ValueError:
        return None
    found = explain(ground(request).workspace.store, settings, golden_id, utc_text(end))["customers"]
    seen = [one for one in found if may_see(signed(request), one)]
    return seen if sees_all(request) else [masking.document(dict(one)) for one in seen]


def _stops(request: Request, golden_id: str) -> list[dict[str, Json]]:
    """Its versions through time, of those that may be seen; without values for those who may not see them."""
    found = [one for one in stops(ground(request).workspace.store, golden_id) if may_see(signed(request), one["doc"])]
    if not sees_all(request):
        names = (dict.fromkeys(one["changed"]) for one in found)
        found = [
            {**one, "doc": masking.document(one["doc"]), "changed": changed}
            for one, changed in zip(found, names, strict=True)
        ]
    return found


def masked(story: Story) -> dict[str, Any]:
    """The story without what identifies or reaches the person, and without sentences, which quote values."""
    golden = masking.document(dict(story["golden"]))
    fields = {
        name: {**one, "value": golden[name], "source_id": None, "losers": [], "sentence": ""}
        for name, one in story["fields"].items()
        if name in golden and not isinstance(golden[name], list | dict)
    }  # fmt: skip
    records = [{**one, "source_id": masking.named(one["source_id"]), "values": {}} for one in story["records"]]
    records = [{**one, "code": masking.named(one["code"]) if one["code"] else None} for one in records]
    history = [{**one, "values": {}} for one in story["history"]]
    related = [{**masking.summary(one), "shares": [], "relations": []} for one in story["related"]]
    shut: dict[str, Any] = {name: [] for name in ("refusals", "generic", "pins", "acknowledged", "doubles", "links")}
    decisions = [{**one, "reason": None} for one in story["decisions"]]
    holds = [{**one, "reason": None} for one in story["holds"]]
    return {
        **story, **shut, "golden": golden, "fields": fields, "records": records, "history": history, "related": related,
        "decisions": decisions, "holds": holds, "consents": golden.get("consents", []),
        "pushes": [{**one, "target": None} for one in story["pushes"]],
        "withdrawals": [{**one, "target": None} for one in story["withdrawals"]],
    }  # fmt: skip


ROUTES: list[BaseRoute] = [Route("/customers/{key}", show, methods=["GET"], name="customer")]
