"""Mailchimp's members in the hub's words, and back. Pure; nothing is fetched here.

Belongs here: field names and their meaning, what a status says about consent. Does not: requests (client), cursors.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from hub.connectors.kit.people import address, address_fields, name_parts, present, split_name, text
from hub.connectors.kit.times import canonical
from hub.errors import PermanentError
from hub.model import Json

STATUS = {
    "subscribed": "granted",
    "unsubscribed": "withdrawn",
    "cleaned": "withdrawn",
    "archived": "withdrawn",
    "pending": "unknown",
    "transactional": "unknown",
}
"""What a member's status says about marketing by e-mail; cleaned means that mail bounced for good."""
SMS = {"subscribed": "granted", "unsubscribed": "withdrawn"}
MERGED = frozenset({"FNAME", "LNAME", "PHONE", "BIRTHDAY", "ADDRESS"})
"""The merge fields every audience has by default; others land in `extra`."""
_DAY = re.compile(r"^(\d{1,2})/(\d{1,2})$")


def member_hash(email: str) -> str:
    """The id of a member: MD5 of the small-lettered e-mail (Mailchimp's rule)."""
    return hashlib.md5(email.strip().lower().encode(), usedforsecurity=False).hexdigest()


def to_canonical(payload: Mapping[str, Json]) -> dict[str, Json]:
    """One member."""
    fields = _table(payload.get("merge_fields"))
    email = text(payload.get("email_address"))
    first, last = text(fields.get("FNAME")), text(fields.get("LNAME"))
    return present(
        source_id=text(payload.get("id")),
        **(name_parts(first, last) or present(full_name=text(payload.get("full_name")))),
        phones=_phones(fields.get("PHONE"), payload.get("sms_phone_number")),
        emails=[{"value": email, "use": "own"}] if email else None,
        birth_date=_birthday(fields.get("BIRTHDAY")),
        addresses=[a] if (a := _address(fields.get("ADDRESS"))) else None,
        tags=_tags(payload.get("tags")),
        note=text(_table(payload.get("last_note")).get("note")),
        consents=_consents(payload, email),
        extra=_extra(fields),
        created_at=canonical(payload.get("timestamp_signup")) or canonical(payload.get("timestamp_opt")),
        updated_at=changed_at(payload),
    )


def changed_at(payload: Mapping[str, Json]) -> str | None:
    """When the member last changed."""
    return canonical(payload.get("last_changed"))


def to_vendor(fields: Mapping[str, Json], known: Mapping[str, Json]) -> dict[str, Json]:
    """The body of an upsert or of a partial update: e-mail and merge fields. Raises PermanentError `unwritable.FIELD`.

    A status for new members stands in it as `status_if_new`, never as `status`: nobody is subscribed again.
    """
    body: dict[str, Json] = {}
    merged: dict[str, Json] = {}
    for field, value in fields.items():
        _write(field, value, body, merged)
    if merged:
        body["merge_fields"] = merged
    if not known:
        body["status_if_new"] = "subscribed" if consent(fields) == "granted" else "transactional"
    return body


def consent(fields: Mapping[str, Json]) -> str | None:
    """What the write says about marketing by e-mail: granted, refused, withdrawn, unknown; None when it says nothing."""
    if fields.get("marketing_email"):
        return str(fields["marketing_email"])
    listed = fields.get("consents")
    found = [c.get("status") for c in listed if _is_marketing(c)] if isinstance(listed, list) else []
    return str(found[-1]) if found else None


def _is_marketing(value: Json) -> bool:
    return isinstance(value, Mapping) and value.get("purpose") == "marketing" and value.get("channel") == "email"


def _write(field: str, value: Json, body: dict[str, Json], merged: dict[str, Json]) -> None:
    told = text(value) or ""
    if field == "full_name":
        merged["FNAME"], merged["LNAME"] = split_name(told)
    elif field in ("given_name", "family_name", "phone"):
        merged[{"given_name": "FNAME", "family_name": "LNAME", "phone": "PHONE"}[field]] = told
    elif field == "email":
        body["email_address"] = told
    elif field == "birth_date":
        merged["BIRTHDAY"] = _month_day(told)
    elif field == "address":
        merged["ADDRESS"] = _address_out(value or {})
    elif field not in ("tags", "consents", "marketing_email"):
        raise PermanentError(f"Mailchimp has no field for {field}", code=f"unwritable.{field}")


def _month_day(value: str) -> str:
    """`MM/DD` out of `YYYY-MM-DD` or `--MM-DD`; Mailchimp keeps no year."""
    match = re.fullmatch(r"(?:\d{4}|-)-(\d\d)-(\d\d)", value)
    if value and not match:
        raise PermanentError("Mailchimp needs day and month of birth", code="unwritable.birth_date")
    return f"{match[1]}/{match[2]}" if match else ""


def _address_out(value: Mapping[str, Json]) -> Json:
    parts = address_fields(value)
    if not parts["line"] or not parts["city"]:
        raise PermanentError("Mailchimp needs street and city of an address", code="unwritable.address")
    return {
        "addr1": parts["line"],
        "addr2": parts["line2"],
        "city": parts["city"],
        "state": parts["state"],
        "zip": parts["postcode"],
        "country": parts["country"],
    }


def _phones(*values: Json) -> list[Json]:
    told = dict.fromkeys(value for value in map(text, values) if value)
    return [{"value": value, "use": "own"} for value in told]


def _birthday(value: Json) -> str | None:
    match = _DAY.match(text(value) or "")
    return f"--{int(match[1]):02}-{int(match[2]):02}" if match else text(value)


def _address(value: Json) -> dict[str, Json] | None:
    """The address merge field: parts, or one text in old audiences."""
    if isinstance(value, str):
        return present(line=text(value)) or None
    got = _table(value)
    lines = (got.get("addr1"), got.get("addr2"))
    return address(lines, got.get("city"), got.get("state"), got.get("zip"), got.get("country"))


def _tags(value: Json) -> list[str]:
    rows = value if isinstance(value, list) else []
    return [name for name in (text(_table(row).get("name")) for row in rows) if name]


def _consents(payload: Mapping[str, Json], email: str | None) -> list[Json]:
    """Consent by e-mail and SMS. Mailchimp dates the opt-in only: a withdrawal has no time, the hub's own tells it."""
    status = payload.get("status")
    found: list[Json] = []
    if isinstance(status, str) and status in STATUS:
        at = canonical(payload.get("timestamp_opt")) if status == "subscribed" else None
        word = {"purpose": "marketing", "channel": "email", "status": STATUS[status]}
        found.append({**word, **present(address=email, at=at)})
    sms, number = payload.get("sms_subscription_status"), text(payload.get("sms_phone_number"))
    if isinstance(sms, str) and sms and number:
        status = SMS.get(sms, "unknown")
        found.append({"purpose": "marketing", "channel": "sms", "status": status, "address": number})
    return found


def _extra(fields: Mapping[str, Json]) -> dict[str, Json]:
    """Merge fields of the shop's own, by tag in small letters."""
    own = {tag.lower(): value for tag, value in fields.items() if tag not in MERGED}
    return {tag: value for tag, value in own.items() if isinstance(value, str | int | float) and value != ""}


def _table(value: Json) -> Mapping[str, Json]:
    """PHP-made JSON writes an empty table as a list."""
    return value if isinstance(value, Mapping) else {}
