"""What people decided about customers: an append-only log of decisions, and the judgements that carry them.

Belongs here: decisions, judgements, who must be looked at again. Does not: pins (pins.py), what follows (hub.matching).
A decision is undone by another decision; whether it stands is told by its rows, which are switched, never deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl
from sqlalchemy import Connection, insert, or_, select, update

from hub.store import audit, evidence, held
from hub.store.bulk import among, insert_frame
from hub.store.frames import read_frame
from hub.store.tables import consents, decisions, dirty_customers, dirty_records, holds, judgements, pins, reviews
from hub.store.words import named

Row = Mapping[str, Any]
HELD = {"approve": "approved", "refuse": "refused"}
"""Kinds of decision that settle joins held back, and the state they give."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the log. subjects: golden ids as they were then. undoes: the decision that this one takes back."""

    decision_id: str
    at: str
    author: str
    kind: str
    reason: str | None
    subjects: Sequence[str]
    run_id: str
    undoes: str | None = None


def note(conn: Connection, decision: Decision) -> None:
    """Append a decision to its log and to the audit log."""
    row = {name: getattr(decision, name) for name in Decision.__dataclass_fields__}
    conn.execute(insert(decisions).values(row | {"subjects": orjson.dumps(list(decision.subjects)).decode()}))
    audit.write(
        conn,
        at=decision.at,
        actor=decision.author,
        action=decision.kind,
        subjects=decision.subjects,
        reason=decision.reason,
        details={"decision_id": decision.decision_id, "undoes": decision.undoes, "run_id": decision.run_id},
    )


def judge(conn: Connection, decision: Decision, pairs: Sequence[tuple[str, str, str]]) -> None:
    """Keep a decision's judgements (two names `source:source_id`, verdict) and have their records looked at again."""
    told = pl.DataFrame(list(pairs), schema=["x", "y", "verdict"], orient="row")
    ordered = told.select(a=pl.min_horizontal("x", "y"), b=pl.max_horizontal("x", "y"), verdict="verdict").unique(
        maintain_order=True
    )
    said = {name: getattr(decision, name) for name in ("author", "at", "reason", "decision_id")}
    constants = {name: pl.lit(value, dtype=pl.String) for name, value in said.items()}
    insert_frame(conn, judgements, ordered.with_columns(active=pl.lit(True), **constants))
    names = pl.concat([ordered["a"], ordered["b"]]).unique().sort().to_list()
    evidence.keep(conn, decision.decision_id, names)
    soil(conn, names)


def settle(conn: Connection, decision: Decision, run_id: str) -> None:
    """Settle the joins that a run held back, as the decision's kind (approve | refuse) says."""
    pairs = held.of_run(conn, run_id)
    held.settle(conn, run_id, HELD[decision.kind], decision.decision_id)
    soil(conn, sorted({name for pair in pairs for name in pair}))


def switch(conn: Connection, decision_id: str, by: Decision, *, on: bool) -> None:
    """Let all that a decision said stand or fall, by another one, and have whom it concerns looked at again.

    What a fallen decision kept apart may come together again, however many customers that merges: a person said so.
    """
    for table in (judgements, pins, consents, holds):
        conn.execute(update(table).where(table.c.decision_id == decision_id).values(active=on))
    _answered(conn, decision_id, on=on)
    said = select(judgements.c.a, judgements.c.b, judgements.c.verdict).where(judgements.c.decision_id == decision_id)
    pairs = read_frame(conn, said)
    names = {*pairs["a"], *pairs["b"]}
    kind = conn.scalar(select(decisions.c.kind).where(decisions.c.decision_id == decision_id))
    if kind in HELD:
        names.update(held.switch(conn, decision_id, HELD[kind] if on else "held"))
    elif not on:
        held.approve(conn, pairs.filter(pl.col("verdict") == "different").select("a", "b"), by.run_id, by.at)
    bearers: set[str] = set()
    for table in (pins, consents):
        for row in conn.execute(select(table.c.anchor, table.c.golden_id).where(table.c.decision_id == decision_id)):
            names.add(row.anchor)
            bearers.add(row.golden_id)
    soil(conn, sorted(names))
    soil_customers(conn, sorted(bearers))


def _answered(conn: Connection, decision_id: str, *, on: bool) -> None:
    """The questions that a decision answered are open when it has fallen, decided when it stands again."""
    was, now = ("open", "decided") if on else ("decided", "open")
    mine = (reviews.c.decision_id == decision_id, reviews.c.state == was)
    conn.execute(update(reviews).where(*mine).values(state=now))


def soil(conn: Connection, names: Sequence[str]) -> None:
    """Have these records (those that are there) matched again."""
    there = select(dirty_records.c.rid)
    rids = named(conn, list(names)).select("rid").unique()
    insert_frame(conn, dirty_records, rids.join(read_frame(conn, there), on="rid", how="anti").sort("rid"))


def soil_customers(conn: Connection, golden_ids: Sequence[str]) -> None:
    """Have these customers decided again."""
    held = set(conn.scalars(select(dirty_customers.c.golden_id)))
    rows = [{"golden_id": one} for one in sorted(set(golden_ids) - held)]
    if rows:
        conn.execute(insert(dirty_customers), rows)


def get(conn: Connection, decision_id: str) -> Row | None:
    """One decision, None when there is none of that id."""
    rows = _rows(conn.execute(select(decisions).where(decisions.c.decision_id == decision_id)).mappings())
    return rows[0] if rows else None


def of_run(conn: Connection, run_id: str) -> list[Row]:
    """The decisions that came with a run."""
    chosen = select(decisions).where(decisions.c.run_id == run_id)
    return _rows(conn.execute(chosen.order_by(decisions.c.at, decisions.c.decision_id)).mappings())


def newest(conn: Connection, most: int, author: str | None = None) -> list[Row]:
    """The newest decisions, newest first, each with `stands`. author: only theirs."""
    ordered = select(decisions).order_by(decisions.c.at.desc(), decisions.c.decision_id.desc()).limit(most)
    rows = _rows(conn.execute(ordered.where(decisions.c.author == author) if author else ordered).mappings())
    return [{**row, "stands": stands(conn, row["decision_id"])} for row in rows]


def stands(conn: Connection, decision_id: str) -> bool:
    """Whether no standing decision takes this one back."""
    takers = conn.scalars(select(decisions.c.decision_id).where(decisions.c.undoes == decision_id)).all()
    return not any(stands(conn, taker) for taker in takers)


def about(conn: Connection, names: Sequence[str]) -> list[Row]:
    """The judgements in which these records stand, newest first, with those that no longer stand."""
    touched = or_(among(conn, judgements.c.a, names), among(conn, judgements.c.b, names))
    columns = [judgements.c[name] for name in ("a", "b", "verdict", "author", "at", "reason", "active", "decision_id")]
    ordered = select(*columns).where(touched).order_by(judgements.c.at.desc(), judgements.c.id.desc())
    return [{str(name): value for name, value in row.items()} for row in conn.execute(ordered).mappings()]


def _rows(found: Iterable[Any]) -> list[Row]:
    return [
        {str(name): value for name, value in row.items()} | {"subjects": orjson.loads(row["subjects"])} for row in found
    ]
