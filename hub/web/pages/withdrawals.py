"""Systems that are to stop because a customer said no: what is overdue stands first.

Belongs here: the list, what people did by hand, letting held ones go. Does not: which there are (flow.withdrawing).
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hub.flow import withdraw_list as flow
from hub.flow import withdraw_tell
from hub.flow.carry_out import in_run
from hub.flow.run import Run
from hub.store import withdrawals as table
from hub.web.asked import chosen, everywhere, reason, sees_all, typed
from hub.web.ground import form, ground, many, signed
from hub.web.guard import needs
from hub.web.pages.questions import worded
from hub.web.problems import Problem
from hub.web.render import page

SHOWN = 100


@needs("operator")
def tasks(request: Request) -> Response:
    """Those in one state, of one system or all."""
    everywhere(request)
    here, asked, settings = ground(request), request.query_params, worded(request)
    state = chosen(asked.get("state"), flow.STATES) or "left"
    destination = chosen(asked.get("destination"), settings.destinations)
    after = (typed(asked.get("due")), typed(asked.get("after"))) if asked.get("after") else None
    now = here.now()
    with here.workspace.store.read() as conn:
        rows = flow.listed(conn, settings, now, state, destination, after=after, limit=SHOWN + 1)
        waits = table.waiting(conn, now)
    told = rows[:SHOWN] if sees_all(request) else [{**row, "target": None} for row in rows[:SHOWN]]
    held = {row["destination"]: row["count"] for row in waits if row["state"] == "held"}
    return page(
        request, "withdrawals.html", rows=told, more=rows[SHOWN - 1] if len(rows) > SHOWN else None, state=state, held=held,
        states=flow.STATES, destination=destination, destinations=list(settings.destinations), done=asked.get("done"),
        overdue=sum(row["overdue"] for row in waits),
    )  # fmt: skip


@needs("operator")
def by_hand(request: Request) -> Response:
    """A person did it there."""
    everywhere(request)
    ids = many(request, "task")
    if not ids:
        raise Problem(422, "withdrawal.nothing")
    _act(request, lambda run, by: withdraw_tell.by_hand(ground(request).workspace.store, run, ids, by, reason(request)))
    return RedirectResponse("/withdrawals?done=hand", 303)


@needs("operator")
def send(request: Request) -> Response:
    """What is held back for a system may be told."""
    everywhere(request)
    here = ground(request)
    name = chosen(form(request).get("destination"), here.workspace.settings.destinations)
    if name is None:
        raise Problem(422, "withdrawal.nothing")
    _act(request, lambda run, by: withdraw_tell.release(here.workspace.store, run, name, by, reason(request)))
    return RedirectResponse("/withdrawals?done=sent", 303)


def _act(request: Request, act: Callable[[Run, str], int]) -> None:
    by = signed(request).author

    def steps(run: Run) -> None:
        act(run, by)

    in_run(ground(request).workspace, steps, "withdrawals", by)


ROUTES: list[BaseRoute] = [
    Route("/withdrawals", tasks, methods=["GET"], name="withdrawals"),
    Route("/withdrawals/done", by_hand, methods=["POST"]),
    Route("/withdrawals/send", send, methods=["POST"]),
]
