"""What people do on a customer's page: report, hold and lift, pin a value, part records.

Belongs here: forms into decisions. Does not: what a decision means (flow), the page (customer.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hub.flow import hold, judge
from hub.flow.carry_out import carry_out, in_run
from hub.flow.explain import explain
from hub.flow.pin import pin
from hub.flow.review_report import WHATS, report
from hub.flow.run import Run
from hub.settings import Settings
from hub.web.asked import chosen, may_see, must_see_all, reason, typed
from hub.web.ground import form, ground, many, signed
from hub.web.guard import needs
from hub.web.pages.questions import worded
from hub.web.problems import Problem

REVIEW = re.compile(r"[0-9A-Z]{10}")
Planned = Callable[[Request, Settings, str], judge.Plan]


def _back(key: str, done: str, decision: str = "") -> Response:
    query = {"done": done} | ({"decision": decision} if decision else {})
    return RedirectResponse(f"/customers/{key}?{urlencode(query)}", 303)


@needs("reader")
def tell(request: Request) -> Response:
    """Somebody says that this is two people, or that the phone is another's. It comes first, and holds pushes meanwhile."""
    here, sent, key = ground(request), form(request), _key(request)
    what = chosen(sent.get("what"), WHATS)
    if what is None:
        raise Problem(422, "report.what")
    workspace, by = here.workspace, signed(request).author

    def steps(run: Run) -> None:
        report(workspace.store, workspace.settings, run, key, what, by, typed(sent.get("comment")) or None)

    in_run(workspace, steps, "report", by)
    return _back(key, "reported")


def _key(request: Request) -> str:
    """The customer's id, of one that this person may see."""
    key = typed(request.path_params["key"])
    story = explain(ground(request).workspace.store, ground(request).workspace.settings, key)
    if "golden" not in story or not may_see(signed(request), story["golden"]):
        raise Problem(404, "customer.none")
    return str(story["golden"]["golden_id"])


def _act(request: Request, planned: Planned, trigger: str, done: str, *, effective: bool = True) -> Response:
    return _back(*_made(request, planned, trigger, done, effective=effective))


def _made(
    request: Request, planned: Planned, trigger: str, done: str, *, effective: bool = True
) -> tuple[str, str, str]:
    """The customer's id, what was done, the decision's id."""
    here, key = ground(request), _key(request)
    plan, why = planned(request, here.workspace.settings, key), reason(request)
    made = carry_out(here.workspace, plan, signed(request).author, why, trigger, effective=effective)
    return key, done, str(made["decision_id"])


@needs("steward", "operator")
def keep(request: Request) -> Response:
    """Put on hold."""
    return _act(request, lambda _, settings, key: hold.hold(settings, key), "hold", "held", effective=False)


@needs("steward", "operator")
def lift(request: Request) -> Response:
    """Lift one hold, or all."""
    only = typed(form(request).get("only")) or None
    return _act(request, lambda _, settings, key: hold.release(settings, key, only), "hold", "lifted", effective=False)


@needs("steward")
def fix(request: Request) -> Response:
    """Pin a value; from a comparison back to it."""
    must_see_all(request)
    review = typed(form(request).get("review"))

    def planned(request: Request, _settings: Settings, key: str) -> judge.Plan:
        sent = form(request)
        return pin(worded(request), key, typed(sent.get("field")), typed(sent.get("value")))

    key, done, decision = _made(request, planned, "pin", "pinned")
    if REVIEW.fullmatch(review):
        return RedirectResponse(f"/reviews/{review}?{urlencode({'done': decision})}", 303)
    return _back(key, done, decision)


@needs("steward")
def part(request: Request) -> Response:
    """These records are somebody else."""
    return _act(request, lambda one, settings, key: judge.split(settings, key, many(one, "record")), "split", "parted")


ROUTES: list[BaseRoute] = [
    Route("/customers/{key}/report", tell, methods=["POST"]),
    Route("/customers/{key}/hold", keep, methods=["POST"]),
    Route("/customers/{key}/release", lift, methods=["POST"]),
    Route("/customers/{key}/pin", fix, methods=["POST"]),
    Route("/customers/{key}/split", part, methods=["POST"]),
]
