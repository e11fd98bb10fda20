"""Bodies of customer writes: which fields and types are taken, and what a row becomes."""

from __future__ import annotations

import json
import re

from hub.sandbox.http import Call
from hub.sandbox.rows import Json, Row
from hub.sandbox.shapes import fields_of, is_of
from hub.sandbox.woocommerce import errors
from hub.sandbox.woocommerce.state import WooState

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TYPES = {"str": "string", "int": "integer", "list": "array", "object": "object"}


def read_json(call: Call) -> Row:
    """The JSON object of a body; none at all is an empty one."""
    try:
        body = json.loads(call.body or b"{}")
    except ValueError:
        raise errors.bad_json() from None
    if not isinstance(body, dict):
        raise errors.bad_json()
    return body


def customer_fields(state: WooState, body: Json) -> Row:
    """The writable fields of a body, checked. Read-only fields are ignored, as the live shop does."""
    if not isinstance(body, dict):
        raise errors.bad_param("customer", "customer is not of type object.")
    lists = fields_of("woocommerce")
    fields: Row = {}
    for name, value in body.items():
        if name in lists["customer_write"]:
            fields[name] = _checked(name, lists["customer_write"][name], value)
        elif name not in lists["customer"] and state.options.strict:
            raise errors.bad_param(name, f"{name} is not a field of a customer (strict sandbox).")
    for block in ("billing", "shipping"):
        if block in fields:
            fields[block] = _block(state, block, fields[block])
    if "email" in fields and not _EMAIL.fullmatch(fields["email"]):
        raise errors.bad_param("email", "Invalid email address.")
    for item in fields.get("meta_data", ()):
        _check_meta(item)
    return fields


def new_row(state: WooState, fields: Row) -> Row:
    """A new customer's modified dates are set, as seen when one is made over the API."""
    given = {name: value for name, value in fields.items() if name not in ("password", "meta_data")}
    row = state.complete("customers", {**given, "date_created_gmt": state.now(), "date_modified_gmt": state.now()})
    return {**row, "meta_data": _merged_meta(state, [], fields.get("meta_data", []))}


def changed_row(state: WooState, old: Row, fields: Row) -> Row:
    """A partial update: what is not named stays, below billing and shipping too; meta is merged by key."""
    new = {**old, **{name: value for name, value in fields.items() if name != "password"}}
    for block in ("billing", "shipping"):
        new[block] = {**old[block], **fields.get(block, {})}
    new["meta_data"] = _merged_meta(state, old["meta_data"], fields.get("meta_data", []))
    return new


def _checked(name: str, kind: str, value: Json) -> Json:
    if not is_of(value, kind):
        raise errors.bad_param(name, f"{name} is not of type {_TYPES[kind]}.")
    return value


def _block(state: WooState, block: str, given: Row) -> Row:
    known = fields_of("woocommerce")[block]
    kept: Row = {}
    for name, value in given.items():
        if name in known:
            kept[name] = _checked(f"{block}[{name}]", "str", value)
        elif state.options.strict:
            raise errors.bad_param(f"{block}[{name}]", f"{name} is not a field of {block} (strict sandbox).")
    email = kept.get("email")
    if email and not _EMAIL.fullmatch(email):
        raise errors.bad_param(block, f"{block}[email] is not a valid email address.")
    return kept


def _check_meta(item: Json) -> None:
    known = fields_of("woocommerce")["meta_item"]
    right = isinstance(item, dict) and all(name in known and is_of(item[name], known[name]) for name in item)
    if not right or not ("key" in item or "id" in item):
        raise errors.bad_param("meta_data", "meta_data[0] is not a meta item.")


def _merged_meta(state: WooState, old: list[Row], items: list[Row]) -> list[Row]:
    """An id names its item, else the key does; a null value deletes; a new key is appended."""
    merged = [dict(item) for item in old]
    for item in items:
        found = next((m for m in merged if _names(item, m)), None)
        if item.get("value") is None:
            merged = [m for m in merged if m is not found]
        elif found is not None:
            found.update({name: item[name] for name in ("key", "value") if name in item})
        elif "key" in item:
            merged.append({"id": state.new_meta_id(), "key": item["key"], "value": item["value"]})
    return merged


def _names(item: Row, known: Row) -> bool:
    return bool(item["id"] == known["id"]) if item.get("id") else bool(item.get("key") == known["key"])
