"""Counts of matching over the whole store, kept up to date by what a run changes.

Belongs here: counting a scope before and after, the totals kept in `meta`. Does not: reports (flow.match).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import orjson
import polars as pl
from sqlalchemy import Connection, and_, func, select, union_all

from hub.model import CUSTOMER_KINDS
from hub.store import notes
from hub.store.bulk import among
from hub.store.frames import read_frame
from hub.store.scope import Scope
from hub.store.tables import blocked_values, candidate_blocked, customers, edges, identifiers, records, refusals, xref

NOTE = "match_totals"
Counts = dict[str, int]


def after(
    people: pl.DataFrame,
    assigned: pl.DataFrame,
    links: pl.DataFrame,
    refused: pl.DataFrame,
    bystanders: Collection[str],
) -> Counts:
    """Counts of a candidate. people: rid, kind, source; assigned: rid, golden_id; bystanders: sources that create nobody."""
    real = people.filter(pl.col("kind").is_in(CUSTOMER_KINDS)).join(assigned, on="rid")
    creating = real.filter(~pl.col("source").is_in(list(bystanders)))["golden_id"].n_unique()
    return {"records": people.height, "customers": creating, "links": links.height, **_refused(refused, assigned)}


def before(conn: Connection, scope: Scope) -> Counts:
    """The same counts of what stands now for the records of an incremental scope."""
    return standing(conn, [*scope.records["rid"].to_list(), *scope.gone])


def standing(conn: Connection, rids: list[int]) -> Counts:
    """The same counts of what stands now for these records."""
    held = read_frame(conn, select(xref.c.rid, xref.c.golden_id).where(among(conn, xref.c.rid, rids)))
    refused = read_frame(
        conn,
        select(refusals.c.rid_a, refusals.c.rid_b, refusals.c.rule, refusals.c.related).where(
            among(conn, refusals.c.rid_a, rids)
        ),
    )
    real = (
        select(func.count())
        .select_from(customers)
        .where(
            among(conn, customers.c.golden_id, held["golden_id"].unique().to_list()),
            customers.c.status == "active",
            customers.c.kind.in_(CUSTOMER_KINDS),
        )
    )
    links = select(func.count()).select_from(edges).where(among(conn, edges.c.rid_a, rids))
    return {
        "records": held.height,
        "customers": conn.scalar(real) or 0,
        "links": conn.scalar(links) or 0,
        **_refused(refused, held),
    }


def _refused(refused: pl.DataFrame, assigned: pl.DataFrame) -> Counts:
    """Pairs of customers that are related, and refusals by reason (`refused.REASON`)."""
    first = assigned.select(pl.col("rid").alias("rid_a"), pl.col("golden_id").alias("x"))
    second = assigned.select(pl.col("rid").alias("rid_b"), pl.col("golden_id").alias("y"))
    pairs = refused.filter("related").select("rid_a", "rid_b").unique().join(first, on="rid_a").join(second, on="rid_b")
    related = (
        pairs.select(pl.min_horizontal("x", "y"), pl.max_horizontal("x", "y").alias("high")).n_unique()
        if pairs.height
        else 0
    )
    return {
        "related": related,
        **{f"refused.{rule}": count for rule, count in refused.group_by("rule").len().iter_rows()},
    }


def totals(conn: Connection) -> Counts:
    """The counts over everything, as they were last kept."""
    kept: Counts = orjson.loads(notes.get(conn, NOTE) or "{}")
    return kept


def changed(whole: Mapping[str, int], gone: Mapping[str, int], come: Mapping[str, int]) -> Counts:
    """The whole without what goes and with what comes."""
    names = {**whole, **gone, **come}
    return {name: whole.get(name, 0) - gone.get(name, 0) + come.get(name, 0) for name in names}


def keep(conn: Connection, counts: Mapping[str, int]) -> None:
    """Remember the counts over everything."""
    notes.put(conn, NOTE, dumped(counts))


def dumped(counts: Mapping[str, int]) -> str:
    """The counts as the note holds them."""
    return orjson.dumps(dict(counts), option=orjson.OPT_SORT_KEYS).decode()


def blocked(conn: Connection) -> Counts:
    """blocked_value: uses of blocked values as keys; own, generic_identifier: how many values of each sort are blocked.

    Of the values that a candidate has looked at, what it says counts.
    """
    columns = ("type", "value", "issuer", "reason")
    here, told = ([table.c[name] for name in columns] for table in (blocked_values, candidate_blocked))
    looked = select(candidate_blocked.c.value).where(*(a == b for a, b in zip(here[:3], told[:3], strict=True)))
    now = union_all(
        select(*here).where(~looked.exists()), select(*told).where(candidate_blocked.c.reason.is_not(None))
    ).subquery()
    reasons = conn.execute(select(now.c.reason, func.count()).group_by(now.c.reason))
    by_reason = {str(reason): int(count) for reason, count in reasons}
    borne = and_(*(identifiers.c[name] == now.c[name] for name in columns[:3]), identifiers.c.key)
    bearers = select(func.count()).join_from(identifiers, records, records.c.rid == identifiers.c.rid)
    uses = bearers.where(borne, records.c.kind.in_(CUSTOMER_KINDS)).correlate(now).scalar_subquery()
    count = conn.scalar(select(func.sum(uses)).select_from(now))  # value by value: few are blocked, very many are borne
    own = by_reason.pop("own", 0)
    return {"blocked_value": int(count or 0), "own": own, "generic_identifier": sum(by_reason.values())}
