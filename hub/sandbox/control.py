"""The tests' hand on the vendors, below `/_sandbox`, apart from every vendor's path.

Belongs here: looking at state and journal, profiles, a clerk's edits, clock, reset, snapshot.
Nothing a vendor offers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.sandbox.rows import Json, RecordId, Row
from hub.sandbox.vendor import VendorState

if TYPE_CHECKING:
    from hub.sandbox.server import Sandbox

Handler = Callable[["Sandbox", Request, Any], Any]


def routes(sandbox: Sandbox) -> list[Route]:
    """The control API of one sandbox."""
    table: list[tuple[str, str, Handler]] = [
        ("GET", "/info", lambda box, request, body: box.info()),
        ("GET", "/state/{vendor}", lambda box, request, body: _vendor(box, request).dump()),
        ("GET", "/journal", _journal),
        ("DELETE", "/journal", lambda box, request, body: box.journal.clear()),
        ("POST", "/profile", _profile),
        ("POST", "/calm", lambda box, request, body: box.hostile.calm(body.get("vendor"))),
        ("POST", "/reset", lambda box, request, body: box.reset()),
        ("POST", "/load", lambda box, request, body: box.load(body["dir"])),
        ("POST", "/snapshot", lambda box, request, body: {"path": str(box.save())}),
        ("POST", "/clock", _clock),
        ("POST", "/options/{vendor}", _options),
        ("POST", "/kiotviet/expire-tokens", lambda box, request, body: box.kiotviet.expire_tokens()),
        ("POST", "/{vendor}/{table}", _add),
        ("PATCH", "/{vendor}/{table}/{key}", _edit),
        ("DELETE", "/{vendor}/{table}/{key}", _delete),
    ]
    return [_route(sandbox, method, path, handler) for method, path, handler in table]


def _route(sandbox: Sandbox, method: str, path: str, handler: Handler) -> Route:
    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        try:
            answer = handler(sandbox, request, json.loads(raw) if raw else {})
        except (KeyError, ValueError, TypeError) as error:
            return JSONResponse({"error": type(error).__name__, "detail": str(error)}, 400)
        return JSONResponse({} if answer is None else answer)

    return Route(path, endpoint, methods=[method])


def _vendor(sandbox: Sandbox, request: Request) -> VendorState:
    return sandbox.vendors[request.path_params["vendor"]]


def _journal(sandbox: Sandbox, request: Request, body: Json) -> Json:
    return sandbox.journal.as_json(request.query_params.get("vendor"), int(request.query_params.get("after", 0)))


def _profile(sandbox: Sandbox, request: Request, body: Row) -> None:
    """`{"name", "vendor"?, "seed"?}` and any number of the profile to change (`rates`, `in_a_row`, …)."""
    changes = {name: value for name, value in body.items() if name not in ("name", "vendor", "seed")}
    if "seed" in body:
        sandbox.hostile.seed(int(body["seed"]))
    sandbox.hostile.set(body["name"], body.get("vendor"), **changes)


def _clock(sandbox: Sandbox, request: Request, body: Row) -> None:
    """`{"advance": seconds, "vendor"?}`."""
    for name in [body["vendor"]] if "vendor" in body else list(sandbox.vendors):
        sandbox.vendors[name].clock.advance(float(body["advance"]))


def _options(sandbox: Sandbox, request: Request, body: Row) -> None:
    options = sandbox.options[request.path_params["vendor"]]
    for name, value in body.items():
        if not hasattr(options, name):
            raise KeyError(name)
        setattr(options, name, value)


def _add(sandbox: Sandbox, request: Request, body: Json) -> Json:
    state, table = _vendor(sandbox, request), request.path_params["table"]
    rows = body if isinstance(body, list) else [body]
    return {"keys": [state.clerk_add(table, row) for row in rows]}


def _edit(sandbox: Sandbox, request: Request, body: Row) -> Row:
    return _vendor(sandbox, request).clerk_edit(request.path_params["table"], _key(request), body)


def _delete(sandbox: Sandbox, request: Request, body: Json) -> None:
    _vendor(sandbox, request).clerk_delete(request.path_params["table"], _key(request))


def _key(request: Request) -> RecordId:
    text: str = request.path_params["key"]
    return int(text) if text.isdigit() and len(text) < 19 else text
