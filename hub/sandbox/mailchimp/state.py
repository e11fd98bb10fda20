"""What the Mailchimp stand-in remembers: one audience with its members, merge fields, tags and forgotten addresses."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hub.sandbox.journal import Journal
from hub.sandbox.rows import Json, Row, Rows
from hub.sandbox.shapes import fields_of
from hub.sandbox.vendor import VendorState

DEFAULT_FIELDS = (
    ("FNAME", "First Name", "text"),
    ("LNAME", "Last Name", "text"),
    ("ADDRESS", "Address", "address"),
    ("PHONE", "Phone Number", "phone"),
    ("BIRTHDAY", "Birthday", "birthday"),
)
ZEROS = {"avg_open_rate": 0, "avg_click_rate": 0}
NOWHERE = {"latitude": 0, "longitude": 0, "gmtoff": 0, "dstoff": 0, "country_code": "", "timezone": "", "region": ""}


@dataclass
class MailchimpOptions:
    """`strict` refuses merge fields, body fields and parameters nobody documented (the live API ignores them).

    `poison`: a batch whose body holds this text is refused whole.
    """

    api_key: str = "sandboxkey-us19"
    list_id: str = "aud0000001"
    list_name: str = "Khách hàng"
    strict: bool = True
    connections: int = 10
    poison: str = ""


def hash_of(email: str) -> str:
    """Mailchimp's subscriber hash: MD5 of the lower-cased address."""
    return hashlib.md5(email.strip().lower().encode(), usedforsecurity=False).hexdigest()


def moment(text: str) -> str:
    """Any ISO 8601 time in the one form that sorts (UTC, whole seconds); ValueError when it is none."""
    at = datetime.fromisoformat(text.replace(" ", "+", 1) if "T" in text else text)
    return (at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _by(field: str) -> Json:
    return lambda row: row.get(field) or ""


class MailchimpState(VendorState):
    """One account with one audience."""

    name = "mailchimp"

    def __init__(self, journal: Journal, options: MailchimpOptions) -> None:
        super().__init__(journal)
        self.options = options
        times = ("timestamp_opt", "timestamp_signup", "last_changed")
        self.members = Rows("id", {"web_id": lambda row: row["web_id"], **{name: _by(name) for name in times}})
        self.merge_fields = Rows("merge_id", {"merge_id": lambda row: row["merge_id"]})
        self.tables = {"members": self.members, "merge_fields": self.merge_fields}
        self._cleared()

    def _cleared(self) -> None:
        self.forgotten: set[str] = set()
        self.tag_ids: dict[str, int] = {}
        self._contacts: dict[str, str] = {}
        self._last = {"web": 0, "merge": 0}
        self.created = self.now()
        for tag, label, kind in DEFAULT_FIELDS:
            self.merge_fields.put(self.complete("merge_fields", {"tag": tag, "name": label, "type": kind}))

    def seed(self, members: Iterable[Row] = (), merge_fields: Iterable[Row] = ()) -> dict[str, int]:
        """Rows in the documents' fields. Tags of merge fields that are not there yet are added as text."""
        added = self.seed_table("merge_fields", merge_fields)
        listed = list(members)
        missing = {tag for row in listed for tag in row.get("merge_fields") or ()} - self.merge_tags().keys()
        self.seed_table("merge_fields", ({"tag": tag, "name": tag.title()} for tag in sorted(missing)))
        return {"members": self.seed_table("members", listed), "merge_fields": added + len(missing)}

    # -- stored rows -------------------------------------------------------------------------------------------------

    def complete(self, table: str, row: Row) -> Row:
        """A row with its ids, hash, times in one form and every stored field."""
        return self._whole_member(row) if table == "members" else self._whole_merge_field(row)

    def _whole_member(self, row: Row) -> Row:
        email = row["email_address"].strip()
        web_id = self._count("web", row.get("web_id"))
        contact = hashlib.sha256(f"{self.options.list_id}:{web_id}".encode()).hexdigest()
        given = {name: value for name, value in row.items() if value is not None and name != "_links"}
        whole = {**self._blank_member(), "contact_id": contact[:32], "unique_email_id": contact[:10], **given}
        for name in ("timestamp_signup", "timestamp_opt", "last_changed"):
            whole[name] = moment(whole[name]) if whole.get(name) else whole.get(name, "")
        whole["last_changed"] = whole["last_changed"] or whole["timestamp_opt"] or self.now()
        tags = [self.tag(tag["name"] if isinstance(tag, dict) else tag) for tag in whole["tags"]]
        made = {"id": hash_of(email), "email_address": email, "web_id": web_id, "tags": tags}
        return {**whole, **made, "list_id": self.options.list_id}

    def _whole_merge_field(self, row: Row) -> Row:
        key = self._count("merge", row.get("merge_id"))
        blank = {"type": "text", "required": False, "default_value": "", "public": False, "help_text": ""}
        made = {"merge_id": key, "list_id": self.options.list_id}
        return {**blank, "display_order": key + 1, "options": {}, **row, **made}

    def _touched(self, table: str, row: Row) -> Row:
        if table != "members":
            return row
        return {**row, "id": hash_of(row["email_address"]), "last_changed": self.now()}

    def touched(self, row: Row) -> Row:
        """The member with its hash in step with its address, changed now."""
        return self._touched("members", row)

    def put_member(self, old: Row | None, new: Row) -> None:
        """Stores a member; `old` is what it replaces."""
        self._store("members", old, new)

    def _store(self, table: str, old: Row | None, new: Row) -> None:
        super()._store(table, old, new)
        if table == "members":
            self._contacts[new["contact_id"]] = new["id"]

    def _seeded(self, table: str, rows: list[Row]) -> None:
        if table == "members":
            self._contacts.update((row["contact_id"], row["id"]) for row in rows)

    def _drop(self, table: str, row: Row) -> None:
        super()._drop(table, row)
        self._contacts.pop(row.get("contact_id", ""), None)

    def _extra(self) -> dict[str, Any]:
        counters = {"last": dict(self._last), "tags": dict(self.tag_ids), "created": self.created}
        return {"forgotten": sorted(self.forgotten), **counters}

    def _set_extra(self, extra: dict[str, Any]) -> None:
        self.forgotten = set(extra["forgotten"])
        self._last, self.tag_ids, self.created = dict(extra["last"]), dict(extra["tags"]), extra["created"]

    # -- what the handlers ask ---------------------------------------------------------------------------------------

    def find(self, key: str) -> Row | None:
        """A member by subscriber hash, e-mail address or contact id."""
        if "@" in key:
            return self.members.get(hash_of(key))
        return self.members.get(key.lower()) or self.members.get(self._contacts.get(key.lower(), ""))

    def erase(self, row: Row) -> None:
        """For good: the address can never be written again by the API."""
        self.clerk_delete("members", row["id"])
        self.forgotten.add(row["id"])

    def merge_tags(self) -> dict[str, Row]:
        """Merge fields by tag."""
        return {row["tag"]: row for row in self.merge_fields}

    def tag(self, name: str) -> Row:
        """A tag with its id, made when new."""
        key = self.tag_ids.setdefault(name, len(self.tag_ids) + 1)
        return {"id": key, "name": name}

    def now(self) -> str:
        """UTC, whole seconds, as the vendor writes it."""
        return self.clock.now().strftime("%Y-%m-%dT%H:%M:%S+00:00")

    def _count(self, counter: str, given: Json) -> int:
        key = int(given or self._last[counter] + 1)
        self._last[counter] = max(self._last[counter], key)
        return key

    def _blank_member(self) -> Row:
        empty: dict[str, Any] = {"str": "", "str?": "", "int": 0, "bool": False, "object": None, "datetime": ""}
        blank = {name: empty.get(kind) for name, kind in fields_of(self.name)["member"].items()}
        blocks = {"merge_fields": {}, "interests": {}, "stats": dict(ZEROS), "location": dict(NOWHERE), "tags": []}
        plain = {"email_type": "html", "status": "subscribed", "member_rating": 2, "source": "API - Generic"}
        return {**blank, **blocks, **plain, "marketing_permissions": []}
