"""Settle: find out what became of writes whose answer never came, before anything is sent again.

Belongs here: reading back and judging. Does not: sending (push.py), planning (plan.py).
An update is read back by its id; a create is looked for by its mark, else by every phone and e-mail it carried, and each
candidate is compared exactly (the first hit of a fuzzy search is never trusted). A record that came up after the write is
the create also when somebody has edited the rest since: its name and a contact, or two contacts, say so.
Where no look-up can say that it is not there, the records that came with later pulls are looked through, and only a complete
sweep after the write proves that it is not among them. What cannot be found out now stays open and blocks nothing else.
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
from hub.store import brought, ledger
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
    """The result; None while nobody can tell."""
    if item["action"] == "delete":
        return _deleted(outlet, item)
    wanted = {
        name: new for name, (_, new) in orjson.loads(item["changes"]).items() if not name.startswith(values.GRANT)
    }
    mark = marks.split(item["known"])[1]
    candidates = _candidates(outlet, item)
    holder = next((found for found in candidates if _holds(found, wanted, mark, outlet)), None)
    if holder is None and item["action"] == "create" and mark is None:
        holder = _edited(outlet, item, candidates, wanted)
    if holder is not None:
        return Receipt(item["idempotency_key"], "acked", holder.source_id, reason="read_back")
    if item["target"] is not None or _decisive(outlet, item, mark):
        return Receipt(item["idempotency_key"], "retry", reason="not_there")
    return _by_pulls(outlet, item, wanted, mark)


def _deleted(outlet: Outlet, item: Mapping[str, Any]) -> Receipt:
    """A record that is not there any more was taken out by the hub, not by somebody else: it may come again."""
    if outlet.connection.read(item["target"]) is None:
        return Receipt(item["idempotency_key"], "acked", item["target"], reason="read_back")
    return Receipt(item["idempotency_key"], "retry", reason="still_there")


def _decisive(outlet: Outlet, item: Mapping[str, Any], mark: marks.Mark | None) -> bool:
    """Whether a create that no look-up shows is not there: it has a key, or a mark or value that stands there once only."""
    able = outlet.capabilities
    if able.idempotency or (mark is not None and mark["in"] in able.find_by):
        return True
    return bool({name for name in LOOKED_UP if name in marks.split(item["known"])[0]} & able.find_by & able.unique)


def _by_pulls(
    outlet: Outlet, item: Mapping[str, Any], wanted: Mapping[str, Json], mark: marks.Mark | None
) -> Receipt | None:
    """What pulls since the write have brought: a new record that is it; none, when a sweep was complete; else nobody knows."""
    with outlet.store.read() as conn:
        sent_at = ledger.sent_at(conn, item["plan_id"], item["n"])
        came = list(brought.since(conn, outlet.source, sent_at))
        swept = brought.swept(conn, outlet.source)
    docs = {source_id: orjson.loads(doc) for source_id, doc in came}
    fits = [source_id for source_id, doc in docs.items() if _is(doc, wanted, mark, outlet)]
    fits += [source_id for source_id, doc in docs.items() if mark is None and _bears(doc, wanted)]
    if fits:
        return Receipt(item["idempotency_key"], "acked", fits[0], reason="read_back")
    over = swept is not None and swept > sent_at
    return Receipt(item["idempotency_key"], "retry", reason="not_there") if over else None


def _candidates(outlet: Outlet, item: Mapping[str, Any]) -> Sequence[Found]:
    if item["target"] is not None:
        found = outlet.connection.read(item["target"])
        return [found] if found is not None else _renamed(outlet, item)
    sent, mark = marks.split(item["known"])
    if mark is not None and mark["in"] in outlet.capabilities.find_by:
        return outlet.connection.find(mark["in"], mark["text"])
    fields = [name for name in LOOKED_UP if name in outlet.capabilities.find_by and name in sent]
    return [found for name in fields for found in outlet.connection.find(name, str(sent[name]))]


def _renamed(outlet: Outlet, item: Mapping[str, Any]) -> Sequence[Found]:
    """The record of an update that is gone under its id: a new e-mail makes a new id in some systems."""
    email = marks.split(item["known"])[0].get("email")
    named = item["action"] == "update" and email and "email" in outlet.capabilities.find_by
    return outlet.connection.find("email", str(email)) if named else []


def _holds(found: Found, wanted: Mapping[str, Json], mark: marks.Mark | None, outlet: Outlet) -> bool:
    payload = RawRecord(found.source_id, found.payload, found.updated_at)
    return any(_is(doc, wanted, mark, outlet) for doc in canonical_docs(outlet.connection, [payload], outlet.region))


def _edited(
    outlet: Outlet, item: Mapping[str, Any], candidates: Sequence[Found], wanted: Mapping[str, Json]
) -> Found | None:
    """The candidate that is the create, edited since: none that the hub knew before the write."""
    with outlet.store.read() as conn:
        sent_at = ledger.sent_at(conn, item["plan_id"], item["n"])
        known = brought.before(conn, outlet.source, [found.source_id for found in candidates], sent_at)
    for found in candidates:
        payload = RawRecord(found.source_id, found.payload, found.updated_at)
        docs = canonical_docs(outlet.connection, [payload], outlet.region)
        if found.source_id not in known and any(_bears(doc, wanted) for doc in docs):
            return found
    return None


def _bears(doc: Mapping[str, Json], wanted: Mapping[str, Json]) -> bool:
    """Whether a record bears the name and a phone or e-mail that were to be written, or both a phone and an e-mail."""
    stood = [name for name in ("phone", "email") if name in wanted and wanted[name] in values.carried(doc, name)]
    name = wanted.get("full_name")
    named = name is not None and values.equal(values.held(doc, "full_name"), name)
    return len(stood) > 1 or (bool(stood) and named)


def _is(doc: Mapping[str, Json], wanted: Mapping[str, Json], mark: marks.Mark | None, outlet: Outlet) -> bool:
    """Whether a record bears the create's mark; without one, all that was to be written, in normal form."""
    if mark is not None:
        return marks.stands(doc, mark)
    return all(
        value in values.carried(doc, name)
        if name in ("phone", "email")
        else values.equal(values.held(doc, name), value) or (name == "address" and _same_place(doc, value, outlet))
        for name, value in wanted.items()
    )


def _same_place(doc: Mapping[str, Json], value: Json, outlet: Outlet) -> bool:
    """Whether an address stands there as far as the system keeps one."""
    pair = [
        values.kept("address", one, outlet.capabilities, outlet.region) for one in (values.held(doc, "address"), value)
    ]
    return values.equal(*pair)
