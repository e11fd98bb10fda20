"""KiotViet's token endpoint, the guard before every call, and the hourly limit on GET."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs

from hub.sandbox.http import Call, Reply
from hub.sandbox.kiotviet import errors
from hub.sandbox.kiotviet.state import KiotVietState

FORM = "application/x-www-form-urlencoded"


def issue_token(state: KiotVietState, call: Call) -> Reply:
    """POST /connect/token."""
    if call.headers.get("content-type", "").split(";")[0].strip() != FORM:
        raise errors.oauth_refused("invalid_request")
    form = {name: values[-1] for name, values in parse_qs(call.body.decode("utf-8", "replace")).items()}
    if form.get("grant_type") != "client_credentials":
        raise errors.oauth_refused("unsupported_grant_type")
    if (form.get("client_id"), form.get("client_secret")) != (state.options.client_id, state.options.client_secret):
        raise errors.oauth_refused("invalid_client")
    if form.get("scopes") != "PublicApi.Access":
        raise errors.oauth_refused("invalid_scope")
    expires = int(state.options.token_seconds)
    return Reply({"access_token": state.new_token(), "expires_in": expires, "token_type": "Bearer"})


def open_guard(state: KiotVietState, call: Call) -> None:
    """The token endpoint checks by itself."""


def guard(state: KiotVietState, call: Call) -> None:
    """A live token and the right Retailer header; counts GETs against the hourly limit."""
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    expires = state.tokens.get(token.strip()) if scheme.lower() == "bearer" else None
    if expires is None or expires <= state.clock.now():
        raise errors.token_refused()
    if call.headers.get("retailer") != state.options.retailer:
        raise errors.retailer_refused()
    if call.method == "GET":
        _count(state)


def _count(state: KiotVietState) -> None:
    now, limit = state.clock.now(), state.options.get_limit
    begun, used = state.window or (now, 0)
    if now - begun >= timedelta(hours=1):
        begun, used = now, 0
    state.window = (begun, used + 1)
    if limit is not None and used >= limit:
        raise errors.over_limit()
