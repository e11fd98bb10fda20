"""Mailchimp's Marketing API 3.0: address out of the key, credentials, error bodies.

Belongs here: how to ask. Does not: what members mean (mapping), windows and cursors (reads), writes (writes).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from hub.connectors.kit.answers import Answer
from hub.connectors.kit.auth import Basic
from hub.connectors.kit.http import HttpClient
from hub.connectors.kit.limits import Limiter, shared
from hub.connectors.kit.options import needed, path, web_address
from hub.connectors.kit.patience import Waiting
from hub.connectors.kit.port import Context
from hub.errors import ConfigError, HubError, PermanentError, TransientError
from hub.model import Json

T = TypeVar("T")
PAGE = 1000
BATCH = 500
AT_ONCE = 4
"""Connections that write side by side: well below the ten that Mailchimp allows for one key."""
_CENTRE = re.compile(r"-([a-z]{2,4}[0-9]{1,4})$")
UNASKED = "_links,members._links,members.stats,members.location,members.ip_signup,members.ip_opt,members.member_rating"
"""Left out of members: links, statistics and places, which nobody here needs and which change by themselves."""
REASONS = {
    "member exists": "duplicate.email",
    "forgotten email not subscribed": "forgotten_there",
    "member in compliance state": "withdrawn_there",
    "invalid resource": "rejected",
    "resource not found": "not_found",
}
"""Stable codes for the titles of Mailchimp's problem documents."""


class Api:
    """One audience. Not thread safe."""

    def __init__(self, context: Context) -> None:
        key = needed(context, "api_key")
        self._list = needed(context, "audience")
        base = web_address(context, "base_url", None if context.options.get("base_url") else _address(context, key))
        told = shared(f"{base}/{hashlib.sha256(key.encode()).hexdigest()}", lambda: Limiter(None))
        waiting = Waiting.of(context)
        self._client = HttpClient(base, Basic("hub", key), limiter=told, classify=classify, waiting=waiting)
        self._fields: dict[str, Mapping[str, Json]] | None = None

    def members(self, params: Mapping[str, object]) -> Answer:
        """One page of members; its envelope is checked."""
        asked = {"exclude_fields": UNASKED, **params}
        answer = self._client.get("/lists/{list}/members", args={"list": self._list}, params=asked)
        if not isinstance(answer.data, Mapping) or not isinstance(answer.data.get("members"), list):
            raise TransientError("GET /lists/{list}/members: not the shape of a list", code="bad_answer")
        return answer

    def member(self, member: str) -> Mapping[str, Json] | None:
        """One member by hash, None when there is none."""
        try:
            asked = {"exclude_fields": UNASKED.replace("members.", "")}
            answer = self._client.get("/lists/{list}/members/{id}", args=self._args(member), params=asked)
        except PermanentError as error:
            if error.code == "not_found":
                return None
            raise
        return answer.data if isinstance(answer.data, Mapping) else None

    def audience(self) -> Answer:
        """The audience itself: the cheapest request that proves key and audience."""
        return self._client.get("/lists/{list}", args={"list": self._list}, params={"fields": "id"})

    def merge_fields(self) -> Mapping[str, Mapping[str, Json]]:
        """Tag → definition of the audience's merge fields; asked once."""
        if self._fields is None:
            asked = {"count": PAGE, "exclude_fields": "_links,merge_fields._links"}
            answer = self._client.get("/lists/{list}/merge-fields", args={"list": self._list}, params=asked)
            rows = answer.data.get("merge_fields") if isinstance(answer.data, Mapping) else None
            self._fields = {str(row.get("tag")): row for row in rows or [] if isinstance(row, Mapping)}
        return self._fields

    def upsert(self, member: str, body: Mapping[str, Json], *, once: bool = False) -> Answer:
        """Create or update one member; UnknownOutcome when it may have happened. once: see `patiently`."""
        return self._write("PUT", member, body, once)

    def patch(self, member: str, body: Mapping[str, Json], *, once: bool = False) -> Answer:
        """Update what `body` names; UnknownOutcome when it may have happened. once: see `patiently`."""
        return self._write("PATCH", member, body, once)

    def patiently(self, work: Callable[[], T]) -> T:
        """Work that ends in a write told to go `once`, from its beginning again when that was refused for now."""
        return self._client.patiently(work)

    def add(self, members: Sequence[Mapping[str, Json]]) -> Mapping[str, Json]:
        """Add up to 500 new members in one request; those who are there already come back as errors, untouched."""
        body = {"members": list(members), "update_existing": False}
        asked = {"skip_merge_validation": True}
        answer = self._client.send(
            "POST", "/lists/{list}", args={"list": self._list}, params=asked, json=body, idempotent=True
        )
        return answer.data if isinstance(answer.data, Mapping) else {}

    def tag(self, member: str, tags: Sequence[Mapping[str, str]]) -> None:
        """Set and take off tags; UnknownOutcome when it may have happened."""
        place = "/lists/{list}/members/{id}/tags"
        self._client.send("POST", place, args=self._args(member), json={"tags": list(tags)}, idempotent=False)

    def archive(self, member: str, *, once: bool = False) -> None:
        """Archive a member; one that is gone already is fine. once: see `patiently`."""
        self._gone("DELETE", "/lists/{list}/members/{id}", member, once=once)

    def erase(self, member: str) -> None:
        """Erase a member for good; Mailchimp refuses the address from then on."""
        self._gone("POST", "/lists/{list}/members/{id}/actions/delete-permanent", member)

    def close(self) -> None:
        """Close the sockets."""
        self._client.close()

    def _write(self, method: str, member: str, body: Mapping[str, Json], once: bool) -> Answer:
        place, asked = "/lists/{list}/members/{id}", {"skip_merge_validation": True}
        args = self._args(member)
        return self._client.send(method, place, args=args, params=asked, json=body, idempotent=False, once=once)

    def _gone(self, method: str, place: str, member: str, *, once: bool = False) -> None:
        try:
            self._client.send(method, place, args=self._args(member), idempotent=True, once=once)
        except PermanentError as error:
            if error.code != "not_found":
                raise

    def _args(self, member: str) -> dict[str, object]:
        return {"list": self._list, "id": member}


def classify(answer: Answer) -> HubError | None:
    """Reads the title of a problem document; 401, 403, 429 and 5xx stay with their status."""
    title = answer.data.get("title") if isinstance(answer.data, Mapping) and answer.status >= 400 else None
    if not isinstance(title, str) or answer.status not in (400, 404, 405, 409, 422):
        return None
    return PermanentError(f"{answer.label} answered {answer.status}", code=reason(title))


def reason(title: str) -> str:
    """The stable code for the title of an error."""
    return REASONS.get(title.strip().lower(), "rejected")


def _address(context: Context, key: str) -> str:
    match = _CENTRE.search(key)
    if not match:
        hint = "it looks like …-us19"
        raise ConfigError("the key does not end with its data centre", path=path(context, "api_key"), hint=hint)
    return f"https://{match[1]}.api.mailchimp.com/3.0"
