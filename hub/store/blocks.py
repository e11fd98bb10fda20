"""The blocks of records that were compared: who shares a block with whom, looked up by key and kept up record by record.

Belongs here: the table `block_keys`. Does not: which keys a record has (hub.matching.score), who is compared (affected.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from sqlalchemy import Connection, bindparam, delete, func, select

from hub.store.bulk import MANY, among, analyze, built_late, insert_frame
from hub.store.frames import read_frame
from hub.store.tables import block_keys

ROW = ["key", "rid"]


@dataclass(frozen=True, slots=True)
class Near:
    """counts: key, count of the blocks of some records, over all records. rids: who shares a block of no more than the
    largest size with one of them."""

    counts: pl.DataFrame
    rids: list[int]


def replace(conn: Connection, keys: pl.DataFrame) -> None:
    """Let these (rid, key) be the blocks of all records; what stands already is not written again."""
    new = keys.select(ROW).sort(ROW)
    if conn.scalar(select(block_keys.c.key).limit(1)) is None:
        with built_late(conn, block_keys.indexes, when=new.height >= MANY):
            insert_frame(conn, block_keys, new)
        analyze(conn, block_keys)
        return
    _differing(conn, read_frame(conn, select(block_keys.c.key, block_keys.c.rid)), new)


def change(conn: Connection, rids: Sequence[int], keys: pl.DataFrame) -> pl.DataFrame:
    """Let these (rid, key) be the blocks of these records; gives key, was, now: sizes of blocks that are others now."""
    mine = select(block_keys.c.key, block_keys.c.rid).where(among(conn, block_keys.c.rid, rids))
    old, new = read_frame(conn, mine), keys.select(ROW)
    less, more = _differing(conn, old, new)
    steps = pl.concat([less.select("key", step=pl.lit(-1)), more.select("key", step=pl.lit(1))])
    moved = steps.group_by("key").agg(pl.col("step").sum().cast(pl.Int64)).filter(pl.col("step") != 0)
    now = moved.join(counted(conn, moved["key"].to_list()), on="key", how="left").with_columns(
        now=pl.col("count").fill_null(0)
    )
    return now.select("key", was=pl.col("now") - pl.col("step"), now="now")


def _differing(conn: Connection, old: pl.DataFrame, new: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    less, more = old.join(new, on=ROW, how="anti"), new.join(old, on=ROW, how="anti")
    if not less.is_empty():
        row = (block_keys.c.key == bindparam("k"), block_keys.c.rid == bindparam("r"))
        conn.execute(delete(block_keys).where(*row), [{"k": key, "r": rid} for key, rid in less.iter_rows()])
    insert_frame(conn, block_keys, more.sort(ROW))
    return less, more


def counted(conn: Connection, keys: Sequence[int]) -> pl.DataFrame:
    """key, count: how many records bear each of these keys; keys that nobody bears are left out."""
    many = func.count().label("count")
    rows = select(block_keys.c.key, many).where(among(conn, block_keys.c.key, keys)).group_by(block_keys.c.key)
    return read_frame(conn, rows)


def crossing(conn: Connection, moved: pl.DataFrame, largest: int) -> list[int]:
    """Who bears a key whose block was too large and is not any more, or the other way round. moved: as `change` gives."""
    turned = moved.filter((pl.col("was") > largest) != (pl.col("now") > largest))
    return _bearers(conn, turned["key"].to_list())


def near(conn: Connection, rids: Sequence[int], largest: int) -> Near:
    """The blocks of these records, and who else is in those that are not too large."""
    mine = select(block_keys.c.key).where(among(conn, block_keys.c.rid, rids)).distinct()
    counts = counted(conn, read_frame(conn, mine)["key"].to_list())
    small = counts.filter(pl.col("count").is_between(2, largest))
    return Near(counts, _bearers(conn, small["key"].to_list()))


def _bearers(conn: Connection, keys: Sequence[int]) -> list[int]:
    if not keys:
        return []
    rows = select(block_keys.c.rid).where(among(conn, block_keys.c.key, keys)).distinct()
    return sorted(read_frame(conn, rows)["rid"].to_list())
