"""The candidate: what matching proposes, before it is proved and promoted.

Belongs here: candidate_*. Does not: counting (tally.py), the proof (proof.py), promoting (promote.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
import polars as pl
from sqlalchemy import Connection, delete, select

from hub.model import Json
from hub.store import notes
from hub.store.bulk import among, insert_frame
from hub.store.frames import read_frame
from hub.store.scope import Scope
from hub.store.tables import (
    candidate_blocked,
    candidate_edges,
    candidate_reassigned,
    candidate_redirects,
    candidate_refusals,
    candidate_shared,
    candidate_xref,
    xref,
)

NOTE = "candidate"
VALUE = ["type", "value", "issuer"]
TABLES = (
    candidate_xref,
    candidate_edges,
    candidate_refusals,
    candidate_blocked,
    candidate_shared,
    candidate_reassigned,
    candidate_redirects,
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The candidate that waits. full: it stands for every record. basis: policy and rules it was made by."""

    full: bool
    basis: str
    gone: tuple[int, ...]
    totals: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Frames of a candidate. assigned: rid, golden_id, rule. redirects: old, live. blocked: of the values looked at.

    shared: type, value, customers. reassigned: rid, type, value, issuer, until, since.
    """

    assigned: pl.DataFrame
    edges: pl.DataFrame
    refusals: pl.DataFrame
    blocked: pl.DataFrame
    redirects: pl.DataFrame
    shared: pl.DataFrame
    reassigned: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Loaded:
    """The candidate beside what stands.

    new, old: rid, golden_id, rule (old with records that have left). redirects: old, live.
    """

    new: pl.DataFrame
    old: pl.DataFrame
    redirects: pl.DataFrame


CONTACTS = ("phone", "email")
MANY = 2
"""Customers said to share a blocked value: at least so many. It is not counted, so that one more bearer changes nobody."""


def bearers(scope: Scope, assigned: pl.DataFrame, reassigned: pl.DataFrame) -> pl.DataFrame:
    """Who bears phones and e-mails as keys, under the candidate: golden_id, kind, type, value, use, flags.

    Former holders of a value (reassigned: rid, type, value) bear it no more.
    """
    borne = scope.identifiers.filter("key", pl.col("type").is_in(CONTACTS)).select(
        "rid", "type", "value", "use", "flags"
    )
    if reassigned.height:
        borne = borne.join(reassigned, on=["rid", "type", "value"], how="anti")
    several = borne.filter(pl.struct("type", "value").is_duplicated())
    kinds = scope.records.select("rid", "kind").join(assigned.select("rid", "golden_id"), on="rid")
    return several.join(kinds, on="rid")


def with_blocked(shared: pl.DataFrame, blocked: pl.DataFrame) -> pl.DataFrame:
    """Shared values (type, value, customers), those that join nobody with MANY."""
    values = blocked.filter(pl.col("type").is_in(CONTACTS)).select("type", "value").unique()
    many = values.with_columns(customers=pl.lit(MANY, dtype=pl.Int64))
    return pl.concat([shared.join(many, on=["type", "value"], how="anti"), many.select(shared.columns)])


def steady(redirects: pl.DataFrame, scope: Scope, assigned: pl.DataFrame) -> pl.DataFrame:
    """Redirects (old, live) that leave an id where it leads already, as long as a record that bore it belongs there."""
    here = scope.own_ids.join(assigned.select("rid", now="golden_id"), on="rid").filter(
        pl.col("merged_into") == pl.col("now")
    )
    stay = here.select(old="golden_id", stay="now").unique()
    return redirects.join(stay, on="old", how="left").select("old", live=pl.coalesce("stay", "live"))


def load(conn: Connection, waiting: Waiting) -> Loaded:
    """Read the candidate and the crosswalk that it replaces."""
    new = read_frame(conn, select(candidate_xref))
    statement = select(xref.c.rid, xref.c.golden_id, xref.c.rule)
    if not waiting.full:
        statement = statement.where(among(conn, xref.c.rid, [*new["rid"].to_list(), *waiting.gone]))
    return Loaded(new, read_frame(conn, statement), read_frame(conn, select(candidate_redirects)))


def clear(conn: Connection) -> None:
    """Take the candidate away."""
    for table in TABLES:
        conn.execute(delete(table))
    notes.drop(conn, NOTE)


def write(conn: Connection, scope: Scope, proposal: Proposal, basis: str, totals: Mapping[str, Json]) -> None:
    """Replace the candidate. totals: what `tally` will say once it is promoted."""
    clear(conn)
    insert_frame(conn, candidate_xref, proposal.assigned.select("rid", "golden_id", "rule"))
    insert_frame(conn, candidate_edges, proposal.edges)
    insert_frame(conn, candidate_refusals, proposal.refusals)
    insert_frame(conn, candidate_blocked, _freed(scope, proposal.blocked))
    insert_frame(conn, candidate_redirects, proposal.redirects)
    insert_frame(conn, candidate_shared, proposal.shared)
    insert_frame(conn, candidate_reassigned, proposal.reassigned)
    notes.put(
        conn,
        NOTE,
        orjson.dumps({"full": scope.full, "basis": basis, "gone": scope.gone, "totals": dict(totals)}).decode(),
    )


def _freed(scope: Scope, blocked: pl.DataFrame) -> pl.DataFrame:
    """Blocked values, and (without a reason) those looked at that are not blocked: they may have been."""
    if scope.checked is None:
        return blocked
    free = scope.checked.join(blocked, on=VALUE, how="anti").with_columns(
        names=pl.lit(0, dtype=pl.Int64),
        nameless=pl.lit(0, dtype=pl.Int64),
        reason=pl.lit(None, dtype=pl.String),
    )
    return pl.concat([blocked.select(free.columns), free])


def waiting(conn: Connection) -> Waiting | None:
    """The candidate that waits to be promoted, None when there is none."""
    text = notes.get(conn, NOTE)
    if text is None:
        return None
    told = orjson.loads(text)
    return Waiting(told["full"], told["basis"], tuple(told["gone"]), told["totals"])
