"""What other systems are still to do because somebody said no.

Belongs here: the table `withdrawals`, who may be concerned. Does not: what a no means for a system (flow.withdrawing), telling
it (flow.withdraw_tell).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Integer, case, delete, func, or_, select, tuple_, update

from hub.store.bulk import among, insert_rows
from hub.store.tables import customers, landed, records, withdrawals, xref

Row = Mapping[str, Any]
LEFT = ("held", "open", "manual")
"""States of what is still to be done."""
ENDED = ("done", "superseded")
NO = ("target", "purpose", "channel", "said_by", "said_at")
"""What tells one no of one record from another."""
_T = withdrawals.c


def refusing(conn: Connection, only: Collection[str] | None) -> list[str]:
    """Living customers (of these, or all) in whose golden record somebody says no to something."""
    said = or_(*(customers.c.doc.contains(f'"{word}"') for word in ("withdrawn", "refused")))
    chosen = select(customers.c.golden_id).where(customers.c.status == "active", said)
    if only is not None:
        chosen = chosen.where(among(conn, customers.c.golden_id, sorted(only)))
    return list(conn.scalars(chosen.order_by(customers.c.golden_id)))


def left(conn: Connection, destination: str | None = None, states: Sequence[str] = LEFT) -> list[Row]:
    """What is still to be done, of one destination or all, what is due first coming first."""
    chosen = select(withdrawals).where(_T.state.in_(states))
    if destination is not None:
        chosen = chosen.where(_T.destination == destination)
    return _rows(conn, chosen.order_by(_T.due, _T.task_id))


def add(conn: Connection, rows: Sequence[Row]) -> None:
    """Keep new ones."""
    for start in range(0, len(rows), 5_000):
        insert_rows(conn, withdrawals, rows[start : start + 5_000])


def change(conn: Connection, task_ids: Sequence[str], **values: Any) -> None:
    """The same change for several."""
    for start in range(0, len(task_ids), 5_000):
        part = task_ids[start : start + 5_000]
        conn.execute(update(withdrawals).where(among(conn, _T.task_id, part)).values(**values))


def tried(conn: Connection, task_id: str, state: str, reason: str | None, at: str) -> None:
    """What became of one that was told."""
    values: dict[str, Any] = {"state": state, "reason": reason, "tries": _T.tries + 1}
    values |= {"ended_at": at} if state in ENDED else {}
    conn.execute(update(withdrawals).where(_T.task_id == task_id).values(**values))


def get(conn: Connection, task_id: str) -> Row | None:
    """One of them."""
    found = _rows(conn, select(withdrawals).where(_T.task_id == task_id))
    return found[0] if found else None


def of_customer(conn: Connection, golden_ids: Sequence[str]) -> list[Row]:
    """All that concern these customers, the newest first."""
    mine = select(withdrawals).where(among(conn, _T.golden_id, list(golden_ids)))
    return _rows(conn, mine.order_by(_T.at.desc(), _T.task_id.desc()))


def listed(
    conn: Connection,
    *,
    states: Sequence[str] = LEFT,
    destination: str | None = None,
    after: tuple[str, str] | None = None,
    before: str | None = None,
    limit: int = 50,
) -> list[Row]:
    """Those in these states, what is due first coming first: so what is overdue stands on top. after: due and task_id.

    before: only what was due before this moment.
    """
    chosen = select(withdrawals).where(_T.state.in_(states))
    if destination is not None:
        chosen = chosen.where(_T.destination == destination)
    if before is not None:
        chosen = chosen.where(_T.due < before)
    if after is not None:
        chosen = chosen.where(tuple_(_T.due, _T.task_id) > tuple_(*after))
    return _rows(conn, chosen.order_by(_T.due, _T.task_id).limit(limit))


def waiting(conn: Connection, now: str) -> list[dict[str, Any]]:
    """What is still to be done: destination, state, count, due (the first), overdue (how many)."""
    late = func.sum(case((_T.due < now, 1), else_=0)).cast(Integer)
    told = (_T.destination, _T.state, func.count(), func.min(_T.due), late)
    rows = conn.execute(select(*told).where(_T.state.in_(LEFT)).group_by(*told[:2]).order_by(*told[:2]))
    return [dict(zip(("destination", "state", "count", "due", "overdue"), row, strict=True)) for row in rows]


def heard(conn: Connection, destination: str, targets: Sequence[str]) -> set[tuple[Any, ...]]:
    """The nos (NO) of these records that a system was told of already, by the hub or by a person."""
    mine = (_T.destination == destination, _T.state == "done", _T.reason.is_distinct_from("gone"))
    chosen = select(*[_T[name] for name in NO]).where(*mine, among(conn, _T.target, list(targets)))
    return {tuple(row) for row in conn.execute(chosen)} if targets else set()


def pulled(conn: Connection, source: str, targets: Sequence[str], *, gone: bool = False) -> set[str]:
    """Those of these ids that a pull of the source ever brought; gone: of these only what is there no more."""
    same = [landed.c.source == source, landed.c.stream == "customers"]
    same += [landed.c.state == "removed"] if gone else []
    return set(conn.scalars(select(landed.c.source_id).where(*same, among(conn, landed.c.source_id, list(targets)))))


def owners(conn: Connection, source: str, targets: Sequence[str]) -> set[str]:
    """The customers whose these records of a source are now."""
    joined = select(xref.c.golden_id).join(records, records.c.rid == xref.c.rid)
    return set(conn.scalars(joined.where(records.c.source == source, among(conn, records.c.source_id, list(targets)))))


def forget(conn: Connection, golden_ids: Sequence[str]) -> None:
    """Somebody is erased: what concerned them goes."""
    conn.execute(delete(withdrawals).where(among(conn, _T.golden_id, list(golden_ids))))


def _rows(conn: Connection, statement: Any) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in conn.execute(statement).mappings()]
