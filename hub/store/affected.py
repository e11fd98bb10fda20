"""Which records a run must compare anew by score, and whose customers they are, as the candidate has it.

Belongs here: reading what a run changed off its scope and proposal. Does not: blocks (blocks.py), scores (flow.compare).
Suggestions are pairs of customers, so whole customers are compared: those that hold a record which changed, or that hold
others than before, or whose blocks came within reach or went out of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from sqlalchemy import Connection, select

from hub.store.bulk import among
from hub.store.candidate import Proposal
from hub.store.frames import read_frame
from hub.store.scope import VALUE, Scope, dirty_rids
from hub.store.tables import blocked_values, xref

BELONGS = ["rid", "golden_id"]


def rekeyed(conn: Connection, taken: Scope, proposal: Proposal) -> list[int]:
    """Records whose blocks may be others than before: changed ones, and bearers of values that are blocked now or were."""
    was = read_frame(conn, select(blocked_values)).select(VALUE)
    if taken.checked is not None:
        was = was.join(taken.checked, on=VALUE, how="semi")
    now = proposal.blocked.select(VALUE)
    turned = pl.concat([was.join(now, on=VALUE, how="anti"), now.join(was, on=VALUE, how="anti")])
    bearing = taken.identifiers.join(turned, on=VALUE, how="semi")["rid"]
    there = taken.records["rid"]
    return sorted({*bearing, *there.filter(there.is_in(dirty_rids(conn)))})


def blocked(conn: Connection, taken: Scope, proposal: Proposal) -> pl.DataFrame:
    """The values that join nobody once the proposal is promoted."""
    stand = read_frame(conn, select(blocked_values))
    if taken.checked is None:
        return proposal.blocked
    return pl.concat([stand.join(taken.checked, on=VALUE, how="anti"), proposal.blocked.select(stand.columns)])


def regrouped(conn: Connection, taken: Scope, proposal: Proposal) -> list[str]:
    """Golden ids that hold other records than before, and those that did."""
    now, was = proposal.assigned.select(BELONGS), taken.previous.select("rid", was="golden_id")
    moved = now.join(was, on="rid", how="left").filter(pl.col("golden_id").ne_missing(pl.col("was")))
    left = select(xref.c.golden_id).where(among(conn, xref.c.rid, taken.gone)).distinct()
    return sorted({*moved["golden_id"], *moved["was"].drop_nulls(), *(conn.scalars(left) if taken.gone else ())})


def customers_of(conn: Connection, proposal: Proposal, rids: Sequence[int]) -> list[str]:
    """The golden ids of these records."""
    inside = proposal.assigned.filter(pl.col("rid").is_in(list(rids)))
    outside = sorted(set(rids) - set(inside["rid"]))
    rest = select(xref.c.golden_id).where(among(conn, xref.c.rid, outside)).distinct()
    return sorted({*inside["golden_id"], *(conn.scalars(rest) if outside else ())})


def members(conn: Connection, taken: Scope, proposal: Proposal, golden_ids: Sequence[str]) -> pl.DataFrame:
    """rid, golden_id of all records of these customers."""
    inside = proposal.assigned.select(BELONGS).filter(pl.col("golden_id").is_in(list(golden_ids)))
    held = select(xref.c.rid, xref.c.golden_id).where(among(conn, xref.c.golden_id, golden_ids))
    outside = read_frame(conn, held).join(proposal.assigned, on="rid", how="anti")
    return pl.concat([inside, outside.filter(~pl.col("rid").is_in(taken.gone))])
