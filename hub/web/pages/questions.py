"""The queue of questions: today's, all, patterns answered at once.

Belongs here: lists and bulk answers. Does not: one question (question.py), choosing and telling them (flow.review).
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hub.flow import effect, review, review_decide
from hub.flow.carry_out import carry_out, in_run
from hub.flow.run import Run
from hub.model import Json
from hub.settings import Settings
from hub.store import reviews
from hub.web.asked import chosen, everywhere, new_run, reason, typed
from hub.web.ground import form, ground, signed
from hub.web.guard import needs
from hub.web.language import language
from hub.web.problems import Problem
from hub.web.render import page

SAMPLE = 20
MOST = 200


def worded(request: Request) -> Settings:
    """The settings in the reader's language, so that sentences of the flow come in it."""
    settings = ground(request).workspace.settings
    return replace(settings, language=language(request, settings.language))  # type: ignore[arg-type]  # vi or en


@needs("steward")
def queue(request: Request) -> Response:
    """Today's questions, or all of a kind, pattern or state; of those who see some stores only, about their customers."""
    here, asked = ground(request), request.query_params
    kind, state = chosen(asked.get("kind"), review.kinds()), chosen(asked.get("state"), review.STATES) or "open"
    everything = asked.get("all") == "1" or state != "open" or bool(kind or asked.get("rule"))
    told = review.listed(
        here.workspace.store, worded(request), here.now(), kind=kind, rule=typed(asked.get("rule")) or None, state=state,
        everything=everything, limit=MOST if everything else None, stores=signed(request).stores,
    )  # fmt: skip
    return page(
        request, "questions.html", told=told, kind=kind, state=state, rule=asked.get("rule") or "", everything=everything,
        answered=asked.get("answered"), kinds=review.kinds(), states=review.STATES,
    )  # fmt: skip


def _pattern(request: Request, fields: object) -> tuple[str | None, str]:
    told = fields if hasattr(fields, "get") else {}
    kind, rule = chosen(told.get("kind"), reviews.PAIRS), typed(told.get("rule"))
    if not kind or not rule:
        raise Problem(404, "review.pattern")
    return kind, rule


@needs("steward")
def pattern(request: Request) -> Response:
    """A sample of a pattern, and what an answer to all of it would change."""
    everywhere(request)
    here, settings = ground(request), worded(request)
    store, asked = here.workspace.store, request.query_params
    kind, rule = _pattern(request, asked)
    rows = review_decide.matching(kind, rule, here.now())
    with store.read() as conn:
        found = rows(conn)
    verdict = chosen(asked.get("verdict"), ("merge", "apart", "related"))
    what: Json = None
    if verdict and found:
        plan = review_decide.decide(settings, rows, verdict)
        what = effect.preview(store, settings, Run(new_run()), plan)
    sample = review.tell(store, settings, review.sample(found, SAMPLE))
    return page(
        request, "pattern.html", kind=kind, rule=rule, count=len(found), sample=sample, verdict=verdict, effect=what
    )


@needs("steward")
def answer_pattern(request: Request) -> Response:
    """Answer all of a pattern: as many as were seen, no others."""
    everywhere(request)
    here, settings, sent = ground(request), worded(request), form(request)
    kind, rule = _pattern(request, sent)
    verdict = chosen(sent.get("verdict"), ("merge", "apart", "related", "later"))
    if verdict is None:
        raise Problem(422, "review.verdict")
    rows = review_decide.matching(kind, rule, here.now())
    with here.workspace.store.read() as conn:
        if str(len(rows(conn))) != sent.get("count"):
            raise Problem(409, "review.changed")
    author, why = signed(request).author, reason(request)
    if verdict == "later":
        _put_off(request, rows, author, why)
        return RedirectResponse("/reviews", 303)
    made = carry_out(here.workspace, review_decide.decide(settings, rows, verdict), author, why, "review")
    return RedirectResponse("/reviews?" + urlencode({"answered": str(made["decision_id"])}), 303)


def _put_off(request: Request, rows: review_decide.Rows, author: str, why: str | None) -> None:
    workspace = ground(request).workspace

    def steps(run: Run) -> None:
        with workspace.store.begin() as conn:
            review.postpone(conn, rows(conn), run, author, why)

    in_run(workspace, steps, "review", author)


ROUTES: list[BaseRoute] = [
    Route("/reviews", queue, methods=["GET"], name="questions"),
    Route("/reviews/pattern", pattern, methods=["GET"], name="pattern"),
    Route("/reviews/pattern", answer_pattern, methods=["POST"]),
]
