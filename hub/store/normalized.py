"""The current source records: normalized rows replaced where they differ, and what that makes dirty.

Belongs here: records, identifiers, field_refusals, dirty_*. Does not: making the rows (matching.normalize), orders (orders.py).
A row that came out equal writes nothing and makes nothing dirty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl
from sqlalchemy import ColumnElement, Connection, delete, func, insert, inspect, literal, select

from hub.model import IDENTIFIER_COLUMNS, RECORD_COLUMNS
from hub.store import headcount, kept, notes
from hub.store.bulk import among, analyze, delete_in, insert_frame, upsert_frame
from hub.store.engine import Store
from hub.store.frames import read_frame
from hub.store.since import Echo, stilled, timed
from hub.store.tables import dirty_customers, dirty_records, dirty_values, field_refusals, identifiers, records, xref

VALUE = ["type", "value", "issuer"]
MANY = 20_000
BY_VALUE = next(one for one in identifiers.indexes if one.name == "identifiers_value")


@dataclass(frozen=True, slots=True)
class Incoming:
    """Normalized rows of one chunk. chunk: rid, source_id of the records in it. echoes: source id → fields (and values) that
    only repeat what the hub sent; a phone or e-mail as (type, value)."""

    source: str
    chunk: pl.DataFrame
    records: pl.DataFrame
    identifiers: pl.DataFrame
    refusals: pl.DataFrame
    echoes: Mapping[str, Echo] = field(default_factory=dict)


def replace(conn: Connection, incoming: Incoming) -> int:
    """Write what differs; gives the number of refused fields of the records written."""
    unindex(conn, incoming.records.height)
    new = _with_rid(incoming.records.select(RECORD_COLUMNS), incoming.chunk)
    ids = _numbered(_with_rid(_marked(incoming), incoming.chunk))
    highest = conn.scalar(select(func.max(records.c.rid)))
    if highest is None or new.filter(pl.col("rid") <= highest).is_empty():
        return _first(conn, incoming, new, ids, first=highest is None)
    old, old_ids = _held(conn, new, highest)
    new = timed(stilled(new, old, incoming.echoes), old, incoming.echoes)
    changed = _differs(new, old, ids, old_ids)
    new, ids = new.join(changed, on="rid", how="semi"), ids.join(changed, on="rid", how="semi")
    kept, kept_ids = old.join(changed, on="rid", how="semi"), old_ids.join(changed, on="rid", how="semi")
    ids = _dated(ids, kept, kept_ids, new)
    _write(conn, incoming.source, new, kept, ids)
    _soil(conn, changed["rid"], _lost(kept_ids, ids))
    return _refuse(conn, incoming, changed)


def _first(conn: Connection, incoming: Incoming, new: pl.DataFrame, ids: pl.DataFrame, *, first: bool) -> int:
    """Rows of records that are younger than any that is held: nothing is to be compared, all of them are dirty.

    first: none is held at all.
    """
    new = timed(new, new.clear(), incoming.echoes)
    stamp = _stamp(conn)
    same: dict[str, str | int] = {"source": incoming.source, "stamp": stamp}
    ids = _dated(ids, new.clear(), ids.clear(), new)
    insert_frame(conn, records, new, same)
    insert_frame(conn, identifiers, ids)
    headcount.shift(conn, headcount.RECORDS + incoming.source, new.height)
    told = new.with_columns(pl.lit(value).alias(name) for name, value in same.items())
    kept.keep(conn, stamp, told, ids, first=first)
    if not new.is_empty():
        least = new["rid"].min()
        there = select(dirty_records.c.rid).where(dirty_records.c.rid >= least)
        made = select(records.c.rid).where(records.c.rid >= least, records.c.rid.not_in(there))
        conn.execute(insert(dirty_records).from_select(["rid"], made))
    return _refuse(conn, incoming, new.select("rid"))


def _with_rid(frame: pl.DataFrame, chunk: pl.DataFrame) -> pl.DataFrame:
    return frame.join(chunk.select("source_id", "rid"), on="source_id", how="inner", maintain_order="left")


def _marked(incoming: Incoming) -> pl.DataFrame:
    """Identifiers, those that are echoes without `key` and with the flag `echo`."""
    ids = incoming.identifiers.select(IDENTIFIER_COLUMNS)
    rows = [(sid, kind, value) for sid, (_, pairs) in incoming.echoes.items() for kind, value in pairs]
    if not rows:
        return ids
    marks = pl.DataFrame(rows, schema=["source_id", "type", "value"], orient="row").unique().with_columns(echo=True)
    joined = ids.join(marks, on=["source_id", "type", "value"], how="left", maintain_order="left")
    flags = (
        pl.concat_list(pl.col("flags").str.split("|"), pl.lit("echo"))
        .list.sort()
        .list.join("|")
        .str.strip_chars_start("|")
    )
    return joined.with_columns(
        key=pl.col("key") & pl.col("echo").is_null(),
        flags=pl.when("echo").then(flags).otherwise("flags"),
    ).drop("echo")


def _numbered(ids: pl.DataFrame) -> pl.DataFrame:
    """Adds n, the place among the record's own; those of a record stand together."""
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    first = pl.when((pl.col("rid") != pl.col("rid").shift(1)).fill_null(value=True)).then(place)
    return ids.drop("source_id").with_columns(n=place - first.forward_fill())


def _held(conn: Connection, new: pl.DataFrame, highest: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows now held for these rids. highest: nothing is held beyond it."""
    rids = new.filter(pl.col("rid") <= highest)["rid"].to_list()
    old = read_frame(conn, select(records).where(among(conn, records.c.rid, rids)))
    return old, read_frame(conn, select(identifiers).where(among(conn, identifiers.c.rid, rids)))


def _differs(new: pl.DataFrame, old: pl.DataFrame, ids: pl.DataFrame, old_ids: pl.DataFrame) -> pl.DataFrame:
    """The rids (column `rid`) whose rows or identifiers are not what is held."""
    columns = [*RECORD_COLUMNS, "since", "echo"]
    if old.is_empty():
        return new.select("rid")
    same = new.select("rid", *columns).join(
        old.select("rid", *columns), on=["rid", *columns], how="semi", nulls_equal=True
    )
    told = ["rid", "n", *IDENTIFIER_COLUMNS[1:]]
    more = ids.select(told).join(old_ids.select(told), on=told, how="anti", nulls_equal=True)
    less = old_ids.select(told).join(ids.select(told), on=told, how="anti", nulls_equal=True)
    touched = pl.concat([more.select("rid"), less.select("rid")]).unique()
    return new.select("rid").join(same.join(touched, on="rid", how="anti"), on="rid", how="anti", maintain_order="left")


def _dated(ids: pl.DataFrame, old: pl.DataFrame, old_ids: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Adds first_seen (kept while the record bears the value) and last_seen (the time of the version that bears it now).

    A value of the first version that the hub sees may be as old as the record itself; one that came later is as old as
    the version that brought it.
    """
    last = pl.coalesce("updated_at", "first_at")
    times = new.select("rid", last.alias("last_seen"), pl.min_horizontal("created_at", last).alias("born"))
    ids = ids.join(times, on="rid", how="left", maintain_order="left")
    if old.is_empty():
        return ids.rename({"born": "first_seen"})
    fresh = ids.join(old.select("rid", old=pl.lit(value=True)), on="rid", how="left", maintain_order="left")
    begins = pl.when(pl.col("old").is_null()).then("born").otherwise("last_seen")
    ids = fresh.with_columns(begins.alias("begins")).drop("born", "old")
    seen = old_ids.group_by("rid", *VALUE).agg(pl.col("first_seen").min(), pl.lit(value=True).alias("known"))
    ids = ids.join(seen, on=["rid", *VALUE], how="left", maintain_order="left")
    first = pl.when("known").then("first_seen").otherwise("begins")
    return ids.with_columns(first_seen=first).drop("known", "begins")


def _write(conn: Connection, source: str, new: pl.DataFrame, old: pl.DataFrame, ids: pl.DataFrame) -> None:
    fresh = new.join(old, on="rid", how="anti", maintain_order="left")
    same: dict[str, str | int] = {"source": source, "stamp": _stamp(conn)} if new.height else {}
    insert_frame(conn, records, fresh, same)
    headcount.shift(conn, headcount.RECORDS + source, fresh.height)
    again = new.join(old, on="rid", how="semi").with_columns(pl.lit(value).alias(name) for name, value in same.items())
    upsert_frame(conn, records, again)
    delete_in(conn, identifiers.c.rid, old["rid"].to_list())
    insert_frame(conn, identifiers, ids)


def _stamp(conn: Connection) -> int:
    """The number of this write: whoever reads a row knows by it whether the row or its identifiers were written since."""
    number = int(notes.get(conn, kept.STAMP) or 0) + 1
    notes.put(conn, kept.STAMP, str(number))
    return number


def _lost(old_ids: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Values that a record bore so that matching counts it, and bears so no more."""
    counted = pl.col("key") | pl.col("flags").str.split("|").list.contains("own")
    had, has = old_ids.filter(counted), ids.filter(counted)
    return had.join(has, on=["rid", *VALUE], how="anti").select(VALUE).unique()


def _soil(conn: Connection, rids: pl.Series, values: pl.DataFrame) -> None:
    if rids.is_empty():
        return
    there = read_frame(conn, select(dirty_records.c.rid).where(dirty_records.c.rid >= rids.min()))
    insert_frame(
        conn, dirty_records, rids.sort().to_frame("rid").join(there, on="rid", how="anti", maintain_order="left")
    )
    soil_values(conn, values)


def counted() -> ColumnElement[bool]:
    """Identifiers that matching counts: keys, and the shop's own contacts."""
    flags = literal("|") + identifiers.c.flags + literal("|")
    return identifiers.c.key | flags.contains("|own|")


def soil_values(conn: Connection, values: pl.DataFrame) -> None:
    """Mark values (type, value, issuer) whose bearers are to be matched anew."""
    if values.is_empty():
        return
    there = read_frame(conn, select(dirty_values))
    insert_frame(conn, dirty_values, values.select(VALUE).join(there, on=VALUE, how="anti"))


def _refuse(conn: Connection, incoming: Incoming, changed: pl.DataFrame) -> int:
    refused = _with_rid(incoming.refusals, incoming.chunk).join(changed, on="rid", how="semi")
    refused = refused.with_columns(pl.col("n").cast(pl.Int64).fill_null(0)).unique(
        ["rid", "field", "n"], keep="first", maintain_order=True
    )
    if conn.scalar(select(field_refusals.c.rid).limit(1)) is not None:
        delete_in(conn, field_refusals.c.rid, changed["rid"].to_list())
    insert_frame(conn, field_refusals, refused.select("rid", "field", "n", "code"))
    return refused.height


def unindex(conn: Connection, expected: int) -> None:
    """Before many first identifiers: their index by value is built once, at the end, in a third of the time."""
    if expected >= MANY and conn.scalar(select(identifiers.c.rid).limit(1)) is None:
        BY_VALUE.drop(conn, checkfirst=True)


def index(store: Store) -> None:
    """Build the index by value when a first load has left it out; matching cannot do without."""
    with store.read() as conn:
        there = {one["name"] for one in inspect(conn).get_indexes(identifiers.name)}
    if BY_VALUE.name not in there:
        with store.begin() as conn:
            BY_VALUE.create(conn)
            analyze(conn, records, identifiers)


def take_out(conn: Connection, rids: Sequence[int]) -> None:
    """Records that are gone: their rows leave, their values and customers are to be matched anew."""
    if not rids:
        return
    borne = select(identifiers.c.type, identifiers.c.value, identifiers.c.issuer)
    values = read_frame(conn, borne.where(among(conn, identifiers.c.rid, rids), counted()).distinct())
    soil_values(conn, values)
    held = select(xref.c.golden_id).where(among(conn, xref.c.rid, rids)).distinct()
    left = held.where(xref.c.golden_id.not_in(select(dirty_customers.c.golden_id)))
    conn.execute(insert(dirty_customers).from_select(["golden_id"], left))
    headcount.leave(conn, rids)
    for column in (records.c.rid, identifiers.c.rid, field_refusals.c.rid, dirty_records.c.rid):
        conn.execute(delete(column.table).where(among(conn, column, rids)))
