"""Plans, their items, the delivery ledger and what was last acknowledged.

Belongs here: statements about plans, plan_items, deliveries, sent, created_records. Does not: deciding (flow).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import BindParameter, Connection, and_, bindparam, case, delete, exists, func, insert, select, update

from hub.model import Json
from hub.store import headcount
from hub.store.bulk import insert_rows
from hub.store.story import live
from hub.store.tables import (
    changes,
    created_records,
    deliveries,
    dirty_records,
    plan_items,
    plans,
    records,
    sent,
    xref,
)

Row = Mapping[str, Any]
OPEN = ("waiting", "held", "approved")
TOLD = "told"
"""State of a plan that sends nothing: it only tells what is blocked or in conflict."""
PENDING = ("sent", "unknown")
"""States of an item whose outcome is not known: the process died, or no answer came."""


def text(value: Json) -> str:
    """JSON text with sorted keys."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def feed_position(conn: Connection) -> int:
    """The newest sequence number of the change feed."""
    return int(conn.scalar(select(func.max(changes.c.seq))) or 0)


def open_plan(conn: Connection, destination: str) -> Row | None:
    """The plan of a destination that waits, is held or is approved but not yet applied."""
    where = (plans.c.destination == destination, plans.c.state.in_(OPEN))
    row = conn.execute(select(plans).where(*where).order_by(plans.c.created_at.desc())).mappings().first()
    return dict(row) if row is not None else None


def plan(conn: Connection, plan_id: str) -> Row | None:
    """One plan."""
    row = conn.execute(select(plans).where(plans.c.plan_id == plan_id)).mappings().first()
    return dict(row) if row is not None else None


def ever_applied(conn: Connection, destination: str) -> bool:
    """Whether any plan of a destination was ever applied."""
    where = (plans.c.destination == destination, plans.c.state == "applied")
    return conn.scalar(select(plans.c.plan_id).where(*where).limit(1)) is not None


def save_plan(conn: Connection, head: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> None:
    """Store a plan with its items; an open plan of the same destination is superseded."""
    where = (plans.c.destination == head["destination"], plans.c.state.in_(OPEN))
    conn.execute(update(plans).where(*where).values(state="superseded"))
    conn.execute(insert(plans).values(**head))
    for start in range(0, len(items), 5_000):
        insert_rows(conn, plan_items, [{"plan_id": head["plan_id"], **item} for item in items[start : start + 5_000]])


def all_items(conn: Connection, plan_id: str) -> list[Row]:
    """All items of a plan, in order."""
    rows = conn.execute(select(plan_items).where(plan_items.c.plan_id == plan_id).order_by(plan_items.c.n)).mappings()
    return [dict(row) for row in rows]


def item_keys(conn: Connection, plan_id: str) -> set[str]:
    """Idempotency keys of all items of a plan."""
    return set(conn.scalars(select(plan_items.c.idempotency_key).where(plan_items.c.plan_id == plan_id)))


def nothing_to_send(conn: Connection, destination: str) -> Row | None:
    """The newest plan of a destination when it holds nothing to send, only what is blocked or in conflict."""
    row = (
        conn.execute(
            select(plans).where(plans.c.destination == destination).order_by(plans.c.created_at.desc()).limit(1)
        )
        .mappings()
        .first()
    )
    return dict(row) if row is not None and row["state"] == TOLD else None


def drop_told(conn: Connection, destination: str) -> None:
    """Plans that only told something make room for what is told now."""
    mine = select(plans.c.plan_id).where(plans.c.destination == destination, plans.c.state == TOLD)
    conn.execute(delete(plan_items).where(plan_items.c.plan_id.in_(mine)))
    conn.execute(delete(plans).where(plans.c.destination == destination, plans.c.state == TOLD))


def set_plan(conn: Connection, plan_id: str, **values: Any) -> None:
    """Change a plan's state and what goes with it."""
    conn.execute(update(plans).where(plans.c.plan_id == plan_id).values(**values))


def close_open(conn: Connection, destination: str) -> None:
    """Nothing is left to do: open plans of a destination are superseded."""
    where = (plans.c.destination == destination, plans.c.state.in_(OPEN))
    conn.execute(update(plans).where(*where).values(state="superseded"))


def items(
    conn: Connection, plan_id: str, states: Sequence[str], actions: Sequence[str], limit: int, *, after: int = 0
) -> list[Row]:
    """The next items of a plan in those states and with those actions, in order; those behind number `after`."""
    where = (plan_items.c.plan_id == plan_id, plan_items.c.state.in_(states), plan_items.c.action.in_(actions))
    ahead = select(plan_items).where(*where, plan_items.c.n > after)
    rows = conn.execute(ahead.order_by(plan_items.c.n).limit(limit)).mappings()
    return [dict(row) for row in rows]


def pending(conn: Connection, destination: str) -> list[Row]:
    """Items of any plan of a destination whose outcome is not known."""
    unknown: BindParameter[str] = bindparam(
        "unknown", PENDING, expanding=True, literal_execute=True
    )  # as the index of such has it
    statement = (
        select(plan_items)
        .join(plans, plans.c.plan_id == plan_items.c.plan_id)
        .where(plans.c.destination == destination, plan_items.c.state.in_(unknown))
        .order_by(plans.c.created_at, plan_items.c.n)
    )
    return [dict(row) for row in conn.execute(statement).mappings()]


def set_items(conn: Connection, plan_id: str, states: Mapping[int, str]) -> None:
    """Set the state of items by number."""
    for state in sorted(set(states.values())):
        numbers = [n for n, each in states.items() if each == state]
        where = (plan_items.c.plan_id == plan_id, plan_items.c.n.in_(numbers))
        conn.execute(update(plan_items).where(*where).values(state=state))


def add_deliveries(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append to the ledger: ids, states and digests only."""
    insert_rows(conn, deliveries, rows)


def acknowledged(conn: Connection, destination: str, source_id: str) -> Row:
    """What one record took so far: fields, before, origin (JSON values), state; empty when the hub never wrote to it."""
    where = and_(sent.c.destination == destination, sent.c.source_id == source_id)
    row = conn.execute(select(sent).where(where)).mappings().first()
    return dict(row) if row is not None else {}


def acknowledge(
    conn: Connection,
    destination: str,
    source_id: str,
    golden_id: str,
    fields: Mapping[str, Json],
    at: str,
    *,
    before: Mapping[str, Json] | None = None,
    origin: Mapping[str, Json] | None = None,
    back: Sequence[str] = (),
    state: str | None = None,
) -> None:
    """Move what was last acknowledged for one record: the fields of this write over those of earlier ones.

    before: what stood there of others when these fields were written. origin: whose values they are. back: fields that got
    back what was theirs: nothing of the hub's stands there any more. state: inactive or deleted, when that was done; "" when
    it was made, so that nothing earlier counts; None leaves it.
    """
    held = acknowledged(conn, destination, source_id)
    told = {
        name: _over(None if state == "" else held.get(name), new or {}, back)
        for name, new in (("fields", fields), ("before", before), ("origin", origin))
    }
    row = {
        **told,
        "golden_id": golden_id,
        "acked_at": at,
        "state": (held.get("state") if state is None else state) or None,
    }
    stood, stands = bool(held) and held["state"] is None, row["state"] is None
    headcount.shift(conn, headcount.GIVEN + destination, stands - stood)
    if held:
        where = (sent.c.destination == destination, sent.c.source_id == source_id)
        conn.execute(update(sent).where(*where).values(**row))
    else:
        conn.execute(insert(sent).values(destination=destination, source_id=source_id, **row))


def _over(held: str | None, new: Mapping[str, Json], back: Sequence[str]) -> str:
    merged = {**orjson.loads(held or "{}"), **new}
    return text({name: value for name, value in merged.items() if name not in back})


def renamed(conn: Connection, destination: str, source: str, old: str, new: str, golden_id: str, at: str) -> None:
    """Keep that an update gave a record another id there, as a new e-mail does where the id is made of it.

    What was acknowledged for the old id stands under the new one. The old id is gone there by the hub's own doing, before any
    pull can tell; the new one is this customer's by the receipt, and as little of the hub's making as the old one.
    """
    held = acknowledged(conn, destination, old)
    stood = bool(held) and held["state"] is None
    if held and not acknowledged(conn, destination, new):
        conn.execute(insert(sent).values({**held, "source_id": new}))
        headcount.shift(conn, headcount.GIVEN + destination, int(stood))
    where = (sent.c.destination == destination, sent.c.source_id == old)
    conn.execute(delete(sent).where(*where))
    gone = {"destination": destination, "source_id": old, "golden_id": golden_id, "fields": "{}", "acked_at": at}
    conn.execute(insert(sent).values(**gone, state="deleted"))
    headcount.shift(conn, headcount.GIVEN + destination, -int(stood))
    mine = (created_records.c.source == source, created_records.c.source_id == old)
    made = conn.execute(select(created_records.c.at).where(*mine)).scalar()
    belongs(conn, source, new, golden_id, made or "", gone=old)


def belongs(conn: Connection, source: str, source_id: str, golden_id: str, at: str, *, gone: str | None = None) -> None:
    """Keep by receipt that this record is this customer's (rule `sent`); if it is there, match it anew.

    It is held by another record of that customer's (never by itself, though a pull may have brought it before the receipt),
    best by one that others made: two made ones must not hold each other.
    at: when the hub made it; "" when it did not, and only gave it another id. gone: the id that it had.
    """
    golden_id = live(conn, golden_id) or golden_id
    first = (
        select(records.c.source, records.c.source_id)
        .join(xref, xref.c.rid == records.c.rid)
        .where(
            xref.c.golden_id == golden_id,
            ~and_(records.c.source == source, records.c.source_id.in_([source_id, gone or source_id])),
        )
        .order_by(case((_made_by_hub(), 1), else_=0), records.c.source, records.c.source_id)
        .limit(1)
    )
    anchor = conn.execute(first).first()
    known = (created_records.c.source == source, created_records.c.source_id == source_id)
    if conn.execute(select(created_records.c.source).where(*known)).first() is None:
        conn.execute(
            insert(created_records).values(
                source=source,
                source_id=source_id,
                golden_id=golden_id,
                at=at,
                anchor=":".join(anchor) if anchor else "",
            )
        )
        here = select(records.c.rid).where(records.c.source == source, records.c.source_id == source_id)
        clean = here.where(records.c.rid.not_in(select(dirty_records.c.rid)))
        conn.execute(insert(dirty_records).from_select(["rid"], clean))


def _made_by_hub() -> Any:
    return exists().where(
        created_records.c.source == records.c.source, created_records.c.source_id == records.c.source_id
    )


def listed(conn: Connection, destination: str | None = None, limit: int = 50) -> list[Row]:
    """The newest plans, of one destination or all."""
    where = [plans.c.destination == destination] if destination else []
    rows = conn.execute(select(plans).where(*where).order_by(plans.c.created_at.desc()).limit(limit)).mappings()
    return [dict(row) for row in rows]
