"""Promoting the golden records of a proved candidate: customers, history and the feed, written only where they differ.

Belongs here: customers, history. Does not: deciding values (the caller hands a function in), the crosswalk (links.py), the
proof (proof.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import polars as pl
from sqlalchemy import Connection, select, update

from hub.store import candidate, feed, goldens, inputs, kept, links, notes, retire, search_index, tally, words
from hub.store.bulk import MANY, among, analyze, built_late, empty, insert_frame
from hub.store.frames import read_frame
from hub.store.tables import (
    customers,
    dirty_customers,
    dirty_records,
    dirty_values,
    edges,
    identifiers,
    records,
    retold,
    source_state,
    xref,
)

TOLD = ("golden_id", "status", "kind", "digest", "provenance", "inputs")
"""What tells whether a customer differs from what was decided."""
LIVE = "golden_live"
SEARCHED = 5_000
"""Customers that a promotion indexes for searching at most: of more the index learns when somebody searches."""
Frames = Callable[[pl.DataFrame, pl.DataFrame, pl.DataFrame], Iterator[pl.DataFrame]]


@dataclass(frozen=True, slots=True)
class Deciders:
    """What the caller decides. golden: (members, identifiers, shared) → rows in parts, by golden_id;
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
    _customers(conn, new, moved, by, done, anew=notes.get(conn, "basis") != waiting.basis)
    done.merged = retire.lead(conn, loaded.redirects, stamp)
    gone = retire.rest(conn, new, old, loaded.redirects, stamp)
    done.updated += gone
    words.stand_in(conn)
    links.crosswalk(conn, new.select("rid", "golden_id", "rule"), old, by.at)
    links.joins(conn, waiting, [*new["rid"].to_list(), *waiting.gone])
    links.changed_hands(conn, waiting, [*new["rid"].to_list(), *waiting.gone])
    links.blocked(conn, waiting)
    _finish(conn, waiting, by)
    search_index.follow(conn, SEARCHED)
    ids = new["golden_id"].n_unique()
    total = ids if waiting.full else live(conn) + ids - old["golden_id"].n_unique()
    notes.put(conn, LIVE, str(total))
    done.unchanged = max(0, total - done.created - done.updated + gone)
    return done


def _customers(
    conn: Connection, new: pl.DataFrame, moved: pl.DataFrame, by: Deciders, done: Promoted, *, anew: bool
) -> None:
    """Decide and write the customers of the candidate, in order of their ids.

    Those that stand decided from the same are left out, unless they are to be decided `anew`.
    """
    ids = new.select("golden_id").unique().sort("golden_id")
    first = conn.scalar(select(customers.c.golden_id).limit(1)) is None
    fresh = ids if first else ids.join(_known(conn, ids), on="golden_id", how="anti", maintain_order="left")
    codes = _codes(conn, fresh["golden_id"], by, first=first)
    told = inputs.numbers(conn, new).sort("golden_id")
    if not (first or anew):
        new = new.join(inputs.standing(conn, told), on="golden_id", how="anti")
    reached, total = 0, new["golden_id"].n_unique()
    with built_late(conn, customers.indexes, when=first and fresh.height >= MANY):
        for decided in _decided(conn, new, by):
            rows = decided.join(_beside(decided, told), on="golden_id", how="left", maintain_order="left")
            coded = _beside(decided, codes)
            _create(conn, rows.join(coded, on="golden_id", maintain_order="left"), by, done, tell=not first)
            _update(conn, rows.join(coded, on="golden_id", how="anti", maintain_order="left"), moved, by, done)
            reached += rows.height
            by.progress(reached, total)
    if first:
        feed.tell_all_created(conn, by.at, by.run_id)


def _beside(decided: pl.DataFrame, every: pl.DataFrame) -> pl.DataFrame:
    """The rows of `every` between the first and the last id of `decided`; both in order of golden_id, `decided` not empty."""
    ids = every["golden_id"]
    first, last = decided["golden_id"][0], decided["golden_id"][-1]
    return every[ids.search_sorted(first, side="left") : ids.search_sorted(last, side="right")]


def _known(conn: Connection, ids: pl.DataFrame) -> pl.DataFrame:
    """Those of the ids that are there already."""
    statement = select(customers.c.golden_id)
    if ids.height < MANY:
        statement = statement.where(among(conn, customers.c.golden_id, ids["golden_id"].to_list()))
    return read_frame(conn, statement)


def _codes(conn: Connection, fresh: pl.Series, by: Deciders, *, first: bool) -> pl.DataFrame:
    """golden_id and customer_code of new customers. first: there is no customer, so that no code is taken."""
    ids = fresh.to_list()
    codes = by.codes(ids, frozenset())
    held = select(customers.c.customer_code).where(among(conn, customers.c.customer_code, codes))
    taken = set(conn.scalars(held)) if ids and not first else set()
    return pl.DataFrame([fresh, pl.Series("customer_code", by.codes(ids, taken) if taken else codes, dtype=pl.String)])


def _decided(conn: Connection, new: pl.DataFrame, by: Deciders) -> Iterator[pl.DataFrame]:
    """Rows for the table in order of their ids, customers of bystanders only with the kind `anonymous`."""
    shared = goldens.shared(conn)
    only = pl.col("sources").str.split("|").list.eval(pl.element().is_in(list(by.bystanders))).list.all()
    nobody = only & pl.col("kind").is_in(["person", "organisation"])
    for members, borne in goldens.parts(conn, new):
        for rows in by.golden(members, borne, shared):
            if by.bystanders:
                yield rows.with_columns(kind=pl.when(nobody).then(pl.lit("anonymous")).otherwise("kind"))
            else:
                yield rows


def _create(conn: Connection, fresh: pl.DataFrame, by: Deciders, done: Promoted, *, tell: bool) -> None:
    if fresh.is_empty():
        return
    rows = fresh.with_columns(version=pl.lit(1, dtype=pl.Int64))
    constants = {"status": "active", "created_at": by.at, "updated_at": by.at, "run_id": by.run_id}
    insert_frame(conn, customers, rows, constants)
    done.created += fresh.height
    if tell:
        nothing = pl.lit(None, dtype=pl.String)
        told = rows.select("golden_id", "version", kind=pl.lit("created"), changed=nothing, moved=nothing)
        feed.tell(conn, [told], by.at, by.run_id)


def _update(conn: Connection, decided: pl.DataFrame, moved: pl.DataFrame, by: Deciders, done: Promoted) -> None:
    """Customers that were there: a new version where the values, the kind or the status differ."""
    if decided.is_empty():
        return
    told = select(*[customers.c[name] for name in TOLD])
    held = read_frame(conn, told.where(among(conn, customers.c.golden_id, decided["golden_id"].to_list())))
    both = decided.join(held, on="golden_id", suffix="_old", maintain_order="left")
    differs = (
        (pl.col("digest") != pl.col("digest_old"))
        | (pl.col("kind") != pl.col("kind_old"))
        | (pl.col("status") != "active")
    )
    other = [pl.col(name).ne_missing(pl.col(f"{name}_old")) for name in ("provenance", "inputs")]
    reasons = both.filter(~differs & pl.any_horizontal(other))
    if not reasons.is_empty():
        _reasons(conn, reasons)
    changed = both.filter(differs).select(decided.columns)
    if changed.is_empty():
        return
    held = retire.held_rows(conn, changed["golden_id"].to_list())
    rows = changed.join(held, on="golden_id", suffix="_old", maintain_order="left")
    retire.keep_history(
        conn,
        rows.select(
            "golden_id",
            "version",
            "status",
            "run_id",
            valid_from="updated_at",
            doc="doc_old",
            provenance="provenance_old",
        ),
        by.at,
    )
    names = [
        name
        for name in rows.columns
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
    retire.set_columns(conn, rows.select("golden_id", "provenance", "inputs"))
    other = rows.filter(pl.col("provenance").ne_missing(pl.col("provenance_old")))
    insert_frame(conn, retold, other.select("golden_id"))


def _finish(conn: Connection, waiting: candidate.Waiting, by: Deciders) -> None:
    tally.keep(conn, waiting.totals)
    notes.put(conn, "basis", waiting.basis)
    for table in (dirty_records, dirty_values, dirty_customers, *candidate.TABLES):
        empty(conn, table, many=waiting.full)
    notes.drop(conn, candidate.NOTE)
    kept.of(conn).drop()
    here = select(records.c.rid).where(records.c.source == source_state.c.source).exists()
    whole = source_state.c.status.is_distinct_from("partial")
    fresh = source_state.c.first_matched_at.is_(None)
    conn.execute(update(source_state).where(fresh, here, whole).values(first_matched_at=by.at))
    if waiting.full:
        analyze(conn, xref, customers, edges, records, identifiers)
