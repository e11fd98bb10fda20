"""What is given back to WooCommerce: batches of creates and partial updates, deletes; one receipt each.

Belongs here: batching and receipts. Does not: field names (mapping), planning (flow).
A create that may have happened is `unknown`: an account's e-mail is unique there, so the caller looks it up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hub.connectors.kit.resend import TRIES, holds
from hub.connectors.kit.results import checked, each, failed
from hub.connectors.kit.text import dump
from hub.connectors.shop_woocommerce.client import PAGE, Api, reason
from hub.connectors.shop_woocommerce.mapping import GUEST, changed_at, to_vendor
from hub.errors import AuthError, HubError, PermanentError, UnknownOutcome
from hub.model import Json, Receipt, Write

Prepared = tuple[Write, dict[str, Json]]
"""A write and its body."""


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
            yield from self._batch(kind, ready)
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
        _account(write.target)
        fresh = self._api.customer(write.target)
        ended = checked(write, dump(fresh)) if fresh else None
        if ended is not None:
            return ended
        self._api.delete(write.target)
        return Receipt(write.key, "acked", write.target)

    def _batch(self, kind: str, ready: Sequence[Prepared]) -> Iterator[Receipt]:
        """One request; updates whose answer never came are looked up, and those that do not stand are sent again."""
        left = list(ready)
        for _ in range(TRIES):
            if not left:
                return
            receipts, left = self._round(kind, left)
            yield from receipts
        yield from (Receipt(write.key, "unknown", write.target, reason="unknown") for write, _ in left)

    def _round(self, kind: str, ready: Sequence[Prepared]) -> tuple[list[Receipt], list[Prepared]]:
        """The receipts of one request, and the updates that certainly do not stand and may be sent again."""
        ended: list[Receipt] = []
        try:
            if kind == "update":
                ended, ready = self._checked(ready)
            return ended + (self._results(kind, ready) if ready else []), []
        except AuthError:
            raise
        except UnknownOutcome as error:
            if kind == "update":
                done, left = self._looked_up(ready, error)
                return ended + done, left
            return [failed(write, error) for write, _ in ready], []
        except HubError as error:
            return ended + [failed(write, error) for write, _ in ready], []

    def _checked(self, ready: Sequence[Prepared]) -> tuple[list[Receipt], list[Prepared]]:
        """Read the accounts in one request, just before they are written; those that may not be written get their receipt."""
        standing = self._standing([body["id"] for _, body in ready])
        found = {
            write.key: checked(write, dump(standing[body["id"]])) for write, body in ready if body["id"] in standing
        }
        ended = [receipt for receipt in found.values() if receipt is not None]
        return ended, [one for one in ready if found.get(one[0].key) is None]

    def _looked_up(self, ready: Sequence[Prepared], lost: UnknownOutcome) -> tuple[list[Receipt], list[Prepared]]:
        try:
            standing = self._standing([body["id"] for _, body in ready])
        except HubError:
            return [failed(write, lost) for write, _ in ready], []
        done = [(write, standing[body["id"]]) for write, body in ready if holds(standing.get(body["id"]), body)]
        keys = {write.key for write, _ in done}
        return [_receipt(write, row) for write, row in done], [one for one in ready if one[0].key not in keys]

    def _results(self, kind: str, ready: Sequence[Prepared]) -> list[Receipt]:
        results = self._api.batch(kind, [body for _, body in ready])
        fits = len(results) == len(ready)
        return [_receipt(write, results[n] if fits else None) for n, (write, _) in enumerate(ready)]

    def _standing(self, ids: Sequence[Json]) -> dict[Json, Mapping[str, Json]]:
        """The accounts as they stand now, by number."""
        _, rows = self._api.rows("/customers", {"role": "all", "include": list(ids), "per_page": PAGE})
        return {row.get("id"): row for row in rows}


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
