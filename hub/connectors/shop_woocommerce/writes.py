"""What is given back to WooCommerce: batches of creates and partial updates, deletes; one receipt each.

Belongs here: batching and receipts. Does not: field names (mapping), planning (flow).
A create that may have happened is `unknown`: an account's e-mail is unique there, so the caller looks it up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hub.connectors.kit.halving import halved
from hub.connectors.kit.resend import Lost, again, arrived
from hub.connectors.kit.results import checked, each, failed
from hub.connectors.kit.text import dump
from hub.connectors.shop_woocommerce.client import PAGE, Api, reason
from hub.connectors.shop_woocommerce.mapping import GUEST, changed_at, to_vendor
from hub.errors import HubError, PermanentError, TransientError, UnknownOutcome
from hub.model import Json, Receipt, Write

Prepared = tuple[Write, dict[str, Json]]
"""A write and its body."""


@dataclass(slots=True)
class _Round:
    """Updates on their way: those that have no receipt yet, and the receipts."""

    left: list[Prepared]
    done: list[Receipt] = field(default_factory=list)


class Writer:
    """Writes of one connection."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def write(self, writes: Sequence[Write]) -> Iterator[Receipt]:
        """One receipt per write: updates, creates, then deletes."""
        for kind in ("update", "create"):
            ready: list[Prepared] = []
            for write in (one for one in writes if one.action == kind):
                try:
                    ready.append((write, _body(write)))
                except HubError as error:
                    yield failed(write, error)
            yield from halved(ready, _write_of, self._updated if kind == "update" else self._created)
        yield from each([one for one in writes if one.action not in ("update", "create")], self._delete)

    def forget(self, source_id: str) -> Receipt:
        """Delete one account for good; a guest's data stand inside orders, which this API cannot erase."""
        write = Write("delete", "", source_id, {}, {}, f"forget:{source_id}")
        try:
            return self._delete(write)
        except HubError as error:
            return failed(write, error)

    def _delete(self, write: Write) -> Receipt:
        if write.action != "delete" or write.target is None:
            raise PermanentError(f"WooCommerce cannot {write.action}", code="unsupported")
        target = str(_account(write.target))
        return again(self._api.patiently, lambda _: self._deleted(write, target))

    def _deleted(self, write: Write, target: str) -> Receipt:
        fresh = self._api.customer(target)
        ended = checked(write, dump(fresh)) if fresh else None
        if ended is None:
            self._api.delete(target, once=True)
        return ended or Receipt(write.key, "acked", target)

    def _created(self, ready: Sequence[Prepared]) -> list[Receipt]:
        try:
            return self._results("create", ready)
        except TransientError as error:
            return [failed(write, error) for write, _ in ready]

    def _updated(self, ready: Sequence[Prepared]) -> list[Receipt]:
        """One request. When its answer is lost, or a pause was asked for, the accounts are read and checked again."""
        round_ = _Round(list(ready))
        try:
            again(self._api.patiently, lambda lost: self._round(round_, lost))
        except TransientError as error:
            round_.done += [failed(write, error) for write, _ in round_.left]
        return round_.done

    def _round(self, one: _Round, lost: list[Lost]) -> bool | None:
        """Read, check, write those that are left; None when the answer was lost."""
        standing = self._standing([body["id"] for _, body in one.left])
        before, sent = lost[-1] if lost else ({}, {})
        for write, body in list(one.left):
            fresh, key = standing.get(body["id"]), str(body["id"])
            came = fresh is not None and arrived([(before[key], sent[key])] if key in sent else [], fresh)
            ended = _receipt(write, fresh) if came else checked(write, dump(fresh)) if fresh is not None else None
            if ended is not None:
                one.left.remove((write, body))
                one.done.append(ended)
        if not one.left:
            return True
        try:
            one.done += self._results("update", one.left, once=True)
        except UnknownOutcome:
            bodies = {str(body["id"]): body for _, body in one.left}
            lost.append(({key: standing.get(int(key)) or {} for key in bodies}, bodies))
            return None
        one.left = []
        return True

    def _results(self, kind: str, ready: Sequence[Prepared], *, once: bool = False) -> list[Receipt]:
        results = self._api.batch(kind, [body for _, body in ready], once=once)
        fits = len(results) == len(ready)
        return [_receipt(write, results[n] if fits else None) for n, (write, _) in enumerate(ready)]

    def _standing(self, ids: Sequence[Json]) -> dict[Json, Mapping[str, Json]]:
        """The accounts as they stand now, by number."""
        _, rows = self._api.rows("/customers", {"role": "all", "include": list(ids), "per_page": PAGE})
        return {row.get("id"): row for row in rows}


def _write_of(prepared: Prepared) -> Write:
    return prepared[0]


def _body(write: Write) -> dict[str, Json]:
    if write.action == "create":
        body = to_vendor(write.fields, {})
        if not body.get("email"):
            raise PermanentError("WooCommerce needs an e-mail", code="needs.email")
        return body
    if write.target is None:
        raise PermanentError("an update needs the customer's id", code="unsupported")
    return {"id": _account(write.target), **to_vendor(write.fields, {"id": write.target})}


def _account(target: str) -> int:
    """The number of a registered customer; guests exist only inside orders and cannot be written."""
    if target.startswith(GUEST):
        raise PermanentError("guests have no account", code="unsupported.guest")
    if not target.isdigit():
        raise PermanentError("not the id of a customer", code="not_found")
    return int(target)


def _receipt(write: Write, result: Json) -> Receipt:
    """The receipt for one item of a batch; an answer that does not fit the request leaves the outcome unknown."""
    if not isinstance(result, Mapping):
        return Receipt(write.key, "unknown", write.target, reason="bad_answer")
    error = result.get("error")
    if isinstance(error, Mapping):
        return Receipt(write.key, "rejected", write.target, reason=reason(str(error.get("code"))))
    source_id = str(result["id"]) if result.get("id") else write.target
    if source_id is None or (write.target is not None and source_id != write.target):
        return Receipt(write.key, "unknown", write.target, reason="bad_answer")
    return Receipt(write.key, "acked", source_id, dump(result), updated_at=changed_at(result))
