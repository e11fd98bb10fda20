"""Receipts: what becomes of one write in the ledger, the plan's item and what was last acknowledged.

Belongs here: keeping one result. Does not: sending (send.py), reading back (settle.py).
The ledger holds ids and digests only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from hub.flow import marks
from hub.flow.outlet import Outlet
from hub.model import Json, Receipt
from hub.store import plans as table
from hub.store.engine import StoreConnection
from hub.store.ledger import fulfil

STATES = {"create": "", "deactivate": "inactive", "delete": "deleted"}
"""What an acknowledged action makes of the record's state; an update leaves it."""


def keep(outlet: Outlet, item: Mapping[str, Any], receipt: Receipt) -> None:
    """Keep one result in a transaction of its own."""
    with outlet.store.begin() as conn:
        note(conn, outlet, item, receipt)


def note(conn: StoreConnection, outlet: Outlet, item: Mapping[str, Any], receipt: Receipt) -> None:
    """Note one result: ledger and item; on ack also what was acknowledged and, for a create or a new id, whose record it is."""
    target, at = receipt.source_id or item["target"], outlet.run.now()
    table.set_items(conn, item["plan_id"], {item["n"]: receipt.outcome})
    row = ledger_row(outlet, {**item, "target": target}, receipt.outcome, receipt.reason)
    table.add_deliveries(conn, [row])
    if receipt.outcome != "acked" or target is None:
        return
    if item["action"] == "update" and item["target"] not in (None, target):
        table.renamed(conn, outlet.name, outlet.source, item["target"], target, item["golden_id"], at)
    notes = orjson.loads(item["notes"] or "{}")
    table.acknowledge(
        conn,
        outlet.name,
        target,
        item["golden_id"],
        _fields(item),
        at,
        before=notes.get("before"),
        origin=notes.get("origin"),
        back=notes.get("back", ()),
        state=STATES.get(item["action"]),
    )
    if item["action"] == "create":
        table.belongs(conn, outlet.source, target, item["golden_id"], at)
        fulfil(conn, outlet.name, item["golden_id"], "recreate")


def _fields(item: Mapping[str, Any]) -> dict[str, Json]:
    """What stands there now by this write; of a record that was deleted nothing does."""
    if item["action"] == "delete":
        return {}
    fields = {name: new for name, (_, new) in orjson.loads(item["changes"]).items() if name != "status"}
    return marks.written(fields, marks.split(item["known"])[1])


def ledger_row(outlet: Outlet, item: Mapping[str, Any], state: str, reason: str | None = None) -> dict[str, Any]:
    """A row of the delivery ledger."""
    return {
        "plan_id": item["plan_id"],
        "n": item["n"],
        "destination": outlet.name,
        "golden_id": item["golden_id"],
        "target": item["target"],
        "action": item["action"],
        "idempotency_key": item["idempotency_key"],
        "state": state,
        "digest": hashlib.blake2b(item["known"].encode(), digest_size=16).hexdigest(),
        "reason": reason,
        "at": outlet.run.now(),
        "run_id": outlet.run.run_id,
    }
