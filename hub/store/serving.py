"""Pages of what programs read: customers, changes, runs, plans, deliveries, quarantine, each by the key after which it goes on.

Belongs here: SELECTs by key, never by offset. Does not: one customer by a key (points.py), the story of one (story.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, func, or_, select

from hub.model import CUSTOMER_KINDS
from hub.store.bulk import among
from hub.store.points import told
from hub.store.tables import changes, customers, deliveries, orders, plan_items, plans, quarantine, records, runs, xref

Row = Mapping[str, Any]
BATCH = 500
LIVING = ("active", "inactive")


def _rows(conn: Connection, statement: Select[Any]) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in conn.execute(statement).mappings()]


# customers -----------------------------------------------------------------------------------------------------------


def customers_after(conn: Connection, golden_id: str, limit: int) -> list[Row]:
    """Living persons and organisations in the order of ids."""
    mine = (customers.c.golden_id > golden_id, customers.c.status == "active", customers.c.kind.in_(CUSTOMER_KINDS))
    return _rows(conn, select(*told()).where(*mine).order_by(customers.c.golden_id).limit(limit))


def changed_after(conn: Connection, seq: int, limit: int) -> list[Row]:
    """Living persons and organisations by their last change (`seq`), each once."""
    later = changes.alias()
    last = ~exists().where(later.c.golden_id == changes.c.golden_id, later.c.seq > changes.c.seq)
    joined = changes.join(customers, customers.c.golden_id == changes.c.golden_id)
    mine = (changes.c.seq > seq, last, customers.c.status.in_(LIVING), customers.c.kind.in_(CUSTOMER_KINDS))
    chosen = select(*told(), changes.c.seq).select_from(joined)
    return _rows(conn, chosen.where(*mine).order_by(changes.c.seq).limit(limit))


def of_ids(conn: Connection, golden_ids: Sequence[str]) -> list[Row]:
    """These customers, by id."""
    chosen = select(*told()).where(among(conn, customers.c.golden_id, list(golden_ids)))
    return _rows(conn, chosen.order_by(customers.c.golden_id)) if golden_ids else []


def whole(conn: Connection) -> Iterator[Row]:
    """All living records of any kind in the order of ids, read in batches."""
    last = ""
    while True:
        mine = (customers.c.golden_id > last, customers.c.status.in_(LIVING))
        rows = _rows(conn, select(*told()).where(*mine).order_by(customers.c.golden_id).limit(BATCH))
        yield from rows
        if len(rows) < BATCH:
            return
        last = rows[-1]["golden_id"]


def orders_after(conn: Connection, golden_id: str, key: Sequence[str | None] | None, limit: int) -> list[Row]:
    """Orders of a customer, newest first; those without a time last. key: at, source, source_id of the last one seen."""
    whose = and_(records.c.source == orders.c.source, records.c.source_id == orders.c.customer_source_id)
    names = ("source", "source_id", "code", "kind", "at", "store", "currency", "total", "paid")
    at = func.coalesce(orders.c.at, "")
    chosen = select(*[orders.c[name] for name in names]).select_from(xref).join(records, records.c.rid == xref.c.rid)
    chosen = chosen.join(orders, whose).where(xref.c.golden_id == golden_id)
    if key is not None:
        moment, source, source_id = (one or "" for one in key)
        beyond = and_(orders.c.source == source, orders.c.source_id > source_id)
        chosen = chosen.where(or_(at < moment, and_(at == moment, or_(orders.c.source > source, beyond))))
    return _rows(conn, chosen.order_by(at.desc(), orders.c.source, orders.c.source_id).limit(limit))


# the feed ------------------------------------------------------------------------------------------------------------

EVENT = ("seq", "at", "kind", "golden_id", "version", "changed", "moved")


def changes_after(conn: Connection, seq: int, limit: int) -> list[Row]:
    """Events in order: the columns EVENT, changed and moved as JSON text."""
    chosen = select(*[changes.c[name] for name in EVENT]).where(changes.c.seq > seq)
    return _rows(conn, chosen.order_by(changes.c.seq).limit(limit))


def changes_of(conn: Connection, golden_ids: Sequence[str], seq: int, limit: int) -> list[Row]:
    """Events of these ids in order, with the run of each."""
    chosen = select(*[changes.c[name] for name in EVENT], changes.c.run_id).where(changes.c.golden_id.in_(golden_ids))
    return _rows(conn, chosen.where(changes.c.seq > seq).order_by(changes.c.seq).limit(limit))


def ends(conn: Connection) -> tuple[int, int]:
    """The first and the last number of the feed; (0, 0) while it is empty."""
    row = conn.execute(select(func.min(changes.c.seq), func.max(changes.c.seq))).one()
    return int(row[0] or 0), int(row[1] or 0)


def position_at(conn: Connection, at: str) -> int:
    """The number of the last event before a moment: events bear times that rise with their numbers."""
    low, high = ends(conn)
    low = max(low - 1, 0)
    while low < high:
        middle = (low + high + 1) // 2
        row = conn.execute(
            select(changes.c.seq, changes.c.at).where(changes.c.seq <= middle).order_by(changes.c.seq.desc()).limit(1)
        ).first()
        if row is None or row.at < at:
            low = middle
        else:
            high = row.seq - 1
    return low


# operators -----------------------------------------------------------------------------------------------------------

RUN = ("run_id", "trigger", "status", "started_at", "ended_at")
PLAN = ("plan_id", "destination", "state", "created_at", "counts", "reason", "approved_by", "approved_at", "applied_at")
DELIVERY = ("seq", "at", "destination", "action", "golden_id", "target", "state", "reason", "plan_id", "run_id")
ENTRY = ("qid", "source", "stream", "source_id", "code", "field", "state", "attempts", "first_at", "last_at")
ITEM = ("n", "action", "golden_id", "target", "changes", "reason", "state")


def runs_before(conn: Connection, key: Sequence[str] | None, limit: int) -> list[Row]:
    """Runs, newest first. key: started_at, run_id of the last one seen."""
    chosen = select(*[runs.c[name] for name in RUN])
    if key is not None:
        same = and_(runs.c.started_at == key[0], runs.c.run_id < key[1])
        chosen = chosen.where(or_(runs.c.started_at < key[0], same))
    return _rows(conn, chosen.order_by(runs.c.started_at.desc(), runs.c.run_id.desc()).limit(limit))


def run(conn: Connection, run_id: str) -> Row | None:
    """One run with its report (JSON text)."""
    found = _rows(conn, select(*[runs.c[name] for name in RUN], runs.c.report).where(runs.c.run_id == run_id))
    return found[0] if found else None


def plans_before(conn: Connection, destination: str | None, key: Sequence[str] | None, limit: int) -> list[Row]:
    """Plans, newest first. key: created_at, plan_id of the last one seen."""
    chosen = select(*[plans.c[name] for name in PLAN])
    if destination is not None:
        chosen = chosen.where(plans.c.destination == destination)
    if key is not None:
        same = and_(plans.c.created_at == key[0], plans.c.plan_id < key[1])
        chosen = chosen.where(or_(plans.c.created_at < key[0], same))
    return _rows(conn, chosen.order_by(plans.c.created_at.desc(), plans.c.plan_id.desc()).limit(limit))


def plan(conn: Connection, plan_id: str) -> Row | None:
    """One plan."""
    found = _rows(conn, select(*[plans.c[name] for name in PLAN]).where(plans.c.plan_id == plan_id))
    return found[0] if found else None


def items_after(conn: Connection, plan_id: str, n: int, limit: int) -> list[Row]:
    """Lines of a plan in order; changes is JSON {field: [old, new]}."""
    chosen = select(*[plan_items.c[name] for name in ITEM]).where(plan_items.c.plan_id == plan_id, plan_items.c.n > n)
    return _rows(conn, chosen.order_by(plan_items.c.n).limit(limit))


def deliveries_before(conn: Connection, wanted: Mapping[str, str], seq: int | None, limit: int) -> list[Row]:
    """The ledger, newest first. wanted: column → value."""
    chosen = select(*[deliveries.c[name] for name in DELIVERY])
    chosen = chosen.where(*[deliveries.c[name] == value for name, value in wanted.items()])
    if seq is not None:
        chosen = chosen.where(deliveries.c.seq < seq)
    return _rows(conn, chosen.order_by(deliveries.c.seq.desc()).limit(limit))


def quarantine_after(conn: Connection, wanted: Mapping[str, str], qid: int, limit: int) -> list[Row]:
    """Entries by number. wanted: column → value."""
    chosen = select(*[quarantine.c[name] for name in ENTRY]).where(quarantine.c.qid > qid)
    chosen = chosen.where(*[quarantine.c[name] == value for name, value in wanted.items()])
    return _rows(conn, chosen.order_by(quarantine.c.qid).limit(limit))
