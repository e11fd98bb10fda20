"""One question: records side by side, what each answer would change, the answer.

Belongs here: the comparison page and its answers. Does not: the queue (questions.py), what an answer means (flow.review_decide).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hub.errors import ConfigError
from hub.flow import claiming, compare_view, review, review_decide, review_show
from hub.flow.access import Who
from hub.flow.carry_out import carry_out, in_run
from hub.flow.review_reach import within
from hub.flow.review_version import CHANGED, as_seen, version
from hub.flow.run import Run
from hub.model import Json, from_utc_text, utc_text
from hub.settings import Settings
from hub.store import claims, reviews
from hub.store.engine import StoreConnection
from hub.web.asked import chosen, must_see_all, new_run, reason, typed
from hub.web.forms import Forms
from hub.web.ground import Ground, form, ground, many, signed
from hub.web.guard import needs
from hub.web.looked import looked
from hub.web.pages.customer import PINNABLE
from hub.web.pages.questions import worded
from hub.web.problems import Problem
from hub.web.render import page

TAKEN = ("review.decided", "review.gone", CHANGED)


@needs("steward")
def compare(request: Request) -> Response:
    """The comparison."""
    must_see_all(request)
    _seen(request)
    return _page(request, typed(request.path_params["review_id"]))


def _page(request: Request, review_id: str, status: int = 200, clash: str = "", error: str = "") -> Response:
    here, settings = ground(request), worded(request)
    store = here.workspace.store
    told, by = review_show.told(store, settings, review_id), signed(request).author
    other = claiming.look(store, told["review_id"], by, here.now()) if told["state"] in reviews.WAITING else None
    with store.read() as conn:
        onward = _next(conn, here.now(), told["review_id"], signed(request))
        seen = version(conn, review_decide.one(conn, told["review_id"]))
    sides = told.get("sides", ())
    forms = Forms(settings.language, settings.timezone, here.now())
    looked(request, [side["customer"]["golden_id"] for side in sides])
    return page(
        request, "question.html", status, told=told, rows=compare_view.table(sides, forms.plain), onward=onward, clash=clash,
        error=error, seen=seen, verdicts=review_decide.ANSWERS[told["kind"]], waiting=told["state"] in reviews.WAITING,
        records=[(place, record) for place, side in enumerate(sides) for record in side["records"]],
        done=request.query_params.get("done"), put_off=typed(request.query_params.get("put_off")), other=other,
        pinnable=PINNABLE, tomorrow=_in_days(here, settings, 1), in_a_week=_in_days(here, settings, review.LATER_DAYS),
    )  # fmt: skip


def _in_days(here: Ground, settings: Settings, days: int) -> str:
    """A day of the shop to come, `YYYY-MM-DD`."""
    zone = ZoneInfo(settings.timezone)
    return (from_utc_text(here.now()).astimezone(zone) + timedelta(days=days)).strftime("%Y-%m-%d")


def _seen(request: Request) -> review_decide.Row:
    """The question, of one that this person may be asked."""
    with ground(request).workspace.store.read() as conn:
        row = review_decide.one(conn, typed(request.path_params["review_id"]))
        if not within(conn, [row], signed(request).stores):
            raise Problem(404, "review.none")
    return row


def _next(conn: StoreConnection, now: str, review_id: str, who: Who) -> str | None:
    """The question after this one in the order of asking, else the first other one; none that somebody else looks at."""
    taken = {one for one, claim in claims.standing(conn, now).items() if claim["author"] != who.author}
    asked = within(conn, reviews.open_ones(conn, now, limit=500), who.stores)
    ids = [row["review_id"] for row in asked if row["review_id"] not in taken]
    at = ids.index(review_id) + 1 if review_id in ids else 0
    return next((one for one in [*ids[at:], *ids[:at]] if one != review_id), None)


@needs("steward")
def effects(request: Request) -> Response:
    """What each answer would change, when some records are left out."""
    must_see_all(request)
    row = _seen(request)
    here, settings = ground(request), worded(request)
    store, out = here.workspace.store, request.query_params.getlist("exclude")
    told: dict[str, Json] = {}
    if row["state"] in reviews.WAITING:
        told = review_show.answers(store, settings, Run(new_run()), row, out)
    return page(request, "effects.html", answers=told, review_id=row["review_id"])


@needs("steward")
def decide(request: Request) -> Response:
    """Take an answer, if the question is still as it was seen."""
    must_see_all(request)
    _seen(request)
    here, sent = ground(request), form(request)
    review_id, verdict = typed(request.path_params["review_id"]), chosen(sent.get("verdict"), review_decide.VERDICTS)
    if verdict is None:
        raise Problem(422, "review.verdict")
    try:
        made = _carry_out(request, review_id, verdict)
    except ConfigError as error:
        if error.code in TAKEN:
            return _page(request, review_id, 409, clash=error.code)
        return _page(request, review_id, 422, error=error.message)
    with here.workspace.store.read() as conn:
        onward = _next(conn, here.now(), review_id, signed(request))
    query = urlencode({"done": made} | ({"put_off": review_id} if made == review_decide.LATER else {}))
    return RedirectResponse(f"/reviews/{onward}?{query}" if onward else f"/reviews?answered={made}", 303)


def _carry_out(request: Request, review_id: str, verdict: str) -> str:
    """Write the answer; the decision's id, "later" when it was put off."""
    here, settings, sent = ground(request), worded(request), form(request)
    author, why, seen = signed(request).author, reason(request), sent.get("version", "")
    rows = review_decide.named([review_id])
    if verdict == review_decide.LATER:
        until = _until(sent.get("until"), settings)

        def steps(run: Run) -> None:
            with here.workspace.store.begin() as conn:
                row = review_decide.one(conn, review_id)
                if version(conn, row) != seen:
                    raise ConfigError("the question has changed", code=CHANGED)
                review.postpone(conn, rows(conn), run, author, why, until)

        in_run(here.workspace, steps, "review", author)
        return "later"
    plan = review_decide.decide(settings, rows, verdict, many(request, "exclude"))
    made = carry_out(here.workspace, as_seen(review_id, seen, plan), author, why, "review")
    return str(made["decision_id"])


def _until(text: str | None, settings: Settings) -> str | None:
    """The first moment of a day that was typed, in the shop; None for none."""
    if not typed(text):
        return None
    try:
        return utc_text(datetime.strptime(typed(text), "%Y-%m-%d").replace(tzinfo=ZoneInfo(settings.timezone)))
    except ValueError:
        raise Problem(422, "review.until") from None


@needs("steward")
def back(request: Request) -> Response:
    """A question that was put off is asked again now."""
    must_see_all(request)
    _seen(request)
    here, by, review_id = ground(request), signed(request).author, typed(request.path_params["review_id"])

    def steps(run: Run) -> None:
        with here.workspace.store.begin() as conn:
            review.bring_back(conn, [review_decide.one(conn, review_id)], run, by)

    in_run(here.workspace, steps, "review", by)
    return RedirectResponse(f"/reviews/{review_id}", 303)


ROUTES: list[BaseRoute] = [
    Route("/reviews/{review_id}", compare, methods=["GET"], name="question"),
    Route("/reviews/{review_id}/effects", effects, methods=["GET"], name="effects"),
    Route("/reviews/{review_id}/decision", decide, methods=["POST"]),
    Route("/reviews/{review_id}/back", back, methods=["POST"]),
]
