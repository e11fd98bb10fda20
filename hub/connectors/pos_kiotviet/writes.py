"""What is given back to KiotViet: creates, whole-record updates, deletes; one receipt each.

Belongs here: read-modify-write and its receipts. Does not: field names (mapping), planning (flow).
A create has no idempotency there: when its outcome is not known the receipt says so and nothing is repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import tzinfo

from hub.connectors.kit.resend import Lost, again, arrived, holds, until_it_stands
from hub.connectors.kit.results import checked, each, failed
from hub.connectors.kit.text import dump
from hub.connectors.pos_kiotviet.client import Api, record
from hub.connectors.pos_kiotviet.mapping import COPIED, changed_at, group_names, to_vendor
from hub.errors import AuthError, HubError, PermanentError, UnknownOutcome
from hub.model import Json, Receipt, Write

BLANK: Mapping[str, Json] = {
    "name": "-",
    "contactNumber": "",
    "subNumber": "",
    "email": "",
    "address": "",
    "locationName": "",
    "wardName": "",
    "comments": "",
    "taxCode": "",
    "organization": "",
    "IdentificationNumber": "",
    "birthDate": None,
    "gender": None,
}
"""What a forgotten customer is overwritten with, because old documents keep showing a deleted one."""


class Writer:
    """Writes of one connection. mark_in: where a create's mark goes, `code`, `comments` or `none`."""

    def __init__(self, api: Api, local: tzinfo, mark_in: str) -> None:
        self._api, self._local, self._mark_in = api, local, mark_in
        self._group_ids: dict[str, int] | None = None

    def write(self, writes: Sequence[Write]) -> Iterator[Receipt]:
        """One receipt per write, in order."""
        return each(writes, self._one)

    def forget(self, source_id: str) -> Receipt:
        """Overwrite the personal fields, then delete; a customer that is gone already counts as done."""
        write = Write("delete", "", source_id, {}, {}, f"forget:{source_id}")
        try:
            fresh = self._api.customer(source_id)
            if fresh is not None:
                body = {**to_vendor({}, fresh), **BLANK}
                with suppress(PermanentError):  # a refused overwrite must not keep the deletion back
                    until_it_stands(lambda: self._put(source_id, body), lambda: self._standing(source_id, body))
                self._api.delete(source_id)
        except HubError as error:
            return failed(write, error)
        return Receipt(write.key, "acked", source_id)

    def _one(self, write: Write) -> Receipt:
        if write.action == "create":
            return self._create(write)
        if write.action not in ("update", "delete") or write.target is None:
            raise PermanentError(f"KiotViet cannot {write.action}", code="unsupported")
        if write.action == "delete":
            return self._delete(write, write.target)
        return self._update(write, write.target)

    def _delete(self, write: Write, target: str) -> Receipt:
        return self._api.patiently(lambda: self._deleted(write, target))

    def _deleted(self, write: Write, target: str) -> Receipt:
        fresh = self._api.customer(target)
        ended = checked(write, dump(fresh)) if fresh is not None else None
        if ended is not None:
            return ended
        self._api.delete(target, once=True)
        return Receipt(write.key, "acked", target)

    def _create(self, write: Write) -> Receipt:
        body = to_vendor(write.fields, {})
        if not body.get("name"):
            raise PermanentError("KiotViet needs a name", code="needs.full_name")
        if write.mark and self._mark_in == "code":
            body["code"] = write.mark
        elif write.mark and self._mark_in == "comments":
            body["comments"] = "\n".join(filter(None, [body.get("comments"), write.mark]))
        made = record(self._api.create(body))
        if made is None:
            return Receipt(write.key, "unknown", reason="no_id")
        return self._acked(write, made)

    def _update(self, write: Write, target: str) -> Receipt:
        return again(self._api.patiently, lambda lost: self._rewritten(write, target, lost))

    def _rewritten(self, write: Write, target: str, lost: list[Lost]) -> Receipt | None:
        """Read, check, write the whole record."""
        fresh = self._fresh(target, lost=bool(lost))
        if arrived(lost, to_vendor({}, fresh)):
            return self._acked(write, fresh)
        ended = checked(write, dump(fresh))
        if ended is not None:
            return ended
        body = {**to_vendor(write.fields, fresh), **self._groups(fresh)}
        try:
            return self._acked(write, self._put(target, body, once=True))
        except UnknownOutcome:
            lost.append((to_vendor({}, fresh), {key: body[key] for key in body if key in COPIED}))
            return None

    def _fresh(self, target: str, *, lost: bool) -> Mapping[str, Json]:
        """The record as it stands. lost: a write is on its way whose answer never came, so silence now says nothing of it."""
        try:
            fresh = self._api.customer(target)
        except HubError as error:
            if lost and not isinstance(error, AuthError):
                raise UnknownOutcome(f"update {target}: no answer, and it cannot be read back") from None
            raise
        if fresh is None:
            raise PermanentError("the customer is gone at KiotViet", code="not_found")
        return fresh

    def _put(self, target: str, body: Mapping[str, Json], *, once: bool = False) -> Mapping[str, Json]:
        """The record after an update: out of the answer, else read back."""
        told = record(self._api.update(target, body, once=once))
        return told if told and str(told["id"]) == target else (self._api.customer(target) or {"id": target})

    def _standing(self, target: str, body: Mapping[str, Json]) -> Mapping[str, Json] | None:
        """The record, if it bears what was sent by a request whose answer never came."""
        fresh = self._api.customer(target)
        sent = {key: body[key] for key in body if key in COPIED}
        return fresh if fresh and holds(to_vendor({}, fresh), sent) else None

    def _acked(self, write: Write, made: Mapping[str, Json]) -> Receipt:
        return Receipt(write.key, "acked", str(made["id"]), dump(made), updated_at=changed_at(made, self._local))

    def _groups(self, fresh: Mapping[str, Json]) -> dict[str, Json]:
        """The groups a customer is in, repeated so that an update cannot take them away."""
        details = fresh.get("customerGroupDetails")
        if isinstance(details, list) and details:
            return {"groupIds": [row["groupId"] for row in details if isinstance(row, dict) and "groupId" in row]}
        names = group_names(fresh.get("groups"))
        if not names:
            return {}
        if self._group_ids is None:
            self._group_ids = dict(self._api.groups())
        if any(name not in self._group_ids for name in names):
            raise PermanentError("a group of this customer is not in the list of groups", code="would_lose_groups")
        return {"groupIds": [self._group_ids[name] for name in names]}
