"""A few changed records matched and resolved at once, in one transaction and in plain Python; what is unusual is left to
`match` and `resolve`, which say the same of everything.

Belongs here: what is usual, growing whole components, who keeps which id. Does not: the rules (hub.matching.few and the
closure behind it), what a customer is made of and written by (few_golden.py), SQL (store).
Usual is: records come or change, a customer gains records or is new. Joins and splits of customers that were there, judgements,
former ids, pins, consents, numbers that change hands, values that are blocked or freed by this very change are not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice
from typing import Any

import orjson

from hub.flow import few_golden, scoring
from hub.flow.match import basis_of, bystanders, new_ids, policy_of
from hub.flow.review_refresh import VERSION, refresh
from hub.flow.run import Run
from hub.matching.few import Parts, generic, own, partition_few
from hub.matching.policy import Policy
from hub.matching.rules.personal_number import national_conflict
from hub.model import Json
from hub.settings import Settings
from hub.store import candidate, few_reads, promote, review_facts, scored, tally
from hub.store.engine import Store, StoreConnection
from hub.store.few_reads import Value

MOST = 40
"""Records of all components together up to which one by one is quicker than columns (measured)."""
NOTES = ("basis", candidate.NOTE, scored.LEARNT, scored.COMPARED, tally.NOTE, promote.LIVE, review_facts.NOTE)
Row = Mapping[str, Any]


@dataclass(slots=True)
class World:
    """Whole components around what changed. people: rid → record. held: rid → golden id and rule as they stand.

    blocked: values that join nobody, with names, nameless and reason as they are now; was: as they were. sent: pairs of
    rids that a receipt holds together.
    """

    people: dict[int, Row] = field(default_factory=dict)
    borne: list[Row] = field(default_factory=list)
    held: dict[int, tuple[str, str]] = field(default_factory=dict)
    blocked: dict[Value, tuple[int, int, str]] = field(default_factory=dict)
    was: dict[Value, tuple[int, int, str]] = field(default_factory=dict)
    sent: set[tuple[int, int]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Basis:
    """What settings say, worked out once."""

    settings: Settings
    force: scoring.Force
    policy: Policy
    text: str
    bystanders: Sequence[str]


_BASES: dict[int, _Basis] = {}
"""By the identity of the settings, which are never changed; few at a time."""


def settle(store: Store, settings: Settings, run: Run) -> bool:
    """Match and resolve what waits, when that is little and usual; False (and nothing is written) when it is not."""
    with store.begin() as conn:
        told = few_reads.notes(conn, NOTES)
        basis = _usual(conn, settings, run, told)
        if basis is None:
            return False
        dirty, lost = few_reads.dirty(conn, MOST), few_reads.lost(conn, MOST)
        if not dirty and not lost:
            return told.get(review_facts.NOTE) == VERSION
        world = _grown(conn, dirty, lost, basis.policy) if len(dirty) < MOST > len(lost) else None
        parts = _parts(conn, world, basis.policy) if world is not None else None
        golden = _golden(parts, world, run) if world is not None and parts is not None else None
        if world is None or parts is None or golden is None:
            return False
        made = few_golden.Made(world, parts, golden, run.now(), run.run_id, basis.bystanders)
        if not few_golden.promote(conn, settings, made, told, lost=bool(lost)):
            return False
        _missed(conn, told, len(dirty))
        if few_golden.questionable(conn, made, told):
            refresh(conn, settings, run, list(world.people))
    return True


def _basis(settings: Settings, told: Mapping[str, str]) -> _Basis:
    force = scoring.force_of(orjson.loads(told[scored.LEARNT]) if scored.LEARNT in told else None, settings)
    known = _BASES.get(id(settings))
    if known is None or known.settings is not settings or known.force != force:
        if len(_BASES) > 8:
            _BASES.clear()
        known = _Basis(settings, force, policy_of(settings), basis_of(settings, force), bystanders(settings))
        _BASES[id(settings)] = known
    return known


def _usual(conn: StoreConnection, settings: Settings, run: Run, told: Mapping[str, str]) -> _Basis | None:
    """What the settings say, when they are those of what stands, scores have no say and nothing else waits."""
    matched = orjson.loads(told.get(tally.NOTE, "{}")).get("records", 0)
    if not matched or candidate.NOTE in told or matched <= settings.matching.compare_up_to:
        return None
    basis = _basis(settings, told)
    if basis.force.merging or basis.text != told.get("basis") or not _uncompared(basis.force, told):
        return None
    return None if few_reads.unusual(conn, run.now()) else basis


def _uncompared(force: scoring.Force, told: Mapping[str, str]) -> bool:
    """Whether what changes need not be compared by score: only be counted."""
    if scored.COMPARED not in told:
        return True
    compared = orjson.loads(told[scored.COMPARED])
    return bool(compared["digest"] == force.digest and "missed" in compared and not compared["blocks"])


def _missed(conn: StoreConnection, told: Mapping[str, str], count: int) -> None:
    if scored.COMPARED in told:
        compared: dict[str, Json] = orjson.loads(told[scored.COMPARED])
        scored.set_compared(conn, {**compared, "missed": scoring.missed(compared) + count})


# growing -------------------------------------------------------------------------------------------------------------


def _grown(conn: StoreConnection, dirty: Sequence[int], lost: Sequence[Value], policy: Policy) -> World | None:
    """Whole components around some records and values; None when they are large, or something unusual touches them."""
    world, checked = World(), set[Value]()
    new, values = set(dirty), set(lost)
    while new or values:
        rids = sorted(new)
        rows = few_reads.people(conn, rids)
        if len(rows) < len(rids) or len(world.people) + len(rows) > MOST:
            return None
        world.people.update((row["rid"], row) for row in rows)
        borne = few_reads.borne(conn, rids)
        world.borne += borne
        values |= {_value(one) for one in borne if one["key"] or own(one, policy)}
        found = _bearers(conn, world, values - checked, policy)
        others = _others(conn, world, rids) if found is not None else None
        if found is None or others is None:
            return None
        checked |= values
        new, values = (found | others) - world.people.keys(), set()
    names = [f"{row['source']}:{row['source_id']}" for row in world.people.values()]
    ids = sorted({golden_id for golden_id, _ in world.held.values()})
    return None if few_reads.told(conn, list(world.people), names, ids) else world


def _value(row: Row) -> Value:
    return row["type"], row["value"], row["issuer"]


def _bearers(conn: StoreConnection, world: World, fresh: Collection[Value], policy: Policy) -> set[int] | None:
    """The records to load for values that were not looked at before; notes those that join nobody."""
    found = few_reads.bearers(conn, list(fresh)) if fresh else []
    if found is None or any(own(one, policy) for one in found):
        return None
    was = few_reads.blocked(conn, list(fresh)) if fresh else {}
    by_value: dict[Value, list[Row]] = {}
    for one in found:
        by_value.setdefault(_value(one), []).append(one)
    rids: set[int] = set()
    for value in fresh:
        rows = by_value.get(value, [])
        now = generic(rows, policy)
        if (now or ("", "", None))[2] != (was.get(value) or ("", "", None))[2]:
            return None
        if now is not None:
            world.blocked[value], world.was[value] = now, was[value]
        else:
            rids.update(one["rid"] for one in rows if one["key"])
    return rids


def _others(conn: StoreConnection, world: World, rids: Sequence[int]) -> set[int] | None:
    """The other records of receipts and of the customers to which these belong."""
    if not rids:
        return set()
    world.held |= (members := few_reads.members(conn, rids))
    there = set(members)
    for rid, anchor in few_reads.created(conn, rids):
        if rid is None:
            continue
        other = few_reads.record(conn, anchor)
        if other is None:
            return None
        world.sent.add((rid, other))
        there |= {rid, other}
    return there


# deciding ------------------------------------------------------------------------------------------------------------


def _parts(conn: StoreConnection, world: World, policy: Policy) -> Parts | None:
    return partition_few(list(world.people.values()), world.borne, sorted(world.sent), world.blocked.keys(), policy)


def _golden(parts: Parts, world: World, run: Run) -> dict[int, str] | None:
    """The golden id of every record; None when a customer would take another in or be parted, or the proof fails."""
    golden: dict[int, str] = {}
    given: set[str] = set()
    fresh: list[list[int]] = []
    for cluster in parts.clusters:
        had = {world.held[rid][0] for rid in cluster if rid in world.held}
        if len(had) > 1 or had & given or _two_people(cluster, world):
            return None
        given |= had
        golden |= dict.fromkeys(cluster, had.pop()) if had else {}
        fresh += [cluster] if cluster[0] not in golden else []
    for cluster, golden_id in zip(fresh, islice(new_ids(run), len(fresh)), strict=True):
        golden |= dict.fromkeys(cluster, golden_id)
    return golden


def _two_people(cluster: Sequence[int], world: World) -> bool:
    """Whether national ids say that a customer would be two people; the proof apart from how it was made."""
    borne: dict[int, set[tuple[str, str, str]]] = {}
    for one in world.borne if len(cluster) > 1 else ():
        if one["type"] == "national_id" and one["key"] and one["rid"] in cluster:
            borne.setdefault(one["rid"], set()).add((one["issuer"], one["class"] or "", one["value"]))
    sets = {tuple(sorted(ids)) for ids in borne.values()}
    return any(national_conflict(a, b) for a, b in combinations(sorted(sets), 2))
