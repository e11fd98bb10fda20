"""What the last plan of a destination rested on, so that the next one looks only at what changed since.

Belongs here: plan_states, plan_marks, retold, and the customers that something touched since. Does not: deciding (flow.decide).

A customer's lines of a plan rest on the golden record (feed of changes; `retold` where only the reasons moved), on the records
there and elsewhere (records.stamp), on when they landed (raw_records), on what was acknowledged (deliveries). Customers who
had a line, or several records there, are marked and looked at every time: their lines also rest on what is common to all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, Select, delete, func, insert, select

from hub.store import notes
from hub.store.bulk import among, insert_rows
from hub.store.tables import (
    changes,
    deliveries,
    dirty_records,
    plan_marks,
    plan_states,
    raw_records,
    records,
    retold,
    waiting,
    xref,
)

Positions = dict[str, int]
STAMP = "stamp"
FETCH = 5_000
FEW = 2_000
"""So many customers are looked at by themselves, however few there are."""
BACKLOG = 200_000
"""So far behind the newest row of `retold`, a destination (one that is planned no more) holds nobody up."""
SHARE = 10
"""Above one in so many everything is looked at in one go, which is quicker then."""


def positions(conn: Connection) -> Positions:
    """How far everything has come that plans rest on."""
    newest = {"seq": changes.c.seq, "raw": raw_records.c.raw_id, "sent": deliveries.c.seq, "retold": retold.c.seq}
    found = {name: int(conn.scalar(select(func.max(column))) or 0) for name, column in newest.items()}
    return {**found, "stamp": int(notes.get(conn, STAMP) or 0)}


def settled(conn: Connection) -> bool:
    """Whether every record that came is matched: else some belong to nobody yet."""
    return all(conn.execute(select(table).limit(1)).first() is None for table in (dirty_records, waiting))


def last(conn: Connection, destination: str, basis: str) -> Positions | None:
    """Where everything stood at the last plan; None when there was none from the same settings."""
    row = conn.execute(select(plan_states).where(plan_states.c.destination == destination)).mappings().first()
    return orjson.loads(row["positions"]) if row is not None and row["basis"] == basis else None


def touched(conn: Connection, destination: str, since: Positions, held: int) -> set[str] | None:
    """Customers to be looked at: touched since, or marked; None when they are so many that all may as well be.

    held: records there.
    """
    found: set[str] = set()
    most = max(FEW, held // SHARE)
    for statement in _touching(destination, since):
        with conn.execute(statement.execution_options(yield_per=FETCH)) as rows:
            for some in rows.scalars().partitions():
                found.update(some)
                if len(found) > most:
                    return None
    moved = select(changes.c.moved).where(changes.c.seq > since["seq"], changes.c.moved.is_not(None))
    for text in conn.scalars(moved):
        found |= {each for one in orjson.loads(text) for each in (one["from"], one["to"]) if each}
    return found


def _touching(destination: str, since: Positions) -> list[Select[Any]]:
    """Never DISTINCT: SQLite would walk an index of all golden ids for it."""
    stamped = select(records.c.rid).where(records.c.stamp > since["stamp"])
    landed = select(raw_records.c.rid).where(raw_records.c.raw_id > since["raw"])
    return [
        select(changes.c.golden_id).where(changes.c.seq > since["seq"]),
        select(retold.c.golden_id).where(retold.c.seq > since["retold"]),
        select(deliveries.c.golden_id).where(deliveries.c.seq > since["sent"]),
        *[select(xref.c.golden_id).where(xref.c.rid.in_(rids)) for rids in (stamped, landed)],
        select(plan_marks.c.golden_id).where(plan_marks.c.destination == destination),
    ]


def doubles(conn: Connection, destination: str) -> dict[str, Any]:
    """golden id → what was told of a customer with several records there (JSON value)."""
    where = (plan_marks.c.destination == destination, plan_marks.c.double.is_not(None))
    rows = conn.execute(select(plan_marks.c.golden_id, plan_marks.c.double).where(*where))
    return {row.golden_id: orjson.loads(row.double) for row in rows}


def keep(
    conn: Connection,
    destination: str,
    state: Mapping[str, Any],
    looked: Collection[str] | None,
    marks: Mapping[str, Any | None],
) -> None:
    """Keep what a plan rested on. state: basis, positions. looked: customers looked at (None: all).

    marks: of these, golden id → what is told of their several records, None for those who merely have a line.
    """
    mine = plan_marks.c.destination == destination
    for part in [None] if looked is None else _parts(sorted(looked)):
        conn.execute(
            delete(plan_marks).where(mine, *([] if part is None else [among(conn, plan_marks.c.golden_id, part)]))
        )
    rows = [
        {"destination": destination, "golden_id": golden_id, "double": orjson.dumps(one).decode() if one else None}
        for golden_id, one in sorted(marks.items())
    ]
    for part in _parts(rows):
        insert_rows(conn, plan_marks, part)
    conn.execute(delete(plan_states).where(plan_states.c.destination == destination))
    text = orjson.dumps(state["positions"]).decode()
    conn.execute(insert(plan_states).values(destination=destination, basis=state["basis"], positions=text))
    _prune(conn)


def drop(conn: Connection, destination: str) -> None:
    """The next plan looks at everything."""
    conn.execute(delete(plan_states).where(plan_states.c.destination == destination))


def _prune(conn: Connection) -> None:
    """What every destination has seen leaves `retold`; one that is BACKLOG behind looks at everything instead.

    The newest row stays: from it everybody knows how far it had come.
    """
    newest = int(conn.scalar(select(func.max(retold.c.seq))) or 0)
    rows = conn.execute(select(plan_states.c.destination, plan_states.c.positions))
    seen = {row.destination: int(orjson.loads(row.positions)["retold"]) for row in rows}
    late = [name for name, seq in seen.items() if seq < newest - BACKLOG]
    conn.execute(delete(plan_states).where(plan_states.c.destination.in_(late)))
    upto = min([newest - 1, *(seq for name, seq in seen.items() if name not in late)])
    conn.execute(delete(retold).where(retold.c.seq <= upto))


def _parts(values: list[Any], size: int = 5_000) -> list[list[Any]]:
    return [values[start : start + size] for start in range(0, len(values), size)]
