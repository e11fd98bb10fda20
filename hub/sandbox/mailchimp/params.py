"""Reading of Mailchimp's query parameters, `fields` and `exclude_fields`, keys."""

from __future__ import annotations

import base64
import json

from hub.sandbox.http import Call
from hub.sandbox.mailchimp import errors
from hub.sandbox.mailchimp.state import MailchimpState
from hub.sandbox.rows import Json, Row
from hub.sandbox.shapes import fields_of

DEFAULT_COUNT = 10
MAX_COUNT = 1000


def guard(state: MailchimpState, call: Call) -> None:
    """Basic with any user, or Bearer; the password or token is the key."""
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            value = base64.b64decode(value, validate=True).decode().partition(":")[2]
        except ValueError:
            raise errors.no_key() from None
    elif scheme.lower() != "bearer":
        raise errors.no_key()
    if value.strip() != state.options.api_key:
        raise errors.no_key()
    if "list_id" in call.params and call.params["list_id"] != state.options.list_id:
        raise errors.not_found()


def open_guard(state: MailchimpState, call: Call) -> None:
    """Unknown addresses answer without a key."""


def read_params(state: MailchimpState, call: Call, listing: str) -> dict[str, str]:
    """Parameters by name; an unknown one is refused when strict."""
    known = fields_of("mailchimp")["params"][listing]
    params = dict(call.query)
    for name in params:
        if name not in known and state.options.strict:
            raise errors.invalid(name, "This parameter is not part of the resource (strict sandbox).")
    return params


def number(params: dict[str, str], name: str, default: int, high: int | None = None) -> int:
    """A whole number from 0 to `high`."""
    try:
        value = int(params.get(name, default))
    except ValueError:
        raise errors.invalid(name, "This value should be of type integer.") from None
    if value < 0 or (high is not None and value > high):
        raise errors.invalid(name, f"This value should be between 0 and {high}.")
    return value


def flag(params: dict[str, str], name: str) -> bool:
    """A boolean, false when absent."""
    return params.get(name, "false").lower() in ("1", "true")


def read_body(state: MailchimpState, call: Call) -> Row:
    """The JSON object of a body."""
    try:
        body = json.loads(call.body)
    except ValueError:
        raise errors.bad_json() from None
    if not isinstance(body, dict):
        raise errors.invalid("", "Schema describes object, value found instead.")
    return body


def pick(body: Row, params: dict[str, str]) -> Row:
    """`fields=members.id,total_items` keeps those paths; `exclude_fields` drops them. Lists are walked through."""
    if params.get("fields"):
        body = _keep(body, [path.strip().split(".") for path in params["fields"].split(",")])
    if params.get("exclude_fields"):
        for path in params["exclude_fields"].split(","):
            body = _drop(body, path.strip().split("."))
    return body


def _keep(value: Json, paths: list[list[str]]) -> Json:
    if isinstance(value, list):
        return [_keep(item, paths) for item in value]
    if not isinstance(value, dict) or any(not path for path in paths):
        return value
    below: dict[str, list[list[str]]] = {}
    for path in paths:
        below.setdefault(path[0], []).append(path[1:])
    return {name: _keep(value[name], rest) for name, rest in below.items() if name in value}


def _drop(value: Json, path: list[str]) -> Json:
    if isinstance(value, list):
        return [_drop(item, path) for item in value]
    if not isinstance(value, dict) or path[0] not in value:
        return value
    if len(path) == 1:
        return {name: item for name, item in value.items() if name != path[0]}
    return {**value, path[0]: _drop(value[path[0]], path[1:])}
