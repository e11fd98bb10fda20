"""What a member becomes by a write: statuses and their compliance, merge fields and their types, addresses."""

from __future__ import annotations

import re

from hub.sandbox.mailchimp import errors
from hub.sandbox.mailchimp.state import MailchimpState, hash_of, moment
from hub.sandbox.rows import Json, Row
from hub.sandbox.shapes import fields_of, is_of

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_BIRTHDAY = re.compile(r"(0[1-9]|1[0-2])/(0[1-9]|[12]\d|3[01])")
_US_PHONE = re.compile(r"\(?\d{3}\)?[ -]?\d{3}-?\d{4}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}")
_PATTERNS = {
    "birthday": (_BIRTHDAY, "Please enter a month (01-12) and a day (01-31)."),
    "date": (_DATE, "Please enter a date."),
    "us": (_US_PHONE, "Please enter a valid phone number."),
}
TEXT_LIMIT = 255
ADDRESS_NEEDS = ("addr1", "city", "state", "zip")
ADDRESS_KNOWS = (*ADDRESS_NEEDS, "addr2", "country")
BLOCKED = ("unsubscribed", "cleaned")
PLAIN = ("email_type", "language", "vip", "ip_signup", "ip_opt", "sms_phone_number", "sms_subscription_status")


def check_body(state: MailchimpState, body: Json, statuses: str = "statuses_writable") -> Row:
    """Known fields of the right types and statuses the API takes."""
    lists = fields_of("mailchimp")
    if not isinstance(body, dict):
        raise errors.invalid("", "Schema describes object, value found instead.")
    for name, value in body.items():
        if name not in lists["member_write"]:
            if state.options.strict:
                raise errors.invalid(name, "This field is not part of the resource (strict sandbox).")
        elif not is_of(value, lists["member_write"][name]):
            raise errors.invalid(name, f"Schema describes {lists['member_write'][name]}, another type found instead")
    for name in ("status", "status_if_new"):
        if name in body and body[name] not in lists[statuses]:
            raise errors.invalid(name, f"Value must be one of: {', '.join(lists[statuses])}")
    return {name: value for name, value in body.items() if name in lists["member_write"]}


def check_email(email: str) -> str:
    """Malformed addresses and those of the reserved top-level domain `invalid` look fake."""
    if not _EMAIL.fullmatch(email) or email.lower().endswith(".invalid"):
        raise errors.fake(email)
    return email


def new_member(state: MailchimpState, body: Row, skip_merge: bool) -> Row:
    """A member that is not in the audience yet. A status is required: `status`, else `status_if_new`."""
    email = check_email(body.get("email_address", ""))
    status = body.get("status") or body.get("status_if_new")
    if status is None:
        raise errors.invalid("status_if_new", "This value should not be blank.")
    if hash_of(email) in state.forgotten:
        raise errors.forgotten(email)
    merged = _merged(state, {}, body.get("merge_fields", {}), skip_merge)
    _check_required(state, merged, skip_merge)
    stamps = {"timestamp_opt": state.now() if status != "pending" else "", "last_changed": state.now()}
    given = _plain(body) | {"tags": body.get("tags", []), "interests": body.get("interests", {})}
    return state.complete(
        "members", {**given, **stamps, **_times(body), "email_address": email, "status": status, "merge_fields": merged}
    )


def changed_member(state: MailchimpState, old: Row, body: Row, skip_merge: bool) -> Row:
    """What is not named stays, in merge fields and interests too. Tags in an update are ignored, as documented."""
    status = body.get("status", old["status"])
    if old["status"] == "archived":
        status = body.get("status") or body.get("status_if_new") or old["status"]
    if old["status"] in BLOCKED and status not in (*BLOCKED, "pending", "archived", "transactional"):
        raise errors.compliance(old["email_address"])
    email = check_email(str(body.get("email_address", old["email_address"])))
    if hash_of(email) != old["id"]:
        _check_move(state, email)
    merged = _merged(state, old["merge_fields"], body.get("merge_fields", {}), skip_merge)
    blocks = {name: {**old[name], **body.get(name, {})} for name in ("interests", "location")}
    fields = {**_plain(body), **_times(body), **blocks, "merge_fields": merged, "status": status}
    return {**old, **fields, "email_address": email, "id": hash_of(email)}


def _check_move(state: MailchimpState, email: str) -> None:
    if hash_of(email) in state.forgotten:
        raise errors.forgotten(email)
    if state.find(email) is not None:
        raise errors.member_exists(email)


def _plain(body: Row) -> Row:
    return {name: body[name] for name in PLAIN if name in body}


def _times(body: Row) -> Row:
    names = [name for name in ("timestamp_signup", "timestamp_opt") if body.get(name)]
    try:
        return {name: moment(body[name]) for name in names}
    except ValueError:
        raise errors.invalid(names[0], "Invalid date.") from None


def _merged(state: MailchimpState, old: Row, given: Row, skip: bool) -> Row:
    """`skip` (skip_merge_validation) takes any value of a known tag, and empty values of required ones."""
    tags = state.merge_tags()
    new = dict(old)
    for tag, value in given.items():
        if tag not in tags:
            if state.options.strict:
                raise errors.merge_refused(tag, "This merge field is not part of the audience (strict sandbox).")
            continue
        complaint = None if skip or value == "" else _complaint(tags[tag], value)
        if complaint:
            raise errors.merge_refused(tag, complaint)
        new[tag] = value
    return new


def _check_required(state: MailchimpState, merged: Row, skip: bool) -> None:
    for tag, field in state.merge_tags().items():
        if field["required"] and not skip and merged.get(tag) in (None, ""):
            raise errors.merge_refused(tag, "This value should not be blank.")


def _complaint(field: Row, value: Json) -> str | None:
    kind = field["type"]
    if kind == "address":
        return _address_complaint(value)
    if kind == "number":
        return None if is_of(value, "number") else "This value should be a number."
    if not isinstance(value, str):
        return "This value should be of type string."
    return _text_complaint("us" if kind == "phone" and field["options"].get("phone_format") == "US" else kind, value)


def _text_complaint(kind: str, value: str) -> str | None:
    pattern, complaint = _PATTERNS.get(kind, (None, ""))
    if pattern is not None:
        return None if pattern.fullmatch(value) else complaint
    return f"This value should have {TEXT_LIMIT} characters or less." if len(value) > TEXT_LIMIT else None


def _address_complaint(value: Json) -> str | None:
    if not isinstance(value, dict) or set(value) - set(ADDRESS_KNOWS):
        return "Please enter a valid address."
    missing = [name for name in ADDRESS_NEEDS if not value.get(name)]
    return f"Please enter a complete address: {', '.join(missing)}" if missing else None
