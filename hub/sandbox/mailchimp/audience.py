"""Mailchimp's audience: ping, the list itself, merge fields, and the batch of members with an error per item."""

from __future__ import annotations

import re
from typing import Any

from hub.sandbox.http import ApiError, Call, Reply
from hub.sandbox.mailchimp import errors
from hub.sandbox.mailchimp.bodies import check_body
from hub.sandbox.mailchimp.members import save, shown
from hub.sandbox.mailchimp.params import DEFAULT_COUNT, MAX_COUNT, flag, number, pick, read_body, read_params
from hub.sandbox.mailchimp.state import MailchimpState
from hub.sandbox.rows import Json, Query, Row
from hub.sandbox.shapes import fields_of, misfits

BATCH_LIMIT = 500
MERGE_LIMIT = 80
_TAG = re.compile(r"[A-Z0-9_]{1,10}")
ERROR_CODES = {"Member Exists": "ERROR_CONTACT_EXISTS"}


def ping(state: MailchimpState, call: Call) -> Reply:
    """GET /ping."""
    read_params(state, call, "none")
    return Reply({"health_status": "Everything's Chimpy!"})


def list_lists(state: MailchimpState, call: Call) -> Reply:
    """GET /lists: the one audience."""
    params = read_params(state, call, "lists")
    number(params, "count", DEFAULT_COUNT, MAX_COUNT)
    found = [_list(state, call)] if number(params, "offset", 0) == 0 else []
    return Reply(pick({"lists": found, "total_items": 1, "_links": []}, params))


def get_list(state: MailchimpState, call: Call) -> Reply:
    """GET /lists/{id}."""
    params = read_params(state, call, "list")
    return Reply(pick(_list(state, call), params))


def list_merge_fields(state: MailchimpState, call: Call) -> Reply:
    """GET /lists/{id}/merge-fields."""
    params = read_params(state, call, "merge_fields")
    count, offset = number(params, "count", DEFAULT_COUNT, MAX_COUNT), number(params, "offset", 0)
    keep = (lambda row: row["type"] == params["type"]) if "type" in params else None
    page = state.merge_fields.page(Query("merge_id", keep=keep, tag=params.get("type", "")), offset, count)
    rows = [{**row, "_links": []} for row in page.rows]
    body = {"merge_fields": rows, "list_id": state.options.list_id, "total_items": page.total, "_links": []}
    return Reply(pick(body, params))


def add_merge_field(state: MailchimpState, call: Call) -> Reply:
    """POST /lists/{id}/merge-fields."""
    read_params(state, call, "none")
    body = read_body(state, call)
    _check_merge_field(state, body)
    row = state.complete("merge_fields", {"tag": _free_tag(state), **body})
    state.merge_fields.put(row)
    state.journal.write(state.name, call, "field", row["tag"], body)
    return Reply({**row, "_links": []})


def batch_members(state: MailchimpState, call: Call) -> Reply:
    """POST /lists/{id}: up to 500 members, an error per item in a 200."""
    params = read_params(state, call, "batch")
    body = read_body(state, call)
    wrong = misfits(body, fields_of("mailchimp")["batch"])
    if wrong or "members" not in body:
        raise errors.invalid((wrong or ["members"])[0], "Schema describes another value.")
    if state.options.poison and state.options.poison in call.body.decode():
        raise errors.invalid("members", "Schema describes another value.")
    if len(body["members"]) > BATCH_LIMIT:
        raise errors.invalid("members", f"This collection should contain {BATCH_LIMIT} elements or less.")
    return Reply(_run_batch(state, call, body, flag(params, "skip_merge_validation")))


def _run_batch(state: MailchimpState, call: Call, body: Row, skip: bool) -> Row:
    made: list[Row] = []
    updated: list[Row] = []
    failed: list[Row] = []
    seen: set[str] = set()
    for item in body["members"]:
        email = str(item.get("email_address", "")) if isinstance(item, dict) else ""
        try:
            old = _batch_target(state, item, email, seen, bool(body.get("update_existing")))
            row = save(state, call, old, check_body(state, item, "statuses_batch"), skip)
            (made if old is None else updated).append(shown(state, call, row))
        except ApiError as error:
            failed.append(_item_error(email, error.reply.body))
        seen.add(email.lower())
    counts = {"total_created": len(made), "total_updated": len(updated), "error_count": len(failed)}
    return {"new_members": made, "updated_members": updated, "errors": failed, **counts, "_links": []}


def _batch_target(state: MailchimpState, item: Json, email: str, seen: set[str], update: bool) -> Row | None:
    """The member an item means, None for a new one. Raises ApiError for what a batch refuses."""
    check_body(state, item, "statuses_batch")
    if email.lower() in seen:
        raise errors.problem(400, "Duplicate", f"{email} is more than once in this batch.")
    if "status" not in item and "status_if_new" not in item:
        raise errors.invalid("status", "This value should not be blank.")
    old = state.find(email) if "@" in email else None
    if old is not None and old["status"] != "archived" and not update:
        raise errors.member_exists(email)
    return old


def _item_error(email: str, body: Row) -> Row:
    first = (body.get("errors") or [{"field": "", "message": ""}])[0]
    code = ERROR_CODES.get(body["title"], "ERROR_GENERIC")
    named = {"field": first["field"], "field_message": first["message"]}
    return {"email_address": email, "error": body["detail"], "error_code": code, **named}


def _list(state: MailchimpState, call: Call) -> Row:
    counts = dict.fromkeys(fields_of("mailchimp")["statuses"], 0)
    for row in state.members:
        counts[row["status"]] += 1
    stats = {
        "member_count": counts["subscribed"],
        "total_contacts": sum(counts.values()) - counts["archived"],
        "unsubscribe_count": counts["unsubscribed"],
        "cleaned_count": counts["cleaned"],
        "merge_field_count": len(state.merge_fields),
    }
    empty: dict[str, Any] = {"str": "", "int": 0, "bool": False, "object": {}, "list": []}
    blank = {name: empty.get(kind) for name, kind in fields_of("mailchimp")["list"].items()}
    named = {"id": state.options.list_id, "name": state.options.list_name, "date_created": state.created}
    links = [{"rel": "self", "href": f"{call.root}/lists/{state.options.list_id}", "method": "GET"}]
    return {**blank, **named, "visibility": "prv", "stats": stats, "_links": links}


def _check_merge_field(state: MailchimpState, body: Row) -> None:
    lists = fields_of("mailchimp")
    wrong = misfits(body, lists["merge_field_write"])
    if wrong:
        raise errors.invalid(wrong[0], "This field is not part of the resource, or of another type.")
    for name in ("name", "type"):
        if not body.get(name):
            raise errors.invalid(name, "This value should not be blank.")
    if body["type"] not in lists["merge_types"]:
        raise errors.invalid("type", f"Value must be one of: {', '.join(lists['merge_types'])}")
    if "tag" in body and not _TAG.fullmatch(body["tag"]):
        raise errors.invalid("tag", "A tag has at most 10 capitals, digits or underscores.")
    if body.get("tag") in state.merge_tags():
        detail = f'A Merge Field with the tag "{body["tag"]}" already exists for this list.'
        raise errors.problem(400, "Invalid Resource", detail)
    if len(state.merge_fields) >= MERGE_LIMIT:
        raise errors.problem(400, "Invalid Resource", "This list has reached its limit of merge fields.")


def _free_tag(state: MailchimpState) -> str:
    number_of = len(state.merge_fields)
    while f"MMERGE{number_of}" in state.merge_tags():
        number_of += 1
    return f"MMERGE{number_of}"
