"""The current source records: normalized rows replaced where they differ, and what that makes dirty.

Belongs here: records, identifiers, field_refusals, dirty_*. Does not: making the rows (matching.normalize), orders (orders.py).
A row that came out equal writes nothing and makes nothing dirty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson
import polars as pl
from sqlalchemy import ColumnElement, Connection, delete, func, insert, inspect, literal, select

from hub.model import IDENTIFIER_COLUMNS, RECORD_COLUMNS, Json
from hub.store.bulk import among, analyze, delete_in, insert_frame, upsert_frame
from hub.store.engine import Store
from hub.store.frames import read_frame
from hub.store.tables import dirty_customers, dirty_records, dirty_values, field_refusals, identifiers, records, xref

VALUE = ["type", "value", "issuer"]
MANY = 20_000
BY_VALUE = next(one for one in identifiers.indexes if one.name == "identifiers_value")
NOT_FIELDS = frozenset({"source_id", "updated_at", "created_at", "cleared"})
"""Keys of a document that are no values of the customer."""


Echo = tuple[Sequence[str], Sequence[tuple[str, str]]]
"""Fields of a document, and phones or e-mails (type, value), that only repeat what the hub sent."""


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
    old, old_ids = _held(conn, new)
    new = _timed(_stilled(new, old, incoming.echoes), old, incoming.echoes)
    changed = _differs(new, old, ids, old_ids)
    new, ids = new.join(changed, on="rid", how="semi"), ids.join(changed, on="rid", how="semi")
    kept, kept_ids = old.join(changed, on="rid", how="semi"), old_ids.join(changed, on="rid", how="semi")
    ids = _dated(ids, kept_ids, new)
    _write(conn, incoming.source, new, kept, ids)
    _soil(conn, changed["rid"], _lost(kept_ids, ids))
    return _refuse(conn, incoming, changed)


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
    return ids.drop("source_id").with_columns(n=pl.int_range(pl.len(), dtype=pl.Int64).over("rid"))


def _held(conn: Connection, new: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows now held for these rids; nothing is looked up when all are younger than any."""
    highest = conn.scalar(select(func.max(records.c.rid)))
    rids = new.filter(pl.col("rid") <= (highest if highest is not None else -1))["rid"].to_list()
    old = select(records).where(among(conn, records.c.rid, rids))
    ids = select(identifiers).where(among(conn, identifiers.c.rid, rids))
    if rids:
        return read_frame(conn, old), read_frame(conn, ids)
    return read_frame(conn, old.limit(0)), read_frame(conn, ids.limit(0))


def _stilled(new: pl.DataFrame, old: pl.DataFrame, echoes: Mapping[str, Echo]) -> pl.DataFrame:
    """A version that brings nothing but our own echoes takes no new time: it keeps the one of the version before."""
    if not echoes or old.is_empty():
        return new
    before = {
        sid: (doc, at) for sid, doc, at in old.select("source_id", "doc", "updated_at").iter_rows() if sid in echoes
    }
    told = new.filter(pl.col("source_id").is_in(list(before))).select("source_id", "doc")
    kept = {
        sid: before[sid]
        for sid, doc in told.iter_rows()
        if _bare(doc, echoes[sid]) == _bare(before[sid][0], echoes[sid])
    }
    times = {sid: at for sid, (_, at) in kept.items()}
    docs = {sid: _with_time(doc, times[sid]) for sid, doc in told.iter_rows() if sid in kept}
    mine = pl.col("source_id").is_in(list(kept))
    return new.with_columns(
        updated_at=pl.when(mine)
        .then(pl.col("source_id").replace_strict(times, default=None, return_dtype=pl.String))
        .otherwise("updated_at"),
        doc=pl.when(mine)
        .then(pl.col("source_id").replace_strict(docs, default=None, return_dtype=pl.String))
        .otherwise("doc"),
    )


def _bare(text: str, echo: Echo) -> dict[str, Json]:
    """A document without its times, its echoed fields and its echoed contacts."""
    names, pairs = echo
    values = {value for _, value in pairs}
    doc = {name: value for name, value in orjson.loads(text).items() if name not in NOT_FIELDS and name not in names}
    for name in ("family_name", "given_name", "honorific") if "full_name" in names else ():
        doc.pop(name, None)
    for name in ("phones", "emails"):
        rest = [item for item in doc.pop(name, ()) if item.get("value") not in values]
        doc |= {name: rest} if rest else {}
    return doc


def _with_time(text: str, at: str | None) -> str:
    doc = {**orjson.loads(text), "updated_at": at}
    return orjson.dumps({k: v for k, v in doc.items() if v is not None}, option=orjson.OPT_SORT_KEYS).decode()


def _timed(new: pl.DataFrame, old: pl.DataFrame, echoes: Mapping[str, Echo]) -> pl.DataFrame:
    """Adds first_at, since and echo: a field's time is kept while its value is unchanged."""
    text = pl.lit(None, dtype=pl.String)
    new = new.with_columns(first_at=pl.coalesce("updated_at", "created_at"), since=text, echo=text)
    if not old.is_empty():
        before = old.select(
            "rid",
            pl.col("doc").alias("old_doc"),
            pl.col("since").alias("old_since"),
            pl.col("first_at").alias("old_first"),
        )
        both = new.join(before, on="rid", how="left", maintain_order="left")
        known = pl.col("old_doc").is_not_null()
        since = [
            _since(*row) if row[1] is not None else None
            for row in both.select("doc", "old_doc", "old_since", "updated_at").iter_rows()
        ]
        new = both.with_columns(
            first_at=pl.when(known).then("old_first").otherwise("first_at"),
            since=pl.Series(since, dtype=pl.String),
        ).drop("old_doc", "old_since", "old_first")
    if echoes:
        marks = {sid: orjson.dumps(sorted(fields)).decode() for sid, (fields, _) in echoes.items() if fields}
        new = new.with_columns(echo=pl.col("source_id").replace_strict(marks, default=None, return_dtype=pl.String))
    return new


def _since(doc: str, old_doc: str, old_since: str | None, updated_at: str | None) -> str | None:
    """The times of values younger than the first version, after this one."""
    held: dict[str, str] = orjson.loads(old_since) if old_since else {}
    if doc != old_doc:
        now, before = orjson.loads(doc), orjson.loads(old_doc)
        for name in (now.keys() | before.keys()) - NOT_FIELDS:
            if _value(now, name) != _value(before, name):
                held.pop(name, None)
                if updated_at is not None:
                    held[name] = updated_at
    return orjson.dumps(held, option=orjson.OPT_SORT_KEYS).decode() if held else None


def _value(doc: Mapping[str, Json], name: str) -> Json:
    return doc.get(name) if name in doc else (name in doc.get("cleared", ()) or None)


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


def _dated(ids: pl.DataFrame, old_ids: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Adds first_seen (kept while the record bears the value) and last_seen (the time of the version that bears it now)."""
    times = new.select("rid", pl.coalesce("updated_at", "first_at").alias("last_seen"), pl.col("updated_at"))
    ids = ids.join(times, on="rid", how="left", maintain_order="left")
    seen = old_ids.group_by("rid", *VALUE).agg(pl.col("first_seen").min(), pl.lit(value=True).alias("known"))
    ids = ids.join(seen, on=["rid", *VALUE], how="left", maintain_order="left")
    first = pl.when("known").then("first_seen").otherwise("last_seen")
    return ids.with_columns(first_seen=first).drop("known", "updated_at")


def _write(conn: Connection, source: str, new: pl.DataFrame, old: pl.DataFrame, ids: pl.DataFrame) -> None:
    fresh = new.join(old, on="rid", how="anti", maintain_order="left")
    insert_frame(conn, records, fresh, {"source": source})
    again = new.join(old, on="rid", how="semi").with_columns(source=pl.lit(source))
    upsert_frame(conn, records, again)
    delete_in(conn, identifiers.c.rid, old["rid"].to_list())
    insert_frame(conn, identifiers, ids)


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
    for column in (records.c.rid, identifiers.c.rid, field_refusals.c.rid, dirty_records.c.rid):
        conn.execute(delete(column.table).where(among(conn, column, rids)))
