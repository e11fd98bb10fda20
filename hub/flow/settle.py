"""Settle: find out what became of writes whose answer never came, before anything is sent again.

Belongs here: reading back and judging. Does not: sending (push.py), planning (plan.py).
An update is read back by its id; a create is looked for by its mark, else by every phone and e-mail it carried, and each
candidate is compared exactly (the first hit of a fuzzy search is never trusted). What cannot be found out now stays open and
blocks nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from hub.connectors.kit.port import Found
from hub.errors import AuthError, HubError, TransientError
from hub.flow import marks, values
from hub.flow.canonical import canonical_docs
from hub.flow.outlet import Outlet
from hub.flow.receipts import keep
from hub.model import Json, RawRecord, Receipt
from hub.store import plans as table

LOOKED_UP = ("email", "phone", "code")
IN_A_ROW = 3
"""Questions without an answer, one after another, after which the system is taken to be down."""


def settle(outlet: Outlet) -> None:
    """Give every open outcome of a destination its result: acked when it stands there, else `retry` (planned anew)."""
    with outlet.store.read() as conn:
        open_items = table.pending(conn, outlet.name)
    silent = 0
    for item in open_items:
        try:
            receipt = _judge(outlet, item)
        except HubError as error:  # cannot be asked now: stays open, is asked again by the next run
            silent = silent + 1 if isinstance(error, TransientError | AuthError) else 0
            if silent == IN_A_ROW:
                return
            continue
        silent = 0
        if receipt is not None:
            keep(outlet, item, receipt)


def _judge(outlet: Outlet, item: Mapping[str, Any]) -> Receipt | None:
    """The result; None when nobody can tell: a create without anything to look it up by, and no key to repeat it with."""
    wanted = {
        name: new for name, (_, new) in orjson.loads(item["changes"]).items() if not name.startswith(values.GRANT)
    }
    mark = marks.split(item["known"])[1]
    candidates = _candidates(outlet, item)
    if candidates is None:
        return None
    for found in candidates:
        if _holds(found, wanted, mark, outlet):
            return Receipt(item["idempotency_key"], "acked", found.source_id, reason="read_back")
    return Receipt(item["idempotency_key"], "retry", reason="not_there")


def _candidates(outlet: Outlet, item: Mapping[str, Any]) -> Sequence[Found] | None:
    if item["target"] is not None:
        found = outlet.connection.read(item["target"])
        return [found] if found is not None else []
    sent, mark = marks.split(item["known"])
    if mark is not None and mark["in"] in outlet.capabilities.find_by:
        return outlet.connection.find(mark["in"], mark["text"])
    fields = [name for name in LOOKED_UP if name in outlet.capabilities.find_by and name in sent]
    if not fields and not outlet.capabilities.idempotency:
        return None
    return [found for name in fields for found in outlet.connection.find(name, str(sent[name]))]


def _holds(found: Found, wanted: Mapping[str, Json], mark: marks.Mark | None, outlet: Outlet) -> bool:
    """Whether a record read back bears the create's mark; without one, all that was to be written, in normal form."""
    payload = RawRecord(found.source_id, found.payload, found.updated_at)
    docs = canonical_docs(outlet.connection, [payload], outlet.region)
    if mark is not None:
        return any(marks.stands(doc, mark) for doc in docs)
    return any(
        all(
            value in values.carried(doc, name)
            if name in ("phone", "email")
            else values.equal(values.held(doc, name), value)
            for name, value in wanted.items()
        )
        for doc in docs
    )
