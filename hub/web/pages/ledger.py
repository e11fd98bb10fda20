"""What was sent, and who did what: the ledger of deliveries and the audit log."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hub.flow.reasons import sentence
from hub.store import audit, overview
from hub.web.asked import chosen, everywhere, sees_all, typed, whole_number
from hub.web.ground import ground
from hub.web.guard import needs
from hub.web.pages.questions import worded
from hub.web.render import page

SHOWN = 100
STATES = ("rejected", "unknown", "retry", "acked", "sent")


@needs("operator")
def deliveries(request: Request) -> Response:
    """Lines of the ledger, the newest first."""
    everywhere(request)
    here, asked, settings = ground(request), request.query_params, worded(request)
    where = {
        "destination": chosen(asked.get("destination"), settings.destinations),
        "state": chosen(asked.get("state"), STATES),
    }
    with here.workspace.store.read() as conn:
        rows = overview.newest_deliveries(conn, SHOWN + 1, **where, before=whole_number(asked.get("before")))
    told = [
        {**row, "sentence": sentence(row["reason"], settings.language) if row["reason"] else None}
        for row in rows[:SHOWN]
    ]
    told = told if sees_all(request) else [{**row, "target": None} for row in told]
    return page(
        request, "deliveries.html", rows=told, more=rows[SHOWN - 1]["seq"] if len(rows) > SHOWN else None, states=STATES,
        destinations=list(settings.destinations), **where,
    )  # fmt: skip


@needs("admin")
def log(request: Request) -> Response:
    """The audit log."""
    everywhere(request)
    asked, action, subject = (
        request.query_params,
        typed(request.query_params.get("action")),
        typed(request.query_params.get("subject")),
    )
    with ground(request).workspace.store.read() as conn:
        rows = audit.read(
            conn, before=whole_number(asked.get("before")), action=action or None, subject=subject or None, most=SHOWN
        )
    more = rows[-1]["seq"] if len(rows) == SHOWN else None
    return page(request, "audit.html", rows=rows, more=more, action=action, subject=subject)


ROUTES: list[BaseRoute] = [
    Route("/deliveries", deliveries, methods=["GET"], name="deliveries"),
    Route("/audit", log, methods=["GET"], name="audit"),
]
