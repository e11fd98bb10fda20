"""Judging: what one customer's records at one destination should get, field by field, or be taken out for.

Belongs here: reading the three sides of each field, duplicates there, creates, removals. Does not: the merge of one field
(three_way.py), what of it may go out now (decide.py), storing (plan.py), SQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

from hub.flow import chosen, contacts, marks, values
from hub.flow.consent import allowed, grants, reached
from hub.flow.item import Item
from hub.flow.outlet import Outlet
from hub.flow.three_way import NOTHING, Sides, Times, Verdict, merge
from hub.model import CUSTOMER_KINDS, Json

Row = Mapping[str, Any]
UNFIT = ("", "refused", "no_consent")
"""Why a customer is not meant to be there (any more): `only` or their kind, a wish of theirs, no wish of theirs."""
LISTED = {"phone": "phones", "email": "emails", "address": "addresses"}
"""A written field → the part of a record's document whose time counts."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the rows. owners: rid → customer. times: rid → (first_at, since). deleted: customers whose record
    was deleted there. unseen: those for whom a record was made that no pull has brought back. recreate: whom a person wants
    there again. only_made: customers of whom only the hub's own records are left. used: made records with orders. parted:
    customers that a split touched. incomplete: sources not read to their end. inside: customers in a segment of `only` (None: it
    names none).
    """

    owners: Mapping[int, str] = field(default_factory=dict)
    times: Mapping[int, Times] = field(default_factory=dict)
    deleted: frozenset[str] = frozenset()
    unseen: frozenset[str] = frozenset()
    recreate: frozenset[str] = frozenset()
    only_made: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    parted: frozenset[str] = frozenset()
    incomplete: frozenset[str] = frozenset()
    inside: frozenset[str] | None = None


class There:
    """One record there: as pulled, under what was acknowledged since; JSON is read when it is asked for."""

    def __init__(self, row: Row) -> None:
        self.row, self.doc = row, _theirs(row)

    @cached_property
    def sent(self) -> dict[str, Json]:
        """Field → value acknowledged last."""
        return orjson.loads(self.row["sent"]) if self.row["sent"] else {}

    @cached_property
    def before(self) -> dict[str, Json]:
        """Field → what stood there before the hub wrote it."""
        return orjson.loads(self.row["before"]) if self.row["before"] else {}

    @cached_property
    def origin(self) -> dict[str, int]:
        """Field → the record (rid) whose value was sent."""
        return orjson.loads(self.row["origin"]) if self.row["origin"] else {}


class Judge:
    """Decides for one destination, customer by customer."""

    def __init__(self, outlet: Outlet, known: Known) -> None:
        self.outlet, self.known = outlet, known
        self.destination, self.capabilities = outlet.destination, outlet.capabilities
        self.fields = {
            name: owner for name, owner in self.destination.fields.items() if name in self.capabilities.write_fields
        }
        self.mirror = self.destination.mode == "mirror"

    def _may(self, golden: Mapping[str, Json], row: Row, held: Mapping[str, Json] | None = None) -> str | None:
        """None when the customer may be written there; "" when they are not meant; else the reason of the block.

        held: the record there, whose address is asked about before the golden one.
        """
        if row["kind"] not in CUSTOMER_KINDS or not self._meant(golden, row["golden_id"]):
            return ""
        reach = reached(self.destination.channel)
        address = (values.held(held or {}, reach) or values.wished(golden, reach)) if reach else None
        return allowed(golden, self.destination, self.outlet.settings.purposes, address)

    def _meant(self, golden: Mapping[str, Json], golden_id: str) -> bool:
        """Whether the customer is one of those that `only` tells."""
        wishes = {name: wish for name, wish in self.destination.only.items() if name != chosen.KEY}
        inside = self.known.inside is None or golden_id in self.known.inside
        return inside and all(_fits(golden.get(name), wish) for name, wish in wishes.items())

    def present(self, rows: Sequence[Row]) -> Iterator[Item | None]:
        """Items for each record that one customer has there; None for a record that needs nothing."""
        golden = orjson.loads(rows[0]["golden"])
        records = [There(row) for row in rows]
        given: list[contacts.Doc] = []
        for record in records:
            others = [other.doc for other in records if other is not record]
            found = list(self._one(golden, record, [*others, *given]))
            given += map(contacts.given, found)
            if found:
                yield from found
            else:
                yield None

    def _one(self, golden: Mapping[str, Json], record: There, others: Sequence[Mapping[str, Json]]) -> Iterator[Item]:
        if self.mirror and record.row["made"] is not None:
            reason = self._may(golden, record.row, record.doc)
            if reason in UNFIT or record.row["golden_id"] in self.known.only_made:
                yield from self._removal(record)
                return
        if self.destination.mode == "append":
            return
        found = {name: self._verdict(golden, record, others, name) for name in self.fields}
        told = {name: one for name, one in found.items() if one[1].what != "nothing"}
        if told:
            yield from self._items(golden, record, told)

    def _items(
        self, golden: Mapping[str, Json], record: There, told: Mapping[str, tuple[Sides, Verdict]]
    ) -> Iterator[Item]:
        row = record.row
        reason = self._may(golden, row, record.doc)
        if reason == "":
            return
        writes = {name: one for name, one in told.items() if one[1].what != "conflict"}
        if writes:
            changes = {name: [sides.theirs, verdict.value] for name, (sides, verdict) in writes.items()}
            send = {name: values.outward(name, new, golden, self.capabilities) for name, (_, new) in changes.items()}
            action = "blocked" if reason else "update"
            yield Item(action, row["golden_id"], row["source_id"], changes, send, reason, self._notes(row, writes))
        for why in sorted({str(verdict.reason) for _, verdict in told.values() if verdict.what == "conflict"}):
            some = {name: one for name, one in told.items() if one[1].reason == why}
            changes = {name: [sides.theirs, sides.ours] for name, (sides, _) in some.items()}
            notes = {"base": {name: sides.base for name, (sides, _) in some.items() if sides.sent}}
            yield Item("conflict", row["golden_id"], row["source_id"], changes, {}, why, notes)

    def _notes(self, row: Row, writes: Mapping[str, tuple[Sides, Verdict]]) -> dict[str, Json]:
        """base: sent before and edited there since. before: what stands there of others. origin: whose value goes out."""
        notes: dict[str, Json] = {
            "base": {name: one.base for name, (one, _) in writes.items() if one.edited},
            "before": {name: one.theirs for name, (one, _) in writes.items() if one.edited or not one.sent},
            "back": [name for name, (_, verdict) in writes.items() if verdict.what == "back"],
            "origin": _origins(row, writes),
            "again": all(one.sent and values.equal(one.base, verdict.value) for one, verdict in writes.values()),
        }
        return {name: value for name, value in notes.items() if value}

    def _verdict(
        self, golden: Mapping[str, Json], record: There, others: Sequence[Mapping[str, Json]], name: str
    ) -> tuple[Sides, Verdict]:
        ours, theirs = self.kept(name, values.wished(golden, name)), self._held(record, name)
        if ours is not None and name in contacts.CONTACTS and not contacts.lone(name, ours, record.doc, others):
            ours = None
        quiet = record.row["sent"] is None or name not in record.sent
        sides = Sides(self.fields[name], ours, theirs)
        if not quiet or self.fields[name] == "newest":
            sides = self._whole(record, name, sides)
        return sides, NOTHING if not quiet and self._its_own(record, name, sides) else merge(sides)

    def _its_own(self, record: There, name: str, sides: Sides) -> bool:
        """Whether our value is the record's own, typed there after the hub had sent another: sent back it would count as ours."""
        rid, ours = record.row.get("rid"), sides.ours
        if rid is None or _why(record.row, name).get("rid") != rid or sides.pinned or values.equal(ours, sides.before):
            return False
        return values.equal(ours, self._typed(record, name, orjson.loads(record.row["record"])))

    def _whole(self, record: There, name: str, sides: Sides) -> Sides:
        return Sides(
            sides.owner,
            sides.ours,
            sides.theirs,
            base=self.kept(name, self._unmarked(record, name, record.sent.get(name))),
            before=record.before.get(name),
            sent=name in record.sent,
            astray=self._astray(record, name),
            pinned=_why(record.row, name).get("rule") == "pinned",
            clears=name not in self.capabilities.requires,
            times=lambda: self._times(record, name),
        )

    def kept(self, name: str, value: Json) -> Json:
        """What the destination can keep of a value, as the other side of a comparison has it too."""
        return values.kept(name, value, self.capabilities, self.outlet.region)

    def _held(self, record: There, name: str) -> Json:
        return self._typed(record, name, record.doc)

    def _typed(self, record: There, name: str, doc: Mapping[str, Json]) -> Json:
        return self.kept(name, self._unmarked(record, name, values.held(doc, name)))

    def _unmarked(self, record: There, name: str, value: Json) -> Json:
        if name == "note" and self.destination.mark == "comments":
            return marks.unmarked(value, record.row["customer_code"])
        return value

    def _astray(self, record: There, name: str) -> bool:
        """Whether the record whose value was sent belongs to another customer now (not: is gone)."""
        if record.row["golden_id"] not in self.known.parted:
            return False
        owner = self.known.owners.get(record.origin.get(name, -1))
        return owner is not None and owner != record.row["golden_id"]

    def _times(self, record: There, name: str) -> Times:
        key, rid = LISTED.get(name, name), _why(record.row, name).get("rid")
        golden = self.known.times.get(rid) if isinstance(rid, int) else None
        ours = _began(golden, key) if golden is not None else None
        return ours, _began((record.row["first_at"], record.row["since"]), key)

    def _removal(self, record: There) -> Iterator[Item]:
        """What the hub has made there and nobody wants there any more: deactivated where that can be done, else deleted."""
        row, able = record.row, self.capabilities
        action = next((one for one in ("deactivate", "delete") if one in able.writes), None)
        if row["state"] is not None or action is None:
            return
        changes: dict[str, list[Json]] = {"status": ["active", "inactive" if action == "deactivate" else None]}
        if action == "deactivate":
            changes |= {values.GRANT + channel: ["granted", "withdrawn"] for channel in sorted(able.grants)}
        else:
            held = {name: self._held(record, name) for name in sorted(able.write_fields)}
            changes |= {name: [value, None] for name, value in held.items() if value is not None}
        reason = self._kept_there(record, action)
        yield Item("blocked" if reason else action, row["golden_id"], row["source_id"], changes, {}, reason)

    def _kept_there(self, record: There, action: str) -> str | None:
        """Why a record stays although nobody wants it there."""
        if self.known.incomplete:
            return "not_removed_yet"
        if action == "deactivate":
            return None
        if record.row["source_id"] in self.known.used:
            return "used_there"
        kept = {name: self._held(record, name) for name in record.sent if name in self.capabilities.write_fields}
        edited = any(not values.equal(value, self.kept(name, record.sent[name])) for name, value in kept.items())
        return "edited_there" if edited else None

    def absent(self, row: Row) -> Iterator[Item]:
        """A create, or why not, for a customer without a record there. Nothing when the record is made and not yet seen."""
        golden_id, golden = row["golden_id"], orjson.loads(row["golden"])
        gone = golden_id in self.known.deleted and golden_id not in self.known.recreate
        if golden_id in self.known.unseen:
            return
        reason = self._may(golden, row)
        if reason == "" or (self.mirror and golden_id in self.known.only_made):
            return
        wished = {name: self.kept(name, values.wished(golden, name)) for name in self.fields}
        changes = {name: [None, value] for name, value in wished.items() if value is not None}
        told = grants(golden, self.capabilities.grants, wished)
        changes |= {name: [None, value] for name, value in told.items()}
        if not self.capabilities.requires <= set(changes):
            reason = reason or "missing:" + ",".join(sorted(self.capabilities.requires - set(changes)))
        whole = self.destination.source is None or self.outlet.source not in self.known.incomplete
        reason = reason or ("deleted_there" if gone else None) or (None if whole else "source_incomplete")
        send = {name: values.outward(name, new, golden, self.capabilities) for name, (_, new) in changes.items()}
        send |= marks.mark_for(self.destination, self.capabilities, row["customer_code"])
        origin = {name: rid for name in changes if isinstance(rid := _why(row, name).get("rid"), int)}
        yield Item("blocked" if reason else "create", golden_id, None, changes, send, reason, {"origin": origin})


def _theirs(row: Row) -> dict[str, Json]:
    """The record as the destination holds it: as last pulled, under what it has acknowledged since."""
    doc: dict[str, Json] = orjson.loads(row["record"])
    if row["sent"] is None or row["landed_at"] >= row["acked_at"]:
        return doc
    return values.overlaid(doc, orjson.loads(row["sent"]))


def _why(row: Row, name: str) -> Mapping[str, Json]:
    """The golden value's provenance: rid and rule."""
    told = orjson.loads(row["provenance"] or "{}")
    return told.get(name) or told.get("*") or {}


def _origins(row: Row, writes: Mapping[str, tuple[Sides, Verdict]]) -> dict[str, int]:
    found = {name: _why(row, name).get("rid") for name, (_, verdict) in writes.items() if verdict.what == "write"}
    return {name: rid for name, rid in found.items() if isinstance(rid, int)}


def _began(told: Times, key: str) -> str | None:
    first, since = told
    return (orjson.loads(since).get(key) if since else None) or first


def _fits(value: Json, wish: Json) -> bool:
    wishes = wish if isinstance(wish, list) else [wish]
    held = value if isinstance(value, list) else [value]
    return any(item in wishes for item in held)
