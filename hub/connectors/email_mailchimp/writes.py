"""What is given back to Mailchimp: new members in batches, partial updates, tags, unsubscribing, archiving.

Belongs here: order of requests and receipts. Does not: field names (mapping), planning (flow).
Nobody is ever subscribed again: a status is sent for new members only, and for a withdrawal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from hub.connectors.email_mailchimp.client import Api, reason
from hub.connectors.email_mailchimp.mapping import changed_at, consent, member_hash, to_vendor
from hub.connectors.kit.answers import Answer
from hub.connectors.kit.halving import halved
from hub.connectors.kit.resend import Lost, again, arrived, holds, until_it_stands
from hub.connectors.kit.results import checked, each, failed
from hub.connectors.kit.text import dump
from hub.errors import AuthError, HubError, PermanentError, TransientError, UnknownOutcome
from hub.model import Json, Receipt, Write

NAME = frozenset({"FNAME", "LNAME"})
EXISTS = "ERROR_CONTACT_EXISTS"
WITHDRAWN = frozenset({"withdrawn", "refused"})


class Writer:
    """Writes of one connection."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def write(self, writes: Sequence[Write]) -> Iterator[Receipt]:
        """One receipt per write: creates in one request, then the others one by one."""
        creates = [write for write in writes if write.action == "create"]
        bodies: list[tuple[Write, dict[str, Json]]] = []
        for write in creates:
            try:
                bodies.append((write, self._new(write)))
            except AuthError:
                raise
            except HubError as error:
                yield failed(write, error)
        yield from halved(bodies, lambda prepared: prepared[0], self._add)
        yield from each([write for write in writes if write.action != "create"], self._one)

    def forget(self, source_id: str) -> Receipt:
        """Erase one member for good."""
        write = Write("delete", "", source_id, {}, {}, f"forget:{source_id}")
        try:
            self._api.erase(source_id)
        except HubError as error:
            return failed(write, error)
        return Receipt(write.key, "acked", source_id)

    def _new(self, write: Write) -> dict[str, Json]:
        body = self._body(write, {})
        if not body.get("email_address"):
            raise PermanentError("Mailchimp needs an e-mail", code="needs.email")
        if consent(write.fields) in WITHDRAWN:
            body["status_if_new"] = "unsubscribed"
        return body

    def _body(self, write: Write, known: Mapping[str, Json]) -> dict[str, Json]:
        """The body, if this audience has the merge fields that it needs."""
        body = to_vendor(write.fields, known)
        lacking = set(body.get("merge_fields", {})) - set(self._api.merge_fields())
        if lacking:
            raise PermanentError(
                f"the audience has no merge field {', '.join(sorted(lacking))}", code="unwritable.merge_field"
            )
        return body

    def _add(self, bodies: Sequence[tuple[Write, dict[str, Json]]]) -> Iterator[Receipt]:
        """New members in one request. Who is there already is updated one by one, the status left alone."""
        try:
            told = _by_email(self._api.add([_as_new(body) for _, body in bodies]))
        except TransientError as error:
            yield from (failed(write, error) for write, _ in bodies)
            return
        merged = {write.key: body for write, body in bodies}
        existing = [write for write, body in bodies if _exists(told.get(_key(body)))]
        for write, body in bodies:
            if not _exists(told.get(_key(body))):
                yield self._added(write, told.get(_key(body)))
        yield from each(existing, lambda write: self._upsert(write, merged[write.key]))

    def _added(self, write: Write, result: Mapping[str, Json] | None) -> Receipt:
        if result is None:
            return Receipt(write.key, "unknown", reason="bad_answer")
        if "error" in result:
            return Receipt(write.key, "rejected", reason=_refusal(result))
        try:
            self._tag(str(result["id"]), write)
        except HubError:
            return Receipt(write.key, "unknown", str(result["id"]), reason="tags")
        return _acked(write, result)

    def _upsert(self, write: Write, body: Mapping[str, Json]) -> Receipt:
        """A member who is there already gets what they lack; one of another name is somebody else and is left alone."""
        member = member_hash(str(body["email_address"]))
        told = again(self._api.patiently, lambda lost: self._filled(write, member, body, lost))
        if told.outcome == "acked":
            self._tag(member, write)
        return told

    def _filled(self, write: Write, member: str, body: Mapping[str, Json], lost: list[Lost]) -> Receipt | None:
        fresh = self._api.member(member)
        if fresh is None:
            return self._sent(write, lost, {}, body, lambda: self._api.upsert(member, body, once=True))
        wish = _lacking(fresh, body)
        if wish is None:
            return Receipt(write.key, "rejected", reason="duplicate.email")
        if not wish:
            return _acked(write, fresh)
        return self._sent(write, lost, fresh, wish, lambda: self._api.patch(member, wish, once=True))

    def _one(self, write: Write) -> Receipt:
        if write.target is None or write.action not in ("update", "deactivate", "delete"):
            raise PermanentError(f"Mailchimp cannot {write.action}", code="unsupported")
        target = write.target
        if write.action == "delete":
            return again(self._api.patiently, lambda _: self._archived(write, target))
        body = self._body(write, {"id": target})
        if write.action == "deactivate" or consent(write.fields) in WITHDRAWN:
            body["status"] = "unsubscribed"
        told = again(self._api.patiently, lambda lost: self._patched(write, target, body, lost))
        if told.outcome == "acked" and told.reason is None:
            self._tag(str(told.source_id), write)
        return told

    def _archived(self, write: Write, target: str) -> Receipt:
        fresh = self._api.member(target)
        ended = checked(write, dump(fresh)) if fresh is not None else None
        if ended is None:
            self._api.archive(target, once=True)
        return ended or Receipt(write.key, "acked", target)

    def _patched(self, write: Write, target: str, body: Mapping[str, Json], lost: list[Lost]) -> Receipt | None:
        """Read, check, update what the body names."""
        fresh = self._fresh(target, body if lost else {})
        if arrived(lost, fresh):
            return _acked(write, fresh)
        if not fresh.get("status"):
            raise PermanentError("the member is gone at Mailchimp", code="not_found")
        ended = checked(write, dump(fresh))
        if ended is not None or not body:
            return ended or _acked(write, fresh)
        return self._sent(write, lost, fresh, body, lambda: self._api.patch(target, body, once=True))

    def _fresh(self, target: str, body: Mapping[str, Json]) -> Mapping[str, Json]:
        """The member as it stands; after a move that may have happened, under its new address."""
        moved = member_hash(str(body["email_address"])) if body.get("email_address") else target
        found = self._api.member(moved)
        found = self._api.member(target) if found is None and moved != target else found
        return found if found is not None else {"id": target}

    def _sent(
        self,
        write: Write,
        lost: list[Lost],
        stood: Mapping[str, Json],
        body: Mapping[str, Json],
        send: Callable[[], Answer],
    ) -> Receipt | None:
        try:
            answer = send()
        except UnknownOutcome:
            lost.append((stood, body))
            return None
        return _acked(write, _told(answer, str(stood.get("id") or member_hash(str(body.get("email_address", ""))))))

    def _tag(self, member: str, write: Write) -> None:
        """Set the tags wished for, take off those that were known and are wished no more."""
        if "tags" not in write.fields:
            return
        wished, known = _names(write.fields.get("tags")), _names(write.known.get("tags"))
        changes = [{"name": name, "status": "active"} for name in wished if name not in known]
        changes += [{"name": name, "status": "inactive"} for name in known if name not in wished]
        if changes:
            until_it_stands(lambda: self._tagged(member, changes), lambda: self._bears(member, wished, known))

    def _tagged(self, member: str, changes: Sequence[Mapping[str, str]]) -> bool:
        self._api.tag(member, changes)
        return True

    def _bears(self, member: str, wished: Sequence[str], known: Sequence[str]) -> bool | None:
        """True when the member bears all wished tags and none of those to be taken off."""
        fresh = self._api.member(member) or {}
        tags = {str(tag.get("name")) for tag in fresh.get("tags") or [] if isinstance(tag, Mapping)}
        return True if set(wished) <= tags and not tags & (set(known) - set(wished)) else None


def _lacking(fresh: Mapping[str, Json], body: Mapping[str, Json]) -> dict[str, Json] | None:
    """The merge fields of a wish that a member has nothing in; None when the member bears another name."""
    there = fresh.get("merge_fields")
    held = {tag: value for tag, value in there.items() if value} if isinstance(there, Mapping) else {}
    wish = body.get("merge_fields", {})
    if NAME & set(held) & set(wish) and not holds(
        {tag: held.get(tag) for tag in NAME}, {tag: wish.get(tag) for tag in NAME}
    ):
        return None
    lacking = {tag: value for tag, value in wish.items() if tag not in held and value}
    return {"merge_fields": lacking} if lacking else {}


def _told(answer: Answer, member: str) -> Mapping[str, Json]:
    return answer.data if isinstance(answer.data, Mapping) and answer.data.get("id") else {"id": member}


def _as_new(body: Mapping[str, Json]) -> dict[str, Json]:
    """An item of a batch of new members: they take `status`, which touches nobody because existing ones are refused."""
    rest = {key: value for key, value in body.items() if key != "status_if_new"}
    return {**rest, "status": body["status_if_new"]}


def _key(body: Mapping[str, Json]) -> str:
    return str(body["email_address"]).strip().lower()


def _by_email(answer: Mapping[str, Json]) -> dict[str, Mapping[str, Json]]:
    """Result per small-lettered e-mail: the member, or an error with `error`."""
    found: dict[str, Mapping[str, Json]] = {}
    for part in ("new_members", "updated_members", "errors"):
        rows = answer.get(part)
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, Mapping) and (row.get("id") or "error" in row):
                found[str(row.get("email_address", "")).strip().lower()] = row
    return found


def _exists(result: Mapping[str, Json] | None) -> bool:
    """Whether an item was refused because the member is there already (told by code, in old answers by sentence)."""
    if result is None or "error" not in result:
        return False
    return result.get("error_code") == EXISTS or "already a list member" in str(result["error"]).lower()


def _refusal(result: Mapping[str, Json]) -> str:
    """A stable code; the error's sentence may quote the address and is not kept."""
    if "compliance" in str(result.get("error", "")).lower():
        return "withdrawn_there"
    return reason(str(result.get("title", "")))


def _acked(write: Write, member: Mapping[str, Json]) -> Receipt:
    kept = {
        key: value for key, value in member.items() if key not in ("_links", "stats", "location", "ip_signup", "ip_opt")
    }
    return Receipt(write.key, "acked", str(member["id"]), dump(kept), updated_at=changed_at(member))


def _names(value: Json) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
