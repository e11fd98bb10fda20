"""Who was forgotten and how they are known again; what other systems are still to do.

Belongs here: erasures, erased_keys, erase_tasks. Does not: making digests (flow.forget_key), taking values out (erasing.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, delete, func, insert, select, update

from hub.store.bulk import among, insert_rows
from hub.store.tables import erase_tasks, erased_keys, erasures

Row = Mapping[str, Any]
ALLOWED, SAME = "allowed", "same"
OPEN = ("open", "manual")


def any_there(conn: Connection) -> bool:
    """Whether anybody is to be kept out: one look at an index."""
    return conn.scalar(select(erased_keys.c.digest).limit(1)) is not None


def known(conn: Connection, digests: Sequence[str]) -> list[Row]:
    """The keys among these digests: digest, erasure_id, kind, and (null of `allowed`) at, words of the erasure."""
    columns = (erased_keys.c.digest, erased_keys.c.erasure_id, erased_keys.c.kind, erasures.c.at, erasures.c.words)
    joined = select(*columns).outerjoin(erasures, erasures.c.erasure_id == erased_keys.c.erasure_id)
    return _rows(conn, joined.where(among(conn, erased_keys.c.digest, list(digests)))) if digests else []


def add(conn: Connection, erasure: Row, keys: Iterable[tuple[str, str]], tasks: Sequence[Row]) -> None:
    """Keep an erasure with its keys (digest, kind) and tasks; those that stand already stay as they are."""
    mine = erasures.c.erasure_id == erasure["erasure_id"]
    if conn.scalar(select(erasures.c.erasure_id).where(mine)) is None:
        conn.execute(insert(erasures).values(dict(erasure)))
    add_keys(conn, erasure["erasure_id"], keys)
    held = select(erase_tasks.c.system, erase_tasks.c.digest).where(erase_tasks.c.erasure_id == erasure["erasure_id"])
    there = {(row.system, row.digest) for row in conn.execute(held)}
    fresh = [one for one in tasks if (one["system"], one["digest"]) not in there]
    insert_rows(conn, erase_tasks, [{"erasure_id": erasure["erasure_id"], "tries": 0, **one} for one in fresh])


def add_keys(conn: Connection, erasure_id: str, keys: Iterable[tuple[str, str]]) -> None:
    """Keep keys (digest, kind) of an erasure."""
    there = set(conn.scalars(select(erased_keys.c.digest).where(erased_keys.c.erasure_id == erasure_id)))
    rows = [{"digest": digest, "erasure_id": erasure_id, "kind": kind} for digest, kind in dict(keys).items()]
    insert_rows(conn, erased_keys, [row for row in rows if row["digest"] not in there])


def confirm(conn: Connection, erasure_id: str, digest: str) -> None:
    """A person said that this record is of that erasure, whatever its name."""
    same = (erased_keys.c.digest == digest, erased_keys.c.erasure_id == erasure_id)
    conn.execute(delete(erased_keys).where(*same))
    add_keys(conn, erasure_id, [(digest, SAME)])


def get(conn: Connection, erasure_id: str) -> Row | None:
    """One erasure with all columns, proof and words as JSON values."""
    rows = _rows(conn, select(erasures).where(erasures.c.erasure_id == erasure_id))
    return _told(rows[0]) if rows else None


def line(conn: Connection, erasure_id: str) -> dict[str, Any]:
    """An erasure as it is written beside the store: who, when, words and keys."""
    row = get(conn, erasure_id) or {}
    keys = select(erased_keys.c.digest, erased_keys.c.kind).where(erased_keys.c.erasure_id == erasure_id)
    told = {name: row[name] for name in ("erasure_id", "golden_id", "at", "actor", "state", "words")}
    return {**told, "keys": [[digest, kind] for digest, kind in conn.execute(keys.order_by(erased_keys.c.digest))]}


def of(conn: Connection, golden_ids: Sequence[str]) -> list[Row]:
    """Erasures of these customers, the newest first."""
    chosen = select(erasures).where(among(conn, erasures.c.golden_id, list(golden_ids)))
    return [_told(row) for row in _rows(conn, chosen.order_by(erasures.c.at.desc()))]


def ids(conn: Connection) -> dict[str, str]:
    """erasure_id → state, of all."""
    return {row.erasure_id: row.state for row in conn.execute(select(erasures.c.erasure_id, erasures.c.state))}


def lift(conn: Connection, erasure_id: str, at: str, by: str) -> None:
    """The person may come back; what other systems were asked to do goes on."""
    mine = erasures.c.erasure_id == erasure_id
    conn.execute(update(erasures).where(mine).values(state="lifted", lifted_at=at, lifted_by=by))
    conn.execute(delete(erased_keys).where(erased_keys.c.erasure_id == erasure_id))


# tasks ---------------------------------------------------------------------------------------------------------------


def tasks(conn: Connection, *, system: str | None = None, erasure_id: str | None = None) -> list[Row]:
    """Tasks of a system, of an erasure, or all, those that are due first."""
    chosen = select(erase_tasks).order_by(erase_tasks.c.due, erase_tasks.c.system, erase_tasks.c.digest)
    if system is not None:
        chosen = chosen.where(erase_tasks.c.system == system)
    if erasure_id is not None:
        chosen = chosen.where(erase_tasks.c.erasure_id == erasure_id)
    return _rows(conn, chosen)


def settle(conn: Connection, task: Row, state: str, reason: str | None, at: str) -> None:
    """What became of a task; one that the hub has no more to do with forgets whom it was about."""
    values: dict[str, Any] = {"state": state, "reason": reason, "tries": task["tries"] + 1, "at": at}
    if state != "open":
        values["target"] = None
    same = [erase_tasks.c[name] == task[name] for name in ("erasure_id", "system", "digest")]
    conn.execute(update(erase_tasks).where(*same).values(values))


def waiting(conn: Connection, now: str) -> list[dict[str, Any]]:
    """What is still to be done: system, state, count, due (the first), overdue (how many)."""
    late = func.sum((erase_tasks.c.due < now).cast(erase_tasks.c.tries.type))
    told = (erase_tasks.c.system, erase_tasks.c.state, func.count(), func.min(erase_tasks.c.due), late)
    rows = conn.execute(select(*told).where(erase_tasks.c.state.in_(OPEN)).group_by(*told[:2]).order_by(*told[:2]))
    return [dict(zip(("system", "state", "count", "due", "overdue"), row, strict=True)) for row in rows]


def _told(row: Row) -> Row:
    return {**row, "proof": orjson.loads(row["proof"]), "words": orjson.loads(row["words"])}


def _rows(conn: Connection, statement: Any) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in conn.execute(statement).mappings()]
