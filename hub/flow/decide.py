"""Decide: for one destination, what each record there should get, or why not.

Belongs here: going through all customers, what may go out now. Does not: one customer's records (judging.py), the merge of a
field (three_way.py), storing (plan.py), sending (push.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, fields, replace
from itertools import groupby, islice
from typing import Any

import orjson

from hub.connectors.kit.port import Capabilities
from hub.flow import chosen
from hub.flow.item import WRITES, Item
from hub.flow.judging import Judge, Known
from hub.flow.outlet import Outlet
from hub.flow.sift import Sift
from hub.model import Json
from hub.settings import Destination
from hub.store import fates, given, headcount, holds, ledger, planned, there
from hub.store import plans as table
from hub.store.engine import StoreConnection

PLAN_VERSION = 2
"""Rises with every change of what a plan says of the same: then everything is looked at anew."""
CREATING = ("upsert", "mirror", "append")
AT_ONCE = 1_000
"""Customers judged together: what they need beside their rows is read once for all of them."""


@dataclass(frozen=True, slots=True)
class Double:
    """One customer's several records in one system, which cannot merge them. points: of each record, None = none told."""

    golden_id: str
    targets: Sequence[str]
    points: Sequence[Json]


@dataclass(slots=True)
class Decision:
    """All lines of a plan, how many records need nothing, and who has several records there.

    there: records that the destination holds. state: what it rested on (None: records wait to be matched). looked: the
    customers looked at (None: all). inside: see Known.
    """

    items: list[Item] = field(default_factory=list)
    noops: int = 0
    doubles: list[Double] = field(default_factory=list)
    there: int = 0
    state: dict[str, Any] | None = None
    looked: Set[str] | None = None
    inside: frozenset[str] | None = None

    @property
    def lined(self) -> int:
        """Records there with a line of their own."""
        return len({item.target for item in self.items if item.target is not None})


def decide(conn: StoreConnection, outlet: Outlet, *, thorough: bool = False) -> Decision:
    """What this destination should get as of now.

    Looks at the customers touched since the last plan and at those marked then; at all when there was none from the same
    settings, or `thorough`. Both give the same (docs/decisions/0015).
    """
    basis = _basis(outlet)
    told = Decision(state={"basis": basis, "positions": planned.positions(conn)} if planned.settled(conn) else None)
    told.inside = chosen.inside(conn, outlet)
    judge = Judge(outlet, replace(_known(conn, outlet), inside=told.inside))
    since = planned.last(conn, outlet.name, basis) if told.state and not thorough else None
    told.there = count(conn, outlet)
    looked = planned.touched(conn, outlet.name, since, told.there) if since else None
    if looked is None:
        _look_over(conn, judge, told)
    else:
        told.looked = looked | judge.known.parted | chosen.moved(conn, outlet, told.inside)
        kept = planned.doubles(conn, outlet.name)
        told.doubles = [Double(*one) for golden_id, one in kept.items() if golden_id not in told.looked]
        for part in there.parts(sorted(told.looked)):
            judge.known = _fates(conn, judge, part)
            _look(conn, judge, told, part)
            _lack(conn, judge, told, part)
        told.doubles.sort(key=lambda one: one.golden_id)
        told.items.sort(key=lambda one: one.target is None)
    told.noops = told.noops if looked is None else told.there - told.lined
    told.items = _sendable(conn, outlet, _untaken(conn, outlet, told.items))
    return told


def _look_over(conn: StoreConnection, judge: Judge, told: Decision) -> None:
    """Judge all customers: at a glance, and only those who may get a line with all there is to know."""
    outlet, sift = judge.outlet, Sift(judge)
    judge.known = _fates(conn, judge, None)
    loud = _several(conn, outlet)
    for row in _glances(conn, outlet):
        if row.golden_id in loud or sift.quiet(row):
            told.noops += row.golden_id not in loud
        else:
            loud.add(row.golden_id)
    for part in there.parts(sorted(loud)):
        _look(conn, judge, told, part)
    _lack(conn, judge, told, None)


def _look(conn: StoreConnection, judge: Judge, told: Decision, only: Sequence[str]) -> None:
    """Judge the records of these customers there."""
    customers = _customers(conn, judge.outlet, only)
    while groups := list(islice(customers, AT_ONCE)):
        judge.known = _for_these(conn, judge, [row for group in groups for row in group])
        for rows in groups:
            for item in judge.present(rows):
                told.items += [item] if item else []
                told.noops += item is None
            if len(rows) > 1:
                told.doubles.append(_double(rows))


def _lack(conn: StoreConnection, judge: Judge, told: Decision, only: Sequence[str] | None) -> None:
    """Judge those of these customers, or of all, who have no record there."""
    outlet = judge.outlet
    if outlet.destination.mode in CREATING and "create" in outlet.capabilities.writes:
        told.items += [item for row in _absent(conn, outlet, only) for item in judge.absent(row)]


def remember(conn: StoreConnection, outlet: Outlet, told: Decision) -> None:
    """Keep what this decision rested on; nothing when records were waiting to be matched."""
    chosen.keep(conn, outlet, told.inside)
    if told.state is None:
        planned.drop(conn, outlet.name)
        return
    marks: dict[str, Any] = dict.fromkeys(item.golden_id for item in told.items)
    marks |= {one.golden_id: [one.golden_id, one.targets, one.points] for one in told.doubles}
    fresh = marks if told.looked is None else {one: mark for one, mark in marks.items() if one in told.looked}
    headcount.keep(conn, (headcount.RECORDS if outlet.destination.source else headcount.GIVEN) + outlet.source)
    planned.keep(conn, outlet.name, told.state, told.looked, fresh)


def count(conn: StoreConnection, outlet: Outlet) -> int:
    """Records that the destination holds, as the hub knows."""
    if outlet.destination.source is None:
        return given.count(conn, outlet.name, gone=outlet.destination.mode == "mirror")
    return headcount.count(conn, headcount.RECORDS + outlet.source)


def _basis(outlet: Outlet) -> str:
    """Digest of the settings and capabilities that every line rests on."""
    destination = {
        one.name: getattr(outlet.destination, one.name) for one in fields(Destination) if one.name != "options"
    }
    able = {one.name: getattr(outlet.capabilities, one.name) for one in fields(Capabilities) if one.name != "streams"}
    settings = [dict(outlet.settings.purposes), sorted(outlet.settings.sources), outlet.region]
    text = orjson.dumps([PLAN_VERSION, destination, able, settings], option=orjson.OPT_SORT_KEYS, default=_plain)
    return hashlib.sha256(text).hexdigest()


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, Set) else dict(value) if isinstance(value, Mapping) else repr(value)


def _glances(conn: StoreConnection, outlet: Outlet) -> Iterator[there.Glance]:
    if outlet.destination.source is None:
        return given.glance(conn, outlet.name, gone=outlet.destination.mode == "mirror")
    return there.glance_there(conn, outlet.source, outlet.name)


def _several(conn: StoreConnection, outlet: Outlet) -> set[str]:
    """Customers with several records there."""
    return (
        given.several(conn, outlet.name)
        if outlet.destination.source is None
        else there.several_there(conn, outlet.source)
    )


def _customers(conn: StoreConnection, outlet: Outlet, only: Sequence[str]) -> Iterator[list[there.Row]]:
    if outlet.destination.source is None:
        rows = given.held(conn, outlet.name, only, gone=outlet.destination.mode == "mirror")
    else:
        rows = there.held_there(conn, outlet.source, outlet.name, only)
    pulled = outlet.destination.source is not None
    for _, group in groupby(rows, key=lambda row: row["golden_id"]):
        if left := [row for row in group if not (pulled and _gone(row))]:
            yield left


def _gone(row: there.Row) -> bool:
    """Whether the hub itself took the record away there, or gave it another id, and no pull has told of it since."""
    return row["state"] == "deleted" and str(row["landed_at"] or "") < str(row["acked_at"])


def _absent(conn: StoreConnection, outlet: Outlet, only: Sequence[str] | None) -> Iterator[there.Row]:
    if outlet.destination.source is None:
        return given.absent(conn, outlet.name, only)
    return there.absent_there(conn, outlet.source, only)


def _known(conn: StoreConnection, outlet: Outlet) -> Known:
    """What is the same for every customer."""
    source = [outlet.source] if outlet.destination.source is not None else []
    asked = outlet.settings.sources if outlet.destination.mode == "mirror" else source
    return Known(
        recreate=frozenset(ledger.wished(conn, outlet.name, "recreate")),
        parted=frozenset(fates.parted(conn)),
        incomplete=frozenset(there.incomplete(conn, list(asked))),
    )


def _fates(conn: StoreConnection, judge: Judge, only: Sequence[str] | None) -> Known:
    """With what became of these customers, or of all, there; asked only where the mode makes use of it."""
    name, source, known = judge.outlet.name, judge.outlet.source, judge.known
    pulled = judge.destination.source is not None
    if judge.destination.mode in CREATING and pulled:
        deleted = frozenset(fates.deleted_there(conn, source, name, only))
        known = replace(known, deleted=deleted, unseen=frozenset(fates.made_unseen(conn, source, only)))
    if judge.mirror:
        unspoken = fates.only_made(conn, only) if pulled else given.left(conn, name, only)
        known = replace(known, only_made=frozenset(unspoken))
    return known


def _for_these(conn: StoreConnection, judge: Judge, rows: Sequence[there.Row]) -> Known:
    """Whose the sent values are now, when golden values began, which made records have orders, for these rows."""
    origins = [
        rid
        for row in rows
        if row["origin"] and row["golden_id"] in judge.known.parted
        for rid in orjson.loads(row["origin"]).values()
    ]
    timed = "newest" in judge.fields.values()
    winners = {rid for row in rows for rid in _winners(row, set(judge.fields))} if timed else set[int]()
    made = [row["source_id"] for row in rows if judge.mirror and row["made"] is not None]
    used = frozenset(fates.with_orders(conn, judge.outlet.source, made) if made else ())
    return replace(judge.known, used=used, owners=there.owners(conn, origins), times=there.times(conn, list(winners)))


def _winners(row: there.Row, names: Set[str]) -> Iterator[int]:
    """The records whose values are golden."""
    for name, why in orjson.loads(row["provenance"] or "{}").items():
        if (name == "*" or name in names) and isinstance(why.get("rid"), int):
            yield why["rid"]


def _double(rows: Sequence[there.Row]) -> Double:
    points = [orjson.loads(row["record"]).get("points") for row in rows]
    return Double(rows[0]["golden_id"], [row["source_id"] for row in rows], points)


def _untaken(conn: StoreConnection, outlet: Outlet, items: Sequence[Item]) -> list[Item]:
    """A create whose phone or e-mail must be the only one there is blocked when it stands there on somebody else's record.

    Of two such creates in one plan the older customer's goes.
    """
    creates = [item for item in items if item.action == "create"]
    blocked: dict[str, str] = {}
    for name in sorted({"phone", "email"} & outlet.capabilities.unique):
        wished = {item.golden_id: str(item.changes[name][1]) for item in creates if name in item.changes}
        taken = there.taken(conn, outlet.source, name, list(wished.values()))
        for golden_id, value in wished.items():
            blocked |= {golden_id: f"duplicate:{name}"} if value in taken else {}
            taken.add(value)
    return [_refused(item, blocked.get(item.golden_id)) if item.action == "create" else item for item in items]


def _refused(item: Item, reason: str | None) -> Item:
    return replace(item, action="blocked", reason=reason) if reason else item


def _sendable(conn: StoreConnection, outlet: Outlet, items: Sequence[Item]) -> list[Item]:
    """What is sent before, and open, refused, given up or never kept there, is blocked instead of sent again."""
    open_ones = {(row["golden_id"], row["target"]) for row in table.pending(conn, outlet.name)}
    keys = [item.key(outlet.name) for item in items if item.action in WRITES]
    tried = ledger.tried(conn, outlet.name, keys)
    held = holds.held(conn)
    return [_unless(item, open_ones, tried.get(item.key(outlet.name)), held) for item in items]


def _unless(item: Item, open_ones: Set[tuple[str, str | None]], tried: Any, held: Set[str]) -> Item:
    if item.action not in WRITES:
        return item
    reason = "outcome_unknown" if (item.golden_id, item.target) in open_ones else None
    reason = "hold" if item.golden_id in held else reason
    if reason is None and tried is not None:
        reason = tried.verdict(again=bool(item.notes.get("again")))
    return _refused(item, reason)
