"""What is given back to WooCommerce: batches of creates and partial updates, deletes; one receipt each.

Belongs here: batching and receipts. Does not: field names (mapping), planning (flow).
A create that may have happened is `unknown`: an account's e-mail is unique there, so the caller looks it up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hub.connectors.kit.results import each, failed
from hub.connectors.kit.text import dump
from hub.connectors.shop_woocommerce.client import Api, reason
from hub.connectors.shop_woocommerce.mapping import GUEST, changed_at, to_vendor
from hub.errors import AuthError, HubError, PermanentError
from hub.model import Json, Receipt, Write


class Writer:
    """Writes of one connection."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def write(self, writes: Sequence[Write]) -> Iterator[Receipt]:
        """One receipt per write: updates, creates, then deletes."""
        for kind in ("update", "create"):
            ready: list[tuple[Write, dict[str, Json]]] = []
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
        self._api.delete(write.target)
        return Receipt(write.key, "acked", write.target)

    def _batch(self, kind: str, ready: Sequence[tuple[Write, dict[str, Json]]]) -> Iterator[Receipt]:
        if not ready:
            return
        try:
            results = self._api.batch(kind, [body for _, body in ready])
        except AuthError:
            raise
        except HubError as error:
            yield from (failed(write, error) for write, _ in ready)
            return
        for n, (write, _) in enumerate(ready):
            yield _receipt(write, results[n] if len(results) == len(ready) else None)


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
