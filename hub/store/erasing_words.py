"""Taking a person's words and values out of decisions, plans and what was sent, in the caller's transaction.

Belongs here: what people said and what went out. Does not: the records and the golden record (erasing.py).
Where a record's own id must stay for the sake of others it is replaced by a keyed digest: an id may be an e-mail address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from sqlalchemy import Column, Connection, and_, bindparam, delete, or_, select, update

from hub.store import evidence as kept_evidence
from hub.store import headcount, withdrawals
from hub.store.bulk import among
from hub.store.erased_person import Person
from hub.store.plans import OPEN
from hub.store.tables import (
    changes,
    consents,
    created_records,
    decisions,
    deliveries,
    held_joins,
    holds,
    judgements,
    pins,
    plan_items,
    plan_marks,
    plan_states,
    plans,
    push_wishes,
    reviews,
    samples,
    sent,
)


@dataclass(frozen=True, slots=True)
class Eraser:
    """One erasing. aliases: name of a record (`source:source_id`) → what stands for its id. at, run_id: of the change."""

    conn: Connection
    person: Person
    aliases: Mapping[str, str]
    at: str
    run_id: str


def said(by: Eraser) -> None:
    """Decisions keep their ids; words and values go. What was judged about these records goes whole."""
    conn, keys, ids = by.conn, by.person.keys, by.person.golden_ids
    kept_evidence.erase(conn, keys)
    for table in (judgements, held_joins):
        conn.execute(delete(table).where(or_(among(conn, table.c.a, keys), among(conn, table.c.b, keys))))
    for table, words in (
        (pins, {"value": "", "stood": None, "said": None}),
        (consents, {"address": None}),
        (holds, {}),
    ):
        mine = or_(among(conn, table.c.anchor, keys), among(conn, table.c.golden_id, ids))
        conn.execute(update(table).where(mine).values(words | {"reason": None, "active": False}))
        _renamed(by, table.c.anchor)
    for column in (samples.c.a, samples.c.b, reviews.c.a, reviews.c.b):
        if column.table is reviews:
            told = {"comment": None}
            conn.execute(update(reviews).where(among(conn, column, keys)).values(told))
            open_ = reviews.c.state.in_(("open", "later"))
            gone = {"state": "gone", "decided_at": by.at}
            conn.execute(update(reviews).where(among(conn, column, keys), open_).values(gone))
        _renamed(by, column)
    for golden_id in ids:
        about = decisions.c.subjects.contains(golden_id, autoescape=True)
        conn.execute(update(decisions).where(about).values(reason=None))
    _moved(by)


def _renamed(by: Eraser, column: Column[str]) -> None:
    """Digests instead of the records' names."""
    rows = [{"was": name, "now": by.aliases[name]} for name in by.person.keys]
    if rows:
        by.conn.execute(update(column.table).where(column == bindparam("was")).values({column: bindparam("now")}), rows)


def _moved(by: Eraser) -> None:
    """Events of merges and splits name records by their own ids."""
    whose = among(by.conn, changes.c.golden_id, [*by.person.golden_ids, *by.person.past])
    rows = by.conn.execute(select(changes.c.seq, changes.c.moved).where(whose, changes.c.moved.is_not(None))).all()
    for seq, moved in rows:
        told = [
            {**one, "source_id": by.aliases.get(f"{one['source']}:{one['source_id']}", one["source_id"])}
            for one in orjson.loads(moved)
        ]
        by.conn.execute(update(changes).where(changes.c.seq == seq).values(moved=orjson.dumps(told).decode()))


def _unnamed(by: Eraser) -> None:
    """A system's own id may be made of an e-mail address, and from the digest of a write its values can be guessed: both
    leave the ledger and the plans; when what was written where stays told."""
    theirs = by.person.records["source_id"].unique().to_list()
    for table in (plan_items, deliveries):
        before = and_(among(by.conn, table.c.golden_id, by.person.past), among(by.conn, table.c.target, theirs))
        mine = or_(among(by.conn, table.c.golden_id, by.person.golden_ids), before)
        blank = {"target": None, "idempotency_key": "erased"}
        by.conn.execute(update(table).where(mine).values(blank | ({"digest": None} if table is deliveries else {})))


def planned(by: Eraser) -> int:
    """Values leave plans and what was acknowledged; a plan that is open rests on other customers now, so it is stale, and
    the next plan of every destination asks about all."""
    conn, ids = by.conn, by.person.golden_ids
    mine = among(conn, plan_items.c.golden_id, ids)
    rows = conn.execute(select(plan_items.c.plan_id, plan_items.c.n, plan_items.c.changes).where(mine)).all()
    for plan_id, n, changed in rows:
        names = orjson.dumps({name: [None, None] for name in orjson.loads(changed)}).decode()
        same = (plan_items.c.plan_id == plan_id, plan_items.c.n == n)
        conn.execute(update(plan_items).where(*same).values(changes=names, known=None, notes=None))
    unsettled = plan_items.c.state.in_(("open", "sent", "retry", "unknown"))
    conn.execute(update(plan_items).where(mine, unsettled).values(state="rejected", reason="erased"))
    touched = select(plan_items.c.plan_id).where(mine)
    standing = plans.c.state.in_(OPEN)
    conn.execute(update(plans).where(standing, plans.c.plan_id.in_(touched)).values(state="stale"))
    conn.execute(update(plans).where(plans.c.plan_id.in_(touched)).values(basis=""))
    _unnamed(by)
    for table in (sent, created_records, push_wishes, plan_marks):
        conn.execute(delete(table).where(among(conn, table.c.golden_id, ids)))
    withdrawals.forget(conn, [*ids, *by.person.past])
    conn.execute(delete(plan_states))
    headcount.lose(conn)
    for name in by.person.keys:
        source, _, source_id = name.partition(":")
        same = (created_records.c.source == source, created_records.c.source_id == source_id)
        conn.execute(delete(created_records).where(*same))
    _renamed(by, created_records.c.anchor)
    return len(rows)
