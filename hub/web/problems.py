"""Errors as the path wants them: problem documents (RFC 9457) under /v1, pages elsewhere.

Belongs here: status codes of the hub's errors, both forms. Does not: raising (flow, guards).
A document says what kind of error it is and which field; never a value that was sent.
"""

from __future__ import annotations

import http
from collections.abc import Mapping
from urllib.parse import urlsplit

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub.errors import AuthError, ConfigError, GuardError, HubError, InvariantError, LockedError, TransientError
from hub.store.engine import StoreError
from hub.web.problem import Problem
from hub.web.render import page

__all__ = ["Problem", "answer", "document", "on_http", "on_hub", "on_problem", "refuse", "wants_document"]
PROBLEM = "application/problem+json"
MACHINES = ("/v1/", "/openapi.json", "/healthz", "/readyz", "/metrics")
STATUS: tuple[tuple[type[HubError], int], ...] = (
    (AuthError, 403),
    (LockedError, 503),
    (StoreError, 503),
    (TransientError, 502),
    (GuardError, 409),
    (InvariantError, 500),
    (ConfigError, 409),
)
CODES: Mapping[str, int] = {
    "key.none": 404,
    "review.none": 404,
    "undo.none": 404,
    "review.until": 422,
    "withdrawal.done": 404,
    "records.source_id": 422,
    "records.too_many": 413,
}
"""Codes of the hub's errors that say more than their kind."""
QUIET = ("key.none", "key.many")
"""Codes whose sentence repeats what was typed."""


def document(request: Request, problem: Problem) -> Response:
    """A problem document."""
    told = {"type": f"urn:hub:problem:{problem.code}", "title": _title(problem.status), "status": problem.status}
    body = told | ({"detail": problem.detail} if problem.detail else {}) | problem.more
    body["request_id"] = request.scope.get("hub.request_id")
    return Response(orjson.dumps(body), problem.status, problem.headers, PROBLEM)


def _title(status: int) -> str:
    return http.HTTPStatus(status).phrase


def answer(request: Request, problem: Problem) -> Response:
    """An error in the form of its path."""
    if wants_document(request):
        return document(request, problem)
    reply = page(
        request, "error.html", problem.status, status=problem.status, code=problem.code, detail=problem.detail,
        back=_came_from(request),
    )  # fmt: skip
    reply.headers.update(problem.headers)
    return reply


def _came_from(request: Request) -> str:
    """Path and query of the page of ours whose form or link led here; "" for none."""
    told = urlsplit(request.headers.get("referer", ""))
    if told.netloc != request.headers.get("host") or told.path in ("", request.url.path):
        return ""
    path = told.path + (f"?{told.query}" if told.query else "")
    return path if path.startswith("/") and not path.startswith("//") and path.isprintable() else ""


def wants_document(request: Request) -> bool:
    """Whether a program asks."""
    path = request.url.path
    return path.startswith(MACHINES) or "application/json" in request.headers.get("accept", "")


def refuse(request: Request, status: int, code: str) -> Response:
    """An error that the gate tells."""
    return answer(request, Problem(status, code or "unforeseen"))


def on_problem(request: Request, error: Exception) -> Response:
    """The handler of Problem."""
    assert isinstance(error, Problem)  # noqa: S101  # for the type checker
    return answer(request, error)


def on_http(request: Request, error: Exception) -> Response:
    """The handler of Starlette's own errors: no such path, no such method, body too large."""
    assert isinstance(error, HTTPException)  # noqa: S101  # for the type checker
    code = _title(error.status_code).lower().replace(" ", "_").replace("-", "_")
    return answer(request, Problem(error.status_code, code, headers=error.headers))


def on_hub(request: Request, error: Exception) -> Response:
    """The handler of the hub's errors."""
    assert isinstance(error, HubError)  # noqa: S101  # for the type checker
    status = CODES.get(error.code) or next((code for kind, code in STATUS if isinstance(error, kind)), 500)
    headers = {"retry-after": "5"} if status == 503 else {}
    detail = "" if error.code in QUIET else error.message
    return answer(request, Problem(status, error.code, detail, headers=headers))
