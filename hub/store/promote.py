"""Promoting the golden records of a proved candidate: customers, history and the feed, written only where they differ.

Belongs here: customers, history. Does not: deciding values (the caller hands a function in), the crosswalk (links.py), the
proof (proof.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import polars as pl
from sqlalchemy import Connection, select, update

from hub.store import candidate, feed, goldens, links, notes, retire, tally
from hub.store.bulk import among, analyze, empty, insert_frame
from hub.store.tables import (
    customers,
    dirty_customers,
    dirty_records,
    dirty_values,
    edges,
    identifiers,
    records,
    source_state,
    xref,
)

BATCH = 50_000
"""Customers decided and written at a time."""
LIVE = "golden_live"
Frames = Callable[[pl.DataFrame, pl.DataFrame, pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Deciders:
    """What the caller decides. golden: (members, identifiers, shared) → rows;
    codes: (ids, taken) → customer codes. bystanders: sources that create nobody."""

    golden: Frames
    codes: Callable[[Sequence[str], AbstractSet[str]], list[str]]
    bystanders: Sequence[str]
    at: str
    run_id: str
    progress: Callable[[int, int], None] = lambda done, total: None


@dataclass(slots=True)
class Promoted:
    """Counts of a promotion."""

    created: int = 0
    updated: int = 0
    merged: int = 0
    split: int = 0
    unchanged: int = 0


def live(conn: Connection) -> int:
    """Ids that live now, as they were last counted."""
    return int(notes.get(conn, LIVE) or 0)


def promote(conn: Connection, waiting: candidate.Waiting, loaded: candidate.Loaded, by: Deciders) -> Promoted:
    """Make the candidate the truth, in the caller's transaction."""
    new, old, stamp = loaded.new, loaded.old, retire.Stamp(by.at, by.run_id)
    moved = feed.moves(conn, new, old, loaded.redirects)
    done = Promoted(split=moved.filter(pl.col("kind") == "split").height)
    _customers(conn, new, moved, by, done)
    done.merged = retire.lead(conn, loaded.redirects, stamp)
    gone = retire.rest(conn, new, old, loaded.redirects, stamp)
    done.updated += gone
    links.crosswalk(conn, new.select("rid", "golden_id", "rule"), old, by.at)
    links.joins(conn, waiting, [*new["rid"].to_list(), *waiting.gone])
    links.blocked(conn, waiting)
    _finish(conn, waiting, by)
    ids = new["golden_id"].n_unique()
    total = ids if waiting.full else live(conn) + ids - old["golden_id"].n_unique()
    notes.put(conn, LIVE, str(total))
    done.unchanged = max(0, total - done.created - done.updated + gone)
    return done


def _customers(conn: Connection, new: pl.DataFrame, moved: pl.DataFrame, by: Deciders, done: Promoted) -> None:
    shared = goldens.shared(conn)
    ordered = new.select("rid", "golden_id").sort("golden_id", "rid")
    batches = ordered.with_columns(batch=pl.col("golden_id").rle_id() // BATCH).partition_by(
        "batch", maintain_order=True
    )
    total, reached = ordered["golden_id"].n_unique(), 0
    some = conn.scalar(select(customers.c.golden_id).limit(1)) is not None
    for part in batches:
        rows = _decided(conn, part, shared, by)
        held = retire.held_rows(conn, rows["golden_id"].to_list() if some else [])
        _create(conn, rows.join(held, on="golden_id", how="anti", maintain_order="left"), by, done)
        _update(conn, rows.join(held, on="golden_id", suffix="_old", maintain_order="left"), moved, by, done)
        reached += rows.height
        by.progress(reached, total)


def _decided(conn: Connection, part: pl.DataFrame, shared: pl.DataFrame, by: Deciders) -> pl.DataFrame:
    """Rows for the table, customers of bystanders only with the kind `anonymous`."""
    people, ids = goldens.members(conn, part), goldens.borne(conn, part["rid"].to_list())
    here = shared.join(ids.select("type", "value").unique(), on=["type", "value"], how="semi")
    rows = by.golden(people, ids, here)
    if not by.bystanders:
        return rows
    only = pl.col("sources").str.split("|").list.eval(pl.element().is_in(list(by.bystanders))).list.all()
    return rows.with_columns(
        kind=pl.when(only & pl.col("kind").is_in(["person", "organisation"]))
        .then(pl.lit("anonymous"))
        .otherwise("kind")
    )


def _create(conn: Connection, fresh: pl.DataFrame, by: Deciders, done: Promoted) -> None:
    if fresh.is_empty():
        return
    ids = fresh["golden_id"].to_list()
    codes = by.codes(ids, frozenset())
    taken = set(conn.scalars(select(customers.c.customer_code).where(among(conn, customers.c.customer_code, codes))))
    codes = by.codes(ids, taken) if taken else codes
    rows = fresh.with_columns(customer_code=pl.Series(codes, dtype=pl.String), version=pl.lit(1, dtype=pl.Int64))
    constants = {"status": "active", "created_at": by.at, "updated_at": by.at, "run_id": by.run_id}
    insert_frame(conn, customers, rows, constants)
    nothing = pl.lit(None, dtype=pl.String)
    told = rows.select("golden_id", "version", kind=pl.lit("created"), changed=nothing, moved=nothing)
    feed.tell(conn, [told], by.at, by.run_id)
    done.created += fresh.height


def _update(conn: Connection, both: pl.DataFrame, moved: pl.DataFrame, by: Deciders, done: Promoted) -> None:
    """Customers that were there: a new version where the values, the kind or the status differ."""
    differs = (
        (pl.col("digest") != pl.col("digest_old"))
        | (pl.col("kind") != pl.col("kind_old"))
        | (pl.col("status") != "active")
    )
    reasons = both.filter(~differs & pl.col("provenance").ne_missing(pl.col("provenance_old")))
    if not reasons.is_empty():
        _reasons(conn, reasons)
    rows = both.filter(differs)
    if rows.is_empty():
        return
    retire.keep_history(
        conn,
        rows.select(
            "golden_id", "version", valid_from="updated_at", doc="doc_old", provenance="provenance_old", run_id="run_id"
        ),
        by.at,
    )
    names = [
        name
        for name in both.columns
        if not name.endswith("_old") and name not in ("status", "version", "updated_at", "run_id")
    ]
    fields = [feed.changed_fields(old, now) for old, now in rows.select("doc_old", "doc").iter_rows()]
    rows = rows.with_columns(version=pl.col("version") + 1, changed=pl.Series(fields, dtype=pl.String))
    retire.set_columns(
        conn,
        rows.select(*names, "version").with_columns(
            status=pl.lit("active"),
            merged_into=pl.lit(None, dtype=pl.String),
            updated_at=pl.lit(by.at),
            run_id=pl.lit(by.run_id),
        ),
    )
    events = rows.select("golden_id", "version", "changed").join(
        moved, on="golden_id", how="left", maintain_order="left"
    )
    feed.tell(conn, [events.with_columns(pl.col("kind").fill_null("updated"))], by.at, by.run_id)
    done.updated += rows.height


def _reasons(conn: Connection, rows: pl.DataFrame) -> None:
    """The same values for other reasons: no new version."""
    retire.set_columns(conn, rows.select("golden_id", "provenance"))


def _finish(conn: Connection, waiting: candidate.Waiting, by: Deciders) -> None:
    tally.keep(conn, waiting.totals)
    notes.put(conn, "basis", waiting.basis)
    for table in (dirty_records, dirty_values, dirty_customers, *candidate.TABLES):
        empty(conn, table, many=waiting.full)
    notes.drop(conn, candidate.NOTE)
    here = select(records.c.rid).where(records.c.source == source_state.c.source).exists()
    conn.execute(
        update(source_state).where(source_state.c.first_matched_at.is_(None), here).values(first_matched_at=by.at)
    )
    if waiting.full:
        analyze(conn, xref, customers, edges, records, identifiers)
