"""What people decided, and taking it back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hub.flow import judge
from hub.flow.carry_out import carry_out
from hub.store import decisions
from hub.web.asked import reason, typed
from hub.web.ground import form, ground, signed
from hub.web.guard import needs
from hub.web.pages.signin import local
from hub.web.problems import Problem
from hub.web.render import page

NEWEST = 100


@needs("steward")
def newest(request: Request) -> Response:
    """The newest decisions; of those who see some stores only, their own."""
    who = signed(request)
    with ground(request).workspace.store.read() as conn:
        rows = decisions.newest(conn, NEWEST, author=None if who.stores is None else who.author)
    return page(request, "decisions.html", rows=rows, undone=request.query_params.get("undone"))


@needs("steward")
def undo(request: Request) -> Response:
    """Take one back; an undo is a decision too."""
    _may_undo(request)
    plan = judge.undo(typed(request.path_params["decision_id"]))
    onward = form(request).get("next")
    made = carry_out(ground(request).workspace, plan, signed(request).author, reason(request), "undo")
    return RedirectResponse(local(onward) if onward else f"/decisions?undone={made['decision_id']}", 303)


def _may_undo(request: Request) -> None:
    """Who sees some stores only takes back what they decided themselves, nothing else."""
    who = signed(request)
    if who.stores is None:
        return
    with ground(request).workspace.store.read() as conn:
        made = decisions.get(conn, typed(request.path_params["decision_id"]))
    if made is None or made["author"] != who.author:
        raise Problem(404, "undo.none")


ROUTES: list[BaseRoute] = [
    Route("/decisions", newest, methods=["GET"], name="decisions"),
    Route("/undo/{decision_id}", undo, methods=["POST"], name="undo"),
]
