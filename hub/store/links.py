"""Promoting who is who: the crosswalk, edges, refusals and blocked values, written only where they differ.

Belongs here: xref, xref_past, edges, refusals, reassigned, blocked_values. Does not: customers and the feed (promote.py).
"""

from __future__ import annotations

import polars as pl
from sqlalchemy import Connection, Table, delete, insert, literal, select

from hub.store.bulk import MANY, among, built_late, delete_in, insert_frame, upsert_frame
from hub.store.candidate import Waiting
from hub.store.frames import read_frame
from hub.store.tables import (
    blocked_values,
    candidate_blocked,
    candidate_edges,
    candidate_reassigned,
    candidate_refusals,
    candidate_xref,
    edges,
    reassigned,
    refusals,
    xref,
    xref_past,
)

VALUE = ["type", "value", "issuer"]


def crosswalk(conn: Connection, new: pl.DataFrame, old: pl.DataFrame, at: str) -> None:
    """Write which record belongs to whom. new: rid, golden_id, rule; old: the same as it stands, with rids that have left."""
    if old.is_empty():
        same = select(candidate_xref.c.rid, candidate_xref.c.golden_id, candidate_xref.c.rule, literal(at))
        with built_late(conn, xref.indexes, when=new.height >= MANY):
            conn.execute(
                insert(xref).from_select(["rid", "golden_id", "rule", "linked_at"], same.order_by(candidate_xref.c.rid))
            )
        _clear_past(conn, new)
        return
    both = new.join(old, on="rid", how="left", suffix="_old", maintain_order="left")
    moved = both.filter(
        pl.col("golden_id").ne_missing(pl.col("golden_id_old")) | pl.col("rule").ne_missing(pl.col("rule_old"))
    )
    upsert_frame(conn, xref, moved.select("rid", "golden_id", "rule").with_columns(linked_at=pl.lit(at)).sort("rid"))
    gone = old.join(new, on="rid", how="anti")
    delete_in(conn, xref.c.rid, gone["rid"].to_list())
    _remember(conn, moved, gone, new, at)
    _clear_past(conn, new)


def _remember(conn: Connection, moved: pl.DataFrame, gone: pl.DataFrame, new: pl.DataFrame, at: str) -> None:
    """Former ids: those that died with a record's move, and the last id of a record that has left."""
    left = moved.filter(pl.col("golden_id_old").is_not_null(), pl.col("golden_id") != pl.col("golden_id_old"))
    died = left.join(new.select("golden_id"), left_on="golden_id_old", right_on="golden_id", how="anti")
    past = pl.concat([died.select("rid", golden_id="golden_id_old"), gone.select("rid", "golden_id")])
    upsert_frame(conn, xref_past, past.with_columns(until=pl.lit(at)))


def _clear_past(conn: Connection, new: pl.DataFrame) -> None:
    """An id that lives is no former id of the records that are there: they bear it, or were parted from it.

    new: rid, golden_id of the candidate; what it does not name stands as it was cleared before.
    """
    here = select(xref.c.rid).where(xref.c.rid == xref_past.c.rid).exists()
    bearer = xref.alias()
    lives = select(bearer.c.rid).where(bearer.c.golden_id == xref_past.c.golden_id).exists()
    cleared = delete(xref_past).where(here, lives)
    if new.height < MANY:
        rids, ids = new["rid"].to_list(), new["golden_id"].unique().to_list()
        cleared = cleared.where(among(conn, xref_past.c.rid, rids) | among(conn, xref_past.c.golden_id, ids))
    conn.execute(cleared)


def joins(conn: Connection, waiting: Waiting, rids: list[int]) -> None:
    """Edges and refusals. rids: the records of an incremental candidate, with those that have left."""
    for table, proposed in ((edges, candidate_edges), (refusals, candidate_refusals)):
        if conn.scalar(select(table.c.rid_a).limit(1)) is None:
            names = [column.name for column in table.columns]
            conn.execute(insert(table).from_select(names, select(*[proposed.c[name] for name in names])))
        else:
            _differing(conn, table, read_frame(conn, select(proposed)), None if waiting.full else rids)


def _differing(conn: Connection, table: Table, new: pl.DataFrame, rids: list[int] | None) -> None:
    """Replace the rows of every first record whose set of rows is another."""
    statement = select(table)
    if rids is not None:
        statement = statement.where(among(conn, table.c.rid_a, rids) | among(conn, table.c.rid_b, rids))
    old = read_frame(conn, statement)
    names = old.columns
    less = old.join(new.select(names), on=names, how="anti", nulls_equal=True)
    more = new.select(names).join(old, on=names, how="anti", nulls_equal=True)
    touched = pl.concat([less.select("rid_a"), more.select("rid_a")]).unique()
    delete_in(conn, table.c.rid_a, touched["rid_a"].to_list())
    insert_frame(conn, table, new.select(names).join(touched, on="rid_a", how="semi", maintain_order="left"))


def changed_hands(conn: Connection, waiting: Waiting, rids: list[int]) -> None:
    """Numbers that changed hands, by their former holders. rids: as of `joins`."""
    new, statement = read_frame(conn, select(candidate_reassigned)), select(reassigned)
    old = read_frame(conn, statement if waiting.full else statement.where(among(conn, reassigned.c.rid, rids)))
    less, more = old.join(new, on=old.columns, how="anti"), new.join(old, on=new.columns, how="anti")
    touched = pl.concat([less.select("rid"), more.select("rid")]).unique()
    delete_in(conn, reassigned.c.rid, touched["rid"].to_list())
    insert_frame(conn, reassigned, new.join(touched, on="rid", how="semi", maintain_order="left"))


def blocked(conn: Connection, waiting: Waiting) -> None:
    """Values that join nobody now, and those that are free again."""
    new = read_frame(conn, select(candidate_blocked))
    old = read_frame(conn, select(blocked_values))
    stand = new.filter(pl.col("reason").is_not_null()).select(old.columns)
    upsert_frame(conn, blocked_values, stand.join(old, on=old.columns, how="anti"))
    freed = old.join(stand, on=VALUE, how="anti")
    if not waiting.full:
        freed = freed.join(new, on=VALUE, how="semi")
    for kind, value, issuer in freed.select(VALUE).iter_rows():
        row = (blocked_values.c.type == kind, blocked_values.c.value == value, blocked_values.c.issuer == issuer)
        conn.execute(delete(blocked_values).where(*row))
