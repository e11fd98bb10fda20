"""What a match of a few records writes, row by row: the same rows that promote.py and links.py write as frames.

Belongs here: statements by key, run by the driver. Does not: what is to be written (flow.few), reading (few_reads.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, delete, insert, select, update

from hub.store import kept
from hub.store.compiled import each, execute, listed, packed, rows
from hub.store.few_reads import JOIN, Value
from hub.store.tables import (
    blocked_values,
    changes,
    customers,
    dirty_records,
    dirty_values,
    edges,
    history,
    meta,
    records,
    refusals,
    retold,
    source_state,
    xref,
)

Row = Mapping[str, Any]
EVENT = ("at", "kind", "golden_id", "version", "changed", "moved", "run_id")
PAST = ("golden_id", "version", "status", "valid_from", "valid_to", "doc", "provenance", "run_id")


def inserting(table: Table, names: Sequence[str]) -> Any:
    """A row into these columns, by their names as parameters."""
    return insert(table).values({name: bindparam(name, type_=table.c[name].type) for name in names})


def _note_gone(sqlite: bool) -> Any:
    return delete(meta).where(listed(meta.c.key, "keys", sqlite))


def _note(sqlite: bool) -> Any:
    return inserting(meta, ("key", "value"))


def keep_notes(conn: Connection, told: Mapping[str, str]) -> None:
    """Keep values under keys of `meta`."""
    execute(conn, _note_gone, keys=packed(conn, list(told)))
    each(conn, _note, [{"key": key, "value": value} for key, value in told.items()])


def _link(sqlite: bool) -> Any:
    return inserting(xref, ("rid", "golden_id", "rule", "linked_at"))


def _relink(sqlite: bool) -> Any:
    told: dict[str, Any] = {"rule": bindparam("rule"), "linked_at": bindparam("linked_at")}
    return update(xref).where(xref.c.rid == bindparam("which")).values(told)


def crosswalk(conn: Connection, new: Sequence[tuple[int, str, str]], other: Sequence[tuple[int, str]], at: str) -> None:
    """new: rid, golden id and rule of records without a customer so far; other: rid and rule of those whose rule differs."""
    each(conn, _link, [dict(zip(("rid", "golden_id", "rule", "linked_at"), (*row, at), strict=True)) for row in new])
    each(conn, _relink, [{"which": rid, "rule": rule, "linked_at": at} for rid, rule in other])


def _no_edges(sqlite: bool) -> Any:
    return delete(edges).where(listed(edges.c.rid_a, "rids", sqlite))


def _edge(sqlite: bool) -> Any:
    return inserting(edges, JOIN)


def _no_refusals(sqlite: bool) -> Any:
    return delete(refusals).where(listed(refusals.c.rid_a, "rids", sqlite))


def _refusal(sqlite: bool) -> Any:
    return inserting(refusals, (*JOIN, "related"))


def joins(conn: Connection, old: Sequence[tuple[Any, ...]], new: Sequence[tuple[Any, ...]], *, refused: bool) -> None:
    """Replace the edges (columns JOIN) or refusals (and related) of every first record that has others now."""
    touched = {row[0] for row in set(old) ^ set(new)}
    if not touched:
        return
    execute(conn, _no_refusals if refused else _no_edges, rids=packed(conn, sorted(touched)))
    names = (*JOIN, "related") if refused else JOIN
    put = [dict(zip(names, row, strict=True)) for row in new if row[0] in touched]
    each(conn, _refusal if refused else _edge, put)


def _counted(sqlite: bool) -> Any:
    same = (blocked_values.c[name] == bindparam(f"of_{name}") for name in ("type", "value", "issuer"))
    return update(blocked_values).where(and_(*same)).values(names=bindparam("names"), nameless=bindparam("nameless"))


def recount(conn: Connection, told: Mapping[Value, tuple[int, int]]) -> None:
    """How many names and nameless records now bear values that join nobody."""
    given = [
        {"of_type": value[0], "of_value": value[1], "of_issuer": value[2], "names": names, "nameless": nameless}
        for value, (names, nameless) in told.items()
    ]
    each(conn, _counted, given)


def _create(sqlite: bool) -> Any:
    return inserting(customers, [column.name for column in customers.columns])


def _set(sqlite: bool) -> Any:
    kept = ("golden_id", "customer_code", "created_at", "merged_into")
    names = [column.name for column in customers.columns if column.name not in kept]
    told = {name: bindparam(name, type_=customers.c[name].type) for name in names}
    return update(customers).where(customers.c.golden_id == bindparam("which")).values(told)


def _reason(sqlite: bool) -> Any:
    told = {name: bindparam(name, type_=customers.c[name].type) for name in ("provenance", "inputs")}
    return update(customers).where(customers.c.golden_id == bindparam("which")).values(told)


def _retold(sqlite: bool) -> Any:
    return inserting(retold, ("golden_id",))


def _past(sqlite: bool) -> Any:
    return inserting(history, PAST)


def _event(sqlite: bool) -> Any:
    return inserting(changes, EVENT)


def create(conn: Connection, made: Sequence[Row]) -> None:
    """New customers, all columns of the table."""
    each(conn, _create, made)


def replace(conn: Connection, made: Sequence[Row], past: Sequence[Row]) -> None:
    """New versions of customers that are there (all columns but those that stay), and the versions that they replace."""
    each(conn, _past, past)
    each(conn, _set, [{**row, "which": row["golden_id"]} for row in made])


def reasons(conn: Connection, made: Sequence[Row]) -> None:
    """The same values for other reasons (golden_id, provenance, inputs; told: whether the provenance is another)."""
    each(conn, _reason, [{"which": row["golden_id"], **{n: row[n] for n in ("provenance", "inputs")}} for row in made])
    each(conn, _retold, [{"golden_id": row["golden_id"]} for row in made if row["told"]])


def tell(conn: Connection, events: Sequence[Row]) -> None:
    """Append to the change feed, columns EVENT."""
    each(conn, _event, events)


def _no_records(sqlite: bool) -> Any:
    return delete(dirty_records)


def _no_values(sqlite: bool) -> Any:
    return delete(dirty_values)


def _unmatched(sqlite: bool) -> Any:
    return select(source_state.c.source).where(source_state.c.first_matched_at.is_(None))


def _matched(sqlite: bool) -> Any:
    here = select(records.c.rid).where(records.c.source == source_state.c.source).exists()
    whole = source_state.c.status.is_distinct_from("partial")
    fresh = source_state.c.first_matched_at.is_(None)
    return update(source_state).where(fresh, here, whole).values(first_matched_at=bindparam("at"))


def done(conn: Connection, at: str, *, lost: bool) -> None:
    """What waited is matched. lost: values wait, too."""
    execute(conn, _no_records)
    if lost:
        execute(conn, _no_values)
    kept.of(conn).drop()
    if rows(conn, _unmatched):
        execute(conn, _matched, at=at)
