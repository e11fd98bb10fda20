"""The customers of a few records: decided by the plain reference and written where they differ, row by row.

Belongs here: what `resolve` does by frames, for customers that gain records or are new. Does not: what is usual (few.py),
golden values (hub.matching), SQL (store).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from hub.flow.review_refresh import VERSION
from hub.matching.codes import customer_code
from hub.matching.few import Parts, related, shared_few
from hub.matching.golden import setup_of
from hub.matching.golden_few import each
from hub.model import CUSTOMER_KINDS
from hub.settings import Settings
from hub.store import few_reads, few_writes, inputs, review_facts, search_index, tally
from hub.store import promote as whole
from hub.store.engine import StoreConnection
from hub.store.feed import changed_fields

if TYPE_CHECKING:
    from hub.flow.few import World

Row = Mapping[str, Any]
BEHIND = 200
"""So many changes may be told that the index of searching has not seen: a search compares these one by one."""


@dataclass(frozen=True, slots=True)
class Made:
    """What is to be promoted. golden: rid → golden id. bystanders: sources that create nobody."""

    world: World
    parts: Parts
    golden: Mapping[int, str]
    at: str
    run_id: str
    bystanders: Sequence[str]

    @property
    def refusals(self) -> list[tuple[Any, ...]]:
        """Rows of the table: columns JOIN and related."""
        return [(*one, related(one[2])) for one in self.parts.refusals]


def promote(conn: StoreConnection, settings: Settings, made: Made, told: Mapping[str, str], *, lost: bool) -> bool:
    """Write all that differs; False, before anything is written, when a customer is not as usual. told: notes."""
    rids = list(made.world.people)
    held = few_reads.held(conn, sorted({golden_id for golden_id, _ in made.world.held.values()}))
    if any(row["status"] != "active" for row in held.values()):
        return False
    edges, refused = few_reads.joined(conn, rids), few_reads.refused(conn, rids)
    decided = _decided(settings, made, held)
    _customers(conn, made, decided, held)
    _crosswalk(conn, made)
    few_writes.joins(conn, edges, made.parts.edges, refused=False)
    few_writes.joins(conn, refused, made.refusals, refused=True)
    counts = {value: row[:2] for value, row in made.world.blocked.items() if row != made.world.was[value]}
    few_writes.recount(conn, counts)
    _counted(conn, made, told, len(edges), refused, held)
    few_writes.done(conn, made.at, lost=lost)
    if search_index.behind(conn) > BEHIND:
        search_index.follow(conn, whole.SEARCHED)
    return True


def questionable(conn: StoreConnection, made: Made, told: Mapping[str, str]) -> bool:
    """Whether there may be something to ask about these customers, now or until now."""
    if made.parts.refusals or told.get(review_facts.NOTE) != VERSION:
        return True
    return few_reads.asked(conn, [f"{row['source']}:{row['source_id']}" for row in made.world.people.values()])


# customers -----------------------------------------------------------------------------------------------------------


def _decided(settings: Settings, made: Made, held: Mapping[str, Row]) -> list[Row]:
    """Rows for the table, by golden id, with `inputs`; those that stand decided from the same are left out."""
    world, golden = made.world, made.golden
    kinds = {rid: str(row["kind"]) for rid, row in world.people.items()}
    shared = shared_few(world.borne, kinds, golden, world.blocked)
    numbers = _numbers(made, shared)
    wanted = {one for one, number in numbers.items() if one not in held or held[one]["inputs"] != number}
    members = [{**row, "golden_id": golden[rid]} for rid, row in world.people.items() if golden[rid] in wanted]
    mine = {row["rid"] for row in members}
    setup = setup_of(settings.survivorship, [(*value, count) for value, count in shared.items()])
    rows = each(members, [dict(one) for one in world.borne if one["rid"] in mine], setup, {}, {})
    return [{**row, "kind": _kind(row, made), "inputs": numbers[row["golden_id"]]} for row in rows]


def _kind(row: Row, made: Made) -> str:
    """Customers of bystanders only are nobody yet."""
    known = made.bystanders and row["kind"] in CUSTOMER_KINDS
    return "anonymous" if known and set(row["sources"].split("|")) <= set(made.bystanders) else row["kind"]


def _numbers(made: Made, shared: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """golden id → what it is decided from."""
    said: dict[str, set[tuple[int, str]]] = {}
    for one in made.world.borne:
        count = shared.get((one["type"], one["value"]))
        if one["key"] and count is not None:
            text = f"{one['type']}|{one['value']}|{count}"
            said.setdefault(made.golden[one["rid"]], set()).add((one["rid"], text))
    stamps: dict[str, list[tuple[int, int]]] = {}
    for rid, row in made.world.people.items():
        stamps.setdefault(made.golden[rid], []).append((rid, row["stamp"]))
    return {one: inputs.number(members, said.get(one, ())) for one, members in stamps.items()}


def _customers(conn: StoreConnection, made: Made, decided: Sequence[Row], held: Mapping[str, Row]) -> None:
    fresh = [row for row in decided if row["golden_id"] not in held]
    codes = _codes(conn, [row["golden_id"] for row in fresh])
    same = {"status": "active", "updated_at": made.at, "run_id": made.run_id}
    born = {"merged_into": None, "version": 1, "created_at": made.at}
    few_writes.create(conn, [{**row, **same, **born, "customer_code": codes[row["golden_id"]]} for row in fresh])
    _tell(conn, made, [(row["golden_id"], 1, "created", None) for row in fresh])
    there = [(row, held[row["golden_id"]]) for row in decided if row["golden_id"] in held]
    other = [(new, old) for new, old in there if (new["digest"], new["kind"]) != (old["digest"], old["kind"])]
    past = [{**{name: old[name] for name in ("golden_id", "version", "status", "doc", "provenance", "run_id")},
             "valid_from": old["updated_at"], "valid_to": made.at} for _, old in other]  # fmt: skip
    few_writes.replace(conn, [{**new, **same, "version": old["version"] + 1} for new, old in other], past)
    changed = [(new, old["version"] + 1, changed_fields(old["doc"], new["doc"])) for new, old in other]
    _tell(conn, made, [(new["golden_id"], version, "updated", names) for new, version, names in changed])
    alike = [(new, old) for new, old in there if (new["digest"], new["kind"]) == (old["digest"], old["kind"])]
    few_writes.reasons(conn, [{**new, "told": new["provenance"] != old["provenance"]} for new, old in alike])


def _codes(conn: StoreConnection, ids: Sequence[str]) -> dict[str, str]:
    codes = customer_code(ids) if ids else []
    taken = few_reads.taken(conn, codes) if codes else set()
    return dict(zip(ids, customer_code(ids, taken) if taken else codes, strict=True))


def _tell(conn: StoreConnection, made: Made, events: Sequence[tuple[str, int, str, str | None]]) -> None:
    same = {"at": made.at, "run_id": made.run_id, "moved": None}
    told = [{**same, "golden_id": one, "version": n, "kind": kind, "changed": names} for one, n, kind, names in events]
    few_writes.tell(conn, told)


# who belongs to whom -------------------------------------------------------------------------------------------------


def _crosswalk(conn: StoreConnection, made: Made) -> None:
    held, rule = made.world.held, made.parts.rule
    new = [(rid, made.golden[rid], rule[rid]) for rid in sorted(rule) if rid not in held]
    other = [(rid, rule[rid]) for rid in sorted(rule) if rid in held and held[rid][1] != rule[rid]]
    few_writes.crosswalk(conn, new, other, made.at)


def _counted(
    conn: StoreConnection,
    made: Made,
    told: Mapping[str, str],
    links: int,
    refused: Sequence[tuple[Any, ...]],
    held: Mapping[str, Row],
) -> None:
    """Bring the counts over everything up to date. links, refused: as they stood; held: customers as they stood."""
    world = made.world
    gone = {"records": len(world.held), "links": links, **_refused(refused, {r: g for r, (g, _) in world.held.items()})}
    gone["customers"] = sum(row["kind"] in CUSTOMER_KINDS for row in held.values())
    come = {"records": len(world.people), "links": len(made.parts.edges), **_refused(made.refusals, made.golden)}
    real = (rid for rid, row in world.people.items() if row["kind"] in CUSTOMER_KINDS)
    come["customers"] = len({made.golden[rid] for rid in real if world.people[rid]["source"] not in made.bystanders})
    totals = tally.changed(orjson.loads(told[tally.NOTE]), gone, come)
    live = int(told.get(whole.LIVE) or 0) + len(set(made.golden.values()) - held.keys())
    few_writes.keep_notes(conn, {tally.NOTE: tally.dumped(totals), whole.LIVE: str(live)})


def _refused(refused: Sequence[tuple[Any, ...]], golden: Mapping[int, str]) -> dict[str, int]:
    """Pairs of customers that are related, and refusals by reason."""
    pairs = {frozenset((golden[row[0]], golden[row[1]])) for row in refused if row[-1]}
    reasons = Counter(str(row[2]) for row in refused)
    return {"related": len(pairs), **{f"refused.{rule}": count for rule, count in reasons.items()}}
