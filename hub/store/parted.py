"""What was joined and may be parted again: automatic merges of the past, and joins that rest on one rule.

Belongs here: the parts, as records, out of the change feed, history, edges. Does not: judging them different (flow.judge).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, select

from hub.store.bulk import among
from hub.store.tables import changes, edges, history, records, xref


@dataclass(frozen=True, slots=True)
class Parted:
    """A customer and the parts it falls into, each as names `source:source_id`."""

    golden_id: str
    parts: Sequence[Sequence[str]]


def merges(conn: Connection, *, seq: int | None = None, run_id: str | None = None) -> list[Parted]:
    """The merges of a change or of a run: what each living id held before, and what came from every other id."""
    chosen = select(changes.c.golden_id, changes.c.version, changes.c.moved).where(changes.c.kind == "merged")
    if seq is not None:
        chosen = chosen.where(changes.c.seq == seq)
    if run_id is not None:
        chosen = chosen.where(changes.c.run_id == run_id)
    return [_merge(conn, *row) for row in conn.execute(chosen.order_by(changes.c.seq))]


def _merge(conn: Connection, golden_id: str, version: int, moved: str) -> Parted:
    came: dict[str, list[str]] = defaultdict(list)
    for one in orjson.loads(moved):
        came[one["from"]].append(f"{one['source']}:{one['source_id']}")
    before = conn.scalar(
        select(history.c.doc).where(history.c.golden_id == golden_id, history.c.version == version - 1)
    )
    held = [f"{one['source']}:{one['source_id']}" for one in orjson.loads(before or "{}").get("records", ())]
    return Parted(golden_id, [part for part in (held, *came.values()) if part])


def by_rule(conn: Connection, rule: str) -> list[Parted]:
    """Customers that hold together by joins of this rule, and the parts that are left when these joins are gone."""
    joined = select(xref.c.golden_id).join(edges, edges.c.rid_a == xref.c.rid).where(edges.c.rule == rule).distinct()
    golden_ids = sorted(conn.scalars(joined))
    held: dict[str, dict[int, str]] = defaultdict(dict)
    named = select(xref.c.golden_id, xref.c.rid, records.c.source, records.c.source_id)
    named = named.join(records, records.c.rid == xref.c.rid).where(among(conn, xref.c.golden_id, golden_ids))
    for golden_id, rid, source, source_id in conn.execute(named):
        held[golden_id][rid] = f"{source}:{source_id}"
    rids = [rid for members in held.values() for rid in members]
    other = select(edges.c.rid_a, edges.c.rid_b).where(edges.c.rule != rule, among(conn, edges.c.rid_a, rids))
    root = _roots(rids, ((a, b) for a, b in conn.execute(other)))
    found = [Parted(golden_id, _parts(members, root)) for golden_id, members in sorted(held.items())]
    return [one for one in found if len(one.parts) > 1]


def _roots(rids: Iterable[int], pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Every record's first one among those that the pairs hold together."""
    root = {rid: rid for rid in rids}

    def find(rid: int) -> int:
        while root[rid] != rid:
            root[rid] = root[root[rid]]
            rid = root[rid]
        return rid

    for a, b in pairs:
        if a in root and b in root:
            low, high = sorted((find(a), find(b)))
            root[high] = low
    return {rid: find(rid) for rid in root}


def _parts(members: dict[int, str], root: dict[int, int]) -> list[list[str]]:
    parts: dict[int, list[str]] = defaultdict(list)
    for rid, name in sorted(members.items(), key=lambda item: item[1]):
        parts[root[rid]].append(name)
    return list(parts.values())
