"""WooCommerce's keys: HTTP Basic (as behind a TLS proxy) or query parameters."""

from __future__ import annotations

import base64

from hub.sandbox.http import Call
from hub.sandbox.woocommerce import errors
from hub.sandbox.woocommerce.state import WooState

VERBS = {"GET": "view", "HEAD": "view", "POST": "create", "PUT": "edit", "PATCH": "edit", "DELETE": "delete"}


def guard(state: WooState, call: Call) -> None:
    """A known key, and one that may write for a write."""
    key, secret = _credentials(call)
    if not key:
        raise errors.no_key(VERBS.get(call.method, "view"))
    if key != state.options.consumer_key:
        raise errors.bad_key("Consumer key")
    if secret != state.options.consumer_secret:
        raise errors.bad_key("Consumer secret")
    if call.method not in ("GET", "HEAD") and state.options.permissions == "read":
        raise errors.read_only_key()


def open_guard(state: WooState, call: Call) -> None:
    """The index of the site is public."""


def _credentials(call: Call) -> tuple[str, str]:
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            key, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
        except ValueError:
            return "", ""
        return key, secret
    query = dict(call.query)
    return query.get("consumer_key", ""), query.get("consumer_secret", "")
