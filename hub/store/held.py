"""Joins of customers that a run held back: kept by pairs of records until a person lets them go on or refuses them.

Belongs here: the table `held_joins`, what is usual. Does not: which joins are held (hub.matching.blast).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import polars as pl
from sqlalchemy import Connection, func, select, update

from hub.store.bulk import among, upsert_frame
from hub.store.frames import read_frame
from hub.store.scope import Scope
from hub.store.tables import held_joins, records, runs, source_state
from hub.store.words import named

Row = Mapping[str, Any]
RUNS = 20
"""So many of the newest runs tell what is usual."""


def keep(conn: Connection, pairs: pl.DataFrame, run_id: str, at: str) -> None:
    """Hold these pairs (rid_a, rid_b) back."""
    rids = pl.concat([pairs["rid_a"], pairs["rid_b"]]).unique().to_list()
    known = select(records.c.rid, records.c.source, records.c.source_id).where(among(conn, records.c.rid, rids))
    names = read_frame(conn, known).select("rid", name=pl.concat_str("source", pl.lit(":"), "source_id"))
    told = pairs.join(names.rename({"rid": "rid_a", "name": "x"}), on="rid_a")
    told = told.join(names.rename({"rid": "rid_b", "name": "y"}), on="rid_b")
    _put(conn, told.select(a=pl.min_horizontal("x", "y"), b=pl.max_horizontal("x", "y")), run_id, at, "held")


def approve(conn: Connection, pairs: pl.DataFrame, run_id: str, at: str) -> None:
    """Let these pairs (a, b; names in byte order) come together without being held back."""
    _put(conn, pairs, run_id, at, "approved")


def _put(conn: Connection, pairs: pl.DataFrame, run_id: str, at: str, state: str) -> None:
    said = {"run_id": run_id, "at": at, "state": state, "decision_id": None}
    rows = (
        pairs.unique().sort("a", "b").with_columns(pl.lit(value, pl.String).alias(name) for name, value in said.items())
    )
    upsert_frame(conn, held_joins, rows)


def hold(taken: Scope, pairs: pl.DataFrame, at: str) -> None:
    """Let a scope know that these pairs are held back, so that matching keeps them apart."""
    said = pairs.with_columns(verdict=pl.lit("held"), at=pl.lit(at)).select(taken.judgements.columns)
    taken.judgements = pl.concat([taken.judgements, said.cast(taken.judgements.schema)])


def approved(conn: Connection) -> pl.DataFrame:
    """Pairs that a person has let go on, between records that are there: rid_a, rid_b."""
    told = read_frame(conn, select(held_joins.c.a, held_joins.c.b).where(held_joins.c.state == "approved"))
    rids = named(conn, [*told["a"], *told["b"]])
    both = told.join(rids.rename({"rid": "rid_a", "name": "a"}), on="a").join(
        rids.rename({"rid": "rid_b", "name": "b"}), on="b"
    )
    return both.select("rid_a", "rid_b")


def of_run(conn: Connection, run_id: str) -> list[tuple[str, str]]:
    """Pairs (`source:source_id`) that a run held back and nobody has decided yet."""
    waiting = select(held_joins.c.a, held_joins.c.b).where(held_joins.c.run_id == run_id, held_joins.c.state == "held")
    return [(str(a), str(b)) for a, b in conn.execute(waiting.order_by(held_joins.c.a, held_joins.c.b))]


def waiting(conn: Connection) -> list[Row]:
    """Runs with joins that wait for a person: run_id, at, pairs; oldest first."""
    grouped = select(held_joins.c.run_id, func.min(held_joins.c.at).label("at"), func.count().label("pairs"))
    rows = conn.execute(grouped.where(held_joins.c.state == "held").group_by(held_joins.c.run_id)).mappings()
    return sorted(({str(name): value for name, value in row.items()} for row in rows), key=lambda row: row["at"])


def settle(conn: Connection, run_id: str, state: str, decision_id: str) -> None:
    """Let what a run held back go on (approved) or be refused, by a decision."""
    mine = (held_joins.c.run_id == run_id, held_joins.c.state == "held")
    conn.execute(update(held_joins).where(*mine).values(state=state, decision_id=decision_id))


def switch(conn: Connection, decision_id: str, state: str) -> list[str]:
    """Set the state of the pairs that a decision settled; gives their records."""
    mine = held_joins.c.decision_id == decision_id
    conn.execute(update(held_joins).where(mine).values(state=state))
    return sorted({name for pair in conn.execute(select(held_joins.c.a, held_joins.c.b).where(mine)) for name in pair})


def first_matched(conn: Connection) -> list[str]:
    """Sources of which no match has been promoted yet."""
    known = select(source_state.c.source).where(source_state.c.first_matched_at.is_not(None))
    done = set(conn.scalars(known))
    return sorted(set(conn.scalars(select(source_state.c.source))) - done)


def usual(conn: Connection) -> list[int]:
    """Customers merged away by the newest runs that ended."""
    told = select(runs.c.report).where(runs.c.report.is_not(None)).order_by(runs.c.started_at.desc()).limit(RUNS)
    return [int(orjson.loads(text).get("golden", {}).get("merged", 0)) for text in conn.scalars(told)]
