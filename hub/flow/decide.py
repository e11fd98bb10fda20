"""Decide: for one destination, what each record there should get, or why not.

Belongs here: ownership of fields, consent, duplicates at the destination, creates. Does not: storing (plan.py), sending.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import orjson

from hub.connectors.kit.port import Capabilities
from hub.flow import marks, values
from hub.flow.consent import allowed, grants, reached
from hub.flow.outlet import Outlet
from hub.model import CUSTOMER_KINDS, Json
from hub.settings import Destination, Settings
from hub.store import holds
from hub.store import plans as table
from hub.store.engine import StoreConnection

WRITES = ("create", "update", "deactivate", "delete")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a plan. changes: field → [old, new], both in normal form; reason for blocked and conflict."""

    action: str
    golden_id: str
    target: str | None
    changes: Mapping[str, Sequence[Json]]
    send: Mapping[str, Json]
    reason: str | None = None

    def key(self, destination: str) -> str:
        """The idempotency key: the same wish for the same record has the same key, on every try and in every plan."""
        return hashlib.sha256(
            table.text([destination, self.action, self.golden_id, self.target, self.send]).encode()
        ).hexdigest()[:32]


def basis_of(destination: str, items: Sequence[Item]) -> str:
    """Digest of what a plan would write; another digest at the time of applying means that it is stale."""
    keys = sorted(item.key(destination) for item in items if item.action in WRITES)
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()


def decide(conn: StoreConnection, outlet: Outlet) -> tuple[list[Item], int]:
    """All lines of a plan for this destination as of now, and how many records need nothing."""
    destination, capabilities, source = outlet.destination, outlet.capabilities, outlet.source
    refused = table.rejected_keys(conn, destination.name)
    items: list[Item] = []
    noops = 0
    judge = Judge(outlet.settings, destination, capabilities)
    for _, group in groupby(table.held_there(conn, source, destination.name), key=lambda row: row["golden_id"]):
        for item in judge.present(list(group)):
            items += [item] if item else []
            noops += item is None
    if destination.mode in ("upsert", "mirror", "append") and "create" in capabilities.writes:
        complete = destination.source is None or table.source_complete(conn, source)
        items += [
            item for row in table.absent_there(conn, source, destination.name) for item in judge.absent(row, complete)
        ]
    open_ones = {(row["golden_id"], row["target"]) for row in table.pending(conn, destination.name)}
    held = holds.held(conn)
    items = [_unless_held(_unless_open(item, open_ones), held) for item in items]
    return [_unless_refused(item, refused, destination.name) for item in items], noops


def _unless_open(item: Item, open_ones: Set[tuple[str, str | None]]) -> Item:
    """Nothing is sent again while nobody knows what became of the last write for that record."""
    if item.action not in WRITES or (item.golden_id, item.target) not in open_ones:
        return item
    return Item("blocked", item.golden_id, item.target, item.changes, item.send, "outcome_unknown")


def _unless_held(item: Item, held: Set[str]) -> Item:
    """Nothing is written about a customer on hold."""
    if item.action not in WRITES or item.golden_id not in held:
        return item
    return Item("blocked", item.golden_id, item.target, item.changes, item.send, "hold")


def _unless_refused(item: Item, refused: Mapping[str, str], destination: str) -> Item:
    reason = refused.get(item.key(destination)) if item.action in WRITES else None
    if reason is None:
        return item
    return Item("blocked", item.golden_id, item.target, item.changes, item.send, f"rejected:{reason}")


class Judge:
    """Decides for one destination, customer by customer."""

    def __init__(self, settings: Settings, destination: Destination, capabilities: Capabilities) -> None:
        self.settings, self.destination, self.capabilities = settings, destination, capabilities
        self.fields = {name: owner for name, owner in destination.fields.items() if name in capabilities.write_fields}

    def _may(self, golden: Mapping[str, Json], kind: str, held: Mapping[str, Json] | None = None) -> str | None:
        """None when the customer may be written there; "" when they are not meant; else the reason of the block.

        held: the record there, whose address is asked about before the golden one.
        """
        if kind not in CUSTOMER_KINDS or not all(
            _fits(golden.get(name), wish) for name, wish in self.destination.only.items()
        ):
            return ""
        reach = reached(self.destination.channel)
        address = (values.held(held or {}, reach) or values.wished(golden, reach)) if reach else None
        return allowed(golden, self.destination, self.settings.purposes, address)

    def present(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[Item | None]:
        """One item (or None: nothing to do) per record that one customer has there."""
        golden = orjson.loads(rows[0]["golden"])
        docs = [_theirs(row) for row in rows]
        for row, doc in zip(rows, docs, strict=True):
            others = [other for other in docs if other is not doc]
            changes = self._differences(golden, row, doc, others)
            if not changes:
                yield None
                continue
            reason = self._may(golden, row["kind"], doc)
            if reason == "":
                yield None
                continue
            send = {name: values.outward(name, new, golden, self.capabilities) for name, (_, new) in changes.items()}
            yield Item("blocked" if reason else "update", row["golden_id"], row["source_id"], changes, send, reason)

    def _differences(
        self,
        golden: Mapping[str, Json],
        row: Mapping[str, Any],
        doc: Mapping[str, Json],
        others: Sequence[Mapping[str, Json]],
    ) -> dict[str, list[Json]]:
        changes: dict[str, list[Json]] = {}
        for name, owner in self.fields.items():
            ours, theirs = (
                values.kept(name, value, self.capabilities)
                for value in (values.wished(golden, name), values.held(doc, name))
            )
            if name == "note" and self.destination.mark == "comments":
                theirs = marks.unmarked(theirs, row["customer_code"])
            if ours is None or values.equal(ours, theirs) or not _wins(owner, ours, theirs, row):
                continue
            if name in ("phone", "email") and not _own(name, ours, doc, others):
                continue
            changes[name] = [theirs, ours]
        return changes

    def absent(self, row: Mapping[str, Any], complete: bool) -> Iterator[Item]:
        """A create, or why not, for a customer without a record there. Nothing when the record is made and not yet seen."""
        golden = orjson.loads(row["golden"])
        if row["made"] is not None and not row["gone"]:
            return
        reason = self._may(golden, row["kind"])
        if reason == "":
            return
        wished = {name: values.kept(name, values.wished(golden, name), self.capabilities) for name in self.fields}
        changes = {name: [None, value] for name, value in wished.items() if value is not None}
        told = grants(golden, self.capabilities.grants, wished)
        changes |= {name: [None, value] for name, value in told.items()}
        if not self.capabilities.requires <= set(changes):
            reason = reason or "missing:" + ",".join(sorted(self.capabilities.requires - set(changes)))
        reason = reason or ("deleted_there" if row["gone"] else None) or (None if complete else "source_incomplete")
        send = {name: values.outward(name, new, golden, self.capabilities) for name, (_, new) in changes.items()}
        send |= marks.mark_for(self.destination, self.capabilities, row["customer_code"])
        yield Item("blocked" if reason else "create", row["golden_id"], None, changes, send, reason)


def _theirs(row: Mapping[str, Any]) -> dict[str, Json]:
    """The record as the destination holds it: as last pulled, under what it has acknowledged since."""
    doc: dict[str, Json] = orjson.loads(row["record"])
    if row["sent"] is None or row["landed_at"] >= row["acked_at"]:
        return doc
    for name, value in orjson.loads(row["sent"]).items():
        if name.startswith(values.GRANT):
            continue
        if name in ("phone", "email"):
            rest = [item for item in doc.get(name + "s", ()) if item.get("value") != value]
            doc[name + "s"] = [{"value": value, "use": "own"}, *rest]
        elif name == "address":
            doc["addresses"] = [value]
        else:
            doc[name] = value
    return doc


def _wins(owner: str, ours: Json, theirs: Json, row: Mapping[str, Any]) -> bool:
    """Whether the field's owner lets our value replace theirs."""
    if owner == "hub":
        return True
    if owner == "newest":
        return theirs is None or _newer(row)
    return owner == "fill_if_blank" and theirs is None


def _newer(row: Mapping[str, Any]) -> bool:
    """Whether the golden value won by time: it comes from elsewhere and this record's own time is older or unknown."""
    golden_at = orjson.loads(row["golden"]).get("updated_at")
    return row["updated_at"] is None or (golden_at is not None and golden_at > row["updated_at"])


def _own(field: str, value: str, doc: Mapping[str, Json], others: Sequence[Mapping[str, Json]]) -> bool:
    """Phones and e-mails are never copied between records of one system, nor sent where they stand already."""
    if value in values.carried(doc, field):
        return False
    return not any(value in values.carried(other, field) for other in others)


def _fits(value: Json, wish: Json) -> bool:
    wishes = wish if isinstance(wish, list) else [wish]
    held = value if isinstance(value, list) else [value]
    return any(item in wishes for item in held)
