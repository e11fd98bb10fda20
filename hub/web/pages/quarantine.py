"""Records that could not be used: why, run them again, give them up.

Belongs here: the list, one entry, replay and discard. Does not: what shuts a record in (flow.normalize).
"""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hub.flow import quarantine as flow
from hub.flow.carry_out import in_run
from hub.flow.run import Run
from hub.web.asked import chosen, everywhere, reason, sees_all, typed, whole_number
from hub.web.ground import ground, many, signed
from hub.web.guard import needs
from hub.web.looked import looked
from hub.web.pages.questions import worded
from hub.web.problems import Problem
from hub.web.render import page

SHOWN = 200


@needs("operator", "steward")
def entries(request: Request) -> Response:
    """Open ones, or those of another state."""
    everywhere(request)
    here, asked, settings = ground(request), request.query_params, worded(request)
    source, state = chosen(asked.get("source"), settings.sources), chosen(asked.get("state"), flow.STATES) or "open"
    rows = flow.listed(here.workspace.store, source, typed(asked.get("code")) or None, state, settings.language)
    return page(
        request, "quarantine.html", rows=rows[:SHOWN], count=len(rows), codes=flow.counted(rows), source=source, state=state,
        code=asked.get("code"), states=flow.STATES, done=asked.get("done"), n=whole_number(asked.get("n")) or 0,
    )  # fmt: skip


@needs("operator", "steward")
def entry(request: Request) -> Response:
    """One entry; its payload for those who may see personal data."""
    everywhere(request)
    qid = whole_number(request.path_params["qid"])
    if qid is None:
        raise Problem(404, "quarantine.none")
    store, full = ground(request).workspace.store, sees_all(request)
    told = flow.shown(store, qid, worded(request).language, raw=full)
    payload = orjson.dumps(told["payload"], option=orjson.OPT_INDENT_2).decode() if "payload" in told else None
    looked(request, [f"quarantine:{qid}"])
    return page(request, "entry.html", one=told, payload=payload)


@needs("operator")
def again(request: Request) -> Response:
    """Run entries again with today's code."""
    everywhere(request)
    workspace, qids = ground(request).workspace, _numbers(request)

    told = {"closed": 0}

    def steps(run: Run) -> None:
        told.update(flow.replay(workspace, run, qids))

    in_run(workspace, steps, "replay", signed(request).author)
    return RedirectResponse(f"/quarantine?done=replayed&n={told['closed']}", 303)


@needs("operator")
def give_up(request: Request) -> Response:
    """Give entries up."""
    everywhere(request)
    here, qids, why = ground(request), _numbers(request), reason(request)
    if not why:
        raise Problem(422, "quarantine.reason")
    count = flow.discard(here.workspace.store, qids, signed(request).author, why, here.now())
    return RedirectResponse(f"/quarantine?done=discarded&n={count}", 303)


def _numbers(request: Request) -> list[int]:
    found = [number for text in many(request, "qid") if (number := whole_number(text)) is not None]
    if not found:
        raise Problem(422, "quarantine.nothing")
    return found


ROUTES: list[BaseRoute] = [
    Route("/quarantine", entries, methods=["GET"], name="quarantine"),
    Route("/quarantine/replay", again, methods=["POST"]),
    Route("/quarantine/discard", give_up, methods=["POST"]),
    Route("/quarantine/{qid}", entry, methods=["GET"], name="entry"),
]
