"""Runs, and one run as a story."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hub.flow.overview import lately, run_story
from hub.web.asked import typed
from hub.web.ground import ground
from hub.web.guard import needs
from hub.web.pages.questions import worded
from hub.web.problems import Problem
from hub.web.render import page

SHOWN = 60


@needs("operator", "steward")
def runs(request: Request) -> Response:
    """The newest."""
    return page(request, "runs.html", runs=lately(ground(request).workspace.store, SHOWN))


@needs("operator", "steward")
def run(request: Request) -> Response:
    """One; a run that was just asked for may still be waiting for another."""
    run_id = typed(request.path_params["run_id"])
    told = run_story(ground(request).workspace.store, run_id, worded(request).language)
    if told is None and request.query_params.get("new") != "1":
        raise Problem(404, "run.none")
    return page(request, "run.html", run=told, run_id=run_id)


ROUTES: list[BaseRoute] = [
    Route("/runs", runs, methods=["GET"], name="runs"),
    Route("/runs/{run_id}", run, methods=["GET"], name="run"),
]
