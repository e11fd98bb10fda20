"""What of a store must be the same however it came about.

Belongs here: the state that is compared, and what of it breaks a promise. Does not: playing histories (hunting.py).
"""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import select

from hub.store.tables import (
    block_keys,
    blocked_values,
    changes,
    created_records,
    customers,
    decisions,
    dirty_reviews,
    edges,
    evidence,
    held_joins,
    history,
    holds,
    judgements,
    meta,
    pins,
    reassigned,
    records,
    refusals,
    reviews,
    suggestions,
    xref,
    xref_past,
)

TABLES = (
    customers, xref, xref_past, edges, refusals, reassigned, blocked_values, created_records, changes, history, meta,
    decisions, judgements, pins, held_joins, reviews, evidence, holds, dirty_reviews, suggestions, block_keys,
)  # fmt: skip


def state(store: Any) -> dict[str, list[dict[str, Any]]]:
    """Rows by table, those that prove nothing aside; sorted."""
    with store.read() as conn:
        found = {t.name: [dict(row) for row in conn.execute(select(t)).mappings()] for t in TABLES}
    for row in found["meta"]:
        if row["key"] == "match_totals":
            row["value"] = {name: count for name, count in orjson.loads(row["value"]).items() if count}
    return {name: sorted(rows, key=lambda row: [str(v) for v in row.values()]) for name, rows in found.items()}


def differing(one: dict[str, Any], other: dict[str, Any]) -> dict[str, list[Any]]:
    """Table → rows that only one of them has; empty when they agree."""
    found = {}
    for name, a in one.items():
        b = other[name]
        if a != b:
            found[name] = [[row for row in a if row not in b], [row for row in b if row not in a]]
    return found


def astray(rows: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Ids that break promise 4.2: merged ones that lead nowhere, live ones without a record, records' ids that live not."""
    merged = {row["golden_id"]: row["merged_into"] for row in rows["customers"] if row["status"] == "merged"}
    active = {row["golden_id"] for row in rows["customers"] if row["status"] == "active"}
    borne = {row["golden_id"] for row in rows["xref"]}
    lost = []
    for one in merged:
        end, seen = one, set()
        while end in merged and end not in seen:
            seen.add(end)
            end = merged[end]
        lost += [one] if end in merged or end is None else []
    return sorted({*lost, *(active ^ borne)})


def untold(before: dict[str, list[dict[str, Any]]], now: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Customers whose status changed although no event since names them (promise 4.5)."""
    had = {row["golden_id"]: row["status"] for row in before.get("customers", ())}
    events = [row for row in now["changes"] if row not in before.get("changes", ())]
    named = {row["golden_id"] for row in events}
    named |= {item["from"] for row in events if row["moved"] for item in orjson.loads(row["moved"])}
    return [row["golden_id"] for row in now["customers"] if row["status"] != had.get(row["golden_id"])
            and row["golden_id"] not in named]  # fmt: skip


def told(store: Any) -> dict[str, Any]:
    """What must not hang on the order of arrival, without ids and times: records by name, the values of their customers."""
    with store.read() as conn:
        rows = conn.execute(select(records.c.rid, records.c.source, records.c.source_id))
        names = {rid: f"{source}:{source_id}" for rid, source, source_id in rows}
        belong = conn.execute(select(xref.c.golden_id, xref.c.rid, xref.c.rule)).all()
        golden = {row.golden_id: row for row in conn.execute(select(customers))}
        joins = {table.name: [tuple(row) for row in conn.execute(select(table))] for table in (edges, refusals)}
        blocked = [tuple(row) for row in conn.execute(select(blocked_values))]
    found: dict[str, Any] = {names[rid]: (rule, _named(golden[golden_id], names)) for golden_id, rid, rule in belong}
    for table, pairs in joins.items():
        found[table] = sorted(str((names[a], names[b], *rest)) for a, b, *rest in pairs)
    return {**found, "blocked": sorted(map(str, blocked))}


def _named(row: Any, names: dict[int, str]) -> tuple[Any, ...]:
    """A customer's values, and why, with records by name."""
    why = orjson.loads(row.provenance)
    return row.kind, row.doc, {field: {**one, "rid": names.get(one.get("rid"))} for field, one in why.items()}
