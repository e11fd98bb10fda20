"""Pairs of records that may be one by their score: the questions that people may be asked, replaced where they differ.

Belongs here: the table `suggestions`. Does not: scores (hub.matching.score), what is asked of it (reviews).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from sqlalchemy import Connection, bindparam, delete, func, select

from hub.store import review_facts
from hub.store.bulk import among, insert_frame
from hub.store.candidate import Proposal
from hub.store.frames import read_frame
from hub.store.scope import Scope
from hub.store.tables import suggestions

MOST = 1_000
"""So many are read at most, the likeliest: nobody answers more. The table keeps all."""
PAIR = ["rid_a", "rid_b"]


def replace(conn: Connection, found: pl.DataFrame, rids: Sequence[int] | None) -> int:
    """Let `found` (rid_a, rid_b, bits) be the suggestions of these records (None: of all); how many rows were written.

    A suggestion belongs to both of its records. What stands already is not written again.
    """
    old = of(conn, rids)
    new = found.select(old.columns)
    less, more = old.join(new, on=old.columns, how="anti"), new.join(old, on=old.columns, how="anti")
    if not less.is_empty():
        row = (suggestions.c.rid_a == bindparam("a"), suggestions.c.rid_b == bindparam("b"))
        conn.execute(delete(suggestions).where(*row), [{"a": a, "b": b} for a, b in less.select(PAIR).iter_rows()])
    insert_frame(conn, suggestions, more.sort(PAIR))
    if rids is not None:
        review_facts.soil(
            conn, {rid for pair in [*less.select(PAIR).iter_rows(), *more.select(PAIR).iter_rows()] for rid in pair}
        )
    return less.height + more.height


def of(conn: Connection, rids: Sequence[int] | None) -> pl.DataFrame:
    """The suggestions of these records (None: of all): rid_a, rid_b, bits."""
    statement = select(suggestions.c.rid_a, suggestions.c.rid_b, suggestions.c.bits)
    if rids is not None:
        theirs = among(conn, suggestions.c.rid_a, rids) | among(conn, suggestions.c.rid_b, rids)
        statement = statement.where(theirs)
    return read_frame(conn, statement)


def read(conn: Connection, most: int | None = MOST) -> pl.DataFrame:
    """rid_a, rid_b, bits; the likeliest first, ties by number. most=None: all of them."""
    ordered = select(suggestions.c.rid_a, suggestions.c.rid_b, suggestions.c.bits)
    ordered = ordered.order_by(suggestions.c.bits.desc(), suggestions.c.rid_a, suggestions.c.rid_b)
    return read_frame(conn, ordered.limit(most) if most is not None else ordered)


def count(conn: Connection) -> int:
    """How many pairs are suggested."""
    return int(conn.scalar(select(func.count()).select_from(suggestions)) or 0)


def settle(conn: Connection, taken: Scope, proposal: Proposal) -> None:
    """Let the suggestions fall that a run has settled, without looking for others."""
    if conn.scalar(select(suggestions.c.rid_a).limit(1)) is None:
        return
    mine = [*taken.records["rid"], *taken.gone]
    replace(conn, _standing(of(conn, mine), taken, proposal), mine)


def _standing(told: pl.DataFrame, taken: Scope, proposal: Proposal) -> pl.DataFrame:
    """Of suggestions (rid_a, rid_b, bits) those that nothing has settled: both records are there, in two customers, and
    nobody has said that the two are different."""
    ids = proposal.assigned.select("rid", "golden_id")
    gone = pl.col("rid_a").is_in(taken.gone) | pl.col("rid_b").is_in(taken.gone)
    both = told.filter(~gone).join(ids.rename({"rid": "rid_a", "golden_id": "x"}), on="rid_a", how="left")
    both = both.join(ids.rename({"rid": "rid_b", "golden_id": "y"}), on="rid_b", how="left")
    both = both.filter(pl.col("x").ne_missing(pl.col("y")) | pl.col("x").is_null())
    parted = taken.judgements.filter(pl.col("verdict") != "same")
    parted = parted.join(ids.rename({"rid": "rid_a", "golden_id": "p"}), on="rid_a")
    parted = parted.join(ids.rename({"rid": "rid_b", "golden_id": "q"}), on="rid_b")
    apart = pl.concat([parted.select(x="p", y="q"), parted.select(x="q", y="p")]).unique()
    return both.join(apart, on=["x", "y"], how="anti").select(told.columns)
