"""Keeping up what segments are found by: traits, purchases by day and spending, out of golden records and orders.

Belongs here: computing and writing them, for all or for whom something changed. Does not: who is in a segment (segments.py), when
(flow.segments). They are built when somebody first asks; from then on dirty_buyers and the change feed say whom to look at.
Purchases are orders of kind `sale`; returns take off from what was bought; cancelled and refused ones do not count.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import polars as pl
from sqlalchemy import Connection, and_, delete, func, select, update

from hub.model import CUSTOMER_KINDS
from hub.store import notes
from hub.store.bulk import among, delete_in, insert_frame, is_sqlite
from hub.store.engine import Store
from hub.store.frames import read_frame
from hub.store.tables import changes, customers, dirty_buyers, orders, purchases, records, spending, traits, xref

NOTE = "traits"
VERSION = 1
"""Rises when the same customer would get other traits: then all are built anew."""
ALONE = 7_264_002
YEAR = 365
UNDATED = -1
SIZE = 20_000
"""Customers that are read and written at a time."""
NO_CURRENCY = "XXX"
BETWEEN = "\x1f"
OWN = ("sources", "stores", "tags", "groups")
FOLDED = ("tags", "groups")
Frames = dict[str, pl.DataFrame]


def state(conn: Connection) -> dict[str, Any]:
    """seq, day, zone, version, whole of what stands; {} before the first time."""
    found: dict[str, Any] = orjson.loads(notes.get(conn, NOTE) or "{}")
    return found


def whole(conn: Connection, zone: str) -> bool:
    """Whether all customers have their traits, by days of this time zone."""
    found = state(conn)
    return bool(found.get("whole")) and (found["zone"], found["version"]) == (zone, VERSION)


def fresh(conn: Connection, zone: str, today: int) -> bool:
    """Whether nothing happened since they were kept up."""
    found = state(conn)
    if not whole(conn, zone) or (found["seq"], found["day"]) != (_position(conn), today):
        return False
    return conn.execute(select(dirty_buyers.c.source).limit(1)).first() is None


def build(store: Store, zone: str, today: int) -> bool:
    """Compute all anew, some customers in each transaction, so that nobody waits for long.

    What changes meanwhile is looked at by the next `follow`. False when another process began to do the same: it goes on.
    """
    mine = uuid.uuid4().hex
    with store.begin() as conn:
        _alone(conn)
        for table in (traits, purchases, spending, dirty_buyers):
            conn.execute(delete(table))
        told = {"seq": _position(conn), "day": today, "zone": zone, "version": VERSION, "whole": False}
        _note(conn, told | {"by": mine})
    last = ""
    while True:
        with store.begin() as conn:
            _alone(conn)
            if state(conn).get("by") != mine:
                return False
            ids = _after(conn, last)
            if not ids:
                _note(conn, told | {"whole": True})
                return True
            _write(conn, ids, _made(conn, ids, zone, today))
        last = ids[-1]


def follow(conn: Connection, zone: str, today: int) -> int:
    """Keep up with what changed, in the caller's transaction; how many customers were looked at. All must be `whole`."""
    _alone(conn)
    found, now = state(conn), _position(conn)
    ids = sorted({*_told(conn, found["seq"]), *_buyers(conn)})
    for part in _parts(ids):
        _write(conn, part, _made(conn, part, zone, today))
    _roll(conn, found["day"], today)
    _note(conn, found | {"seq": now, "day": today})
    return len(ids)


def soil(conn: Connection, buyers: pl.DataFrame) -> None:
    """Orders of these changed: source, customer_source_id. Nothing to keep before the first building."""
    told = buyers.drop_nulls().unique()
    if told.is_empty() or notes.get(conn, NOTE) is None:
        return
    for source, ids in told.group_by("source").agg("customer_source_id").iter_rows():
        delete_in(conn, dirty_buyers.c.customer_source_id, ids, dirty_buyers.c.source == source)
    insert_frame(conn, dirty_buyers, told.select("source", "customer_source_id"))


def forget(conn: Connection, golden_ids: Sequence[str]) -> None:
    """Nothing of these customers is left."""
    for table in (traits, purchases, spending):
        delete_in(conn, table.c.golden_id, golden_ids)


def _told(conn: Connection, seq: int) -> Iterator[str]:
    """Whom the change feed tells of since."""
    yield from conn.scalars(select(changes.c.golden_id).where(changes.c.seq > seq).distinct())
    for text in conn.scalars(select(changes.c.moved).where(changes.c.seq > seq, changes.c.moved.is_not(None))):
        yield from (one[end] for one in orjson.loads(text) for end in ("from", "to") if one[end])


def _buyers(conn: Connection) -> list[str]:
    """Whose orders changed since; what says so is taken away, and nothing that comes meanwhile."""
    taken = conn.execute(delete(dirty_buyers).returning(dirty_buyers.c.source, dirty_buyers.c.customer_source_id)).all()
    by_source: dict[str, list[str]] = {}
    for source, source_id in taken:
        by_source.setdefault(source, []).append(source_id)
    found: set[str] = set()
    for source, ids in by_source.items():
        told = select(xref.c.golden_id).join(records, records.c.rid == xref.c.rid).where(records.c.source == source)
        found.update(conn.scalars(told.where(among(conn, records.c.source_id, ids))))
    return sorted(found)


def _roll(conn: Connection, was: int, today: int) -> None:
    """The last 365 days are others now: what was bought on the days that left or came is counted anew."""
    if was == today:
        return
    low, high = sorted((was - YEAR, today - YEAR))
    moved = select(purchases.c.golden_id).where(purchases.c.day > low, purchases.c.day <= high)
    same = and_(purchases.c.golden_id == spending.c.golden_id, purchases.c.currency == spending.c.currency)
    fresh_sum = select(func.coalesce(func.sum(purchases.c.amount), 0)).where(same, purchases.c.day > today - YEAR)
    conn.execute(update(spending).where(spending.c.golden_id.in_(moved)).values(year=fresh_sum.scalar_subquery()))


def _note(conn: Connection, told: dict[str, Any]) -> None:
    notes.put(conn, NOTE, orjson.dumps(told).decode())


def _alone(conn: Connection) -> None:
    """One writer at a time, until the transaction ends (SQLite has one writer anyway)."""
    if not is_sqlite(conn):
        conn.execute(select(func.pg_advisory_xact_lock(ALONE)))


def _position(conn: Connection) -> int:
    return int(conn.scalar(select(func.coalesce(func.max(changes.c.seq), 0))) or 0)


def _after(conn: Connection, last: str) -> list[str]:
    ids = select(customers.c.golden_id).where(customers.c.golden_id > last, _living())
    return list(conn.scalars(ids.order_by(customers.c.golden_id).limit(SIZE)))


def _living() -> Any:
    return and_(customers.c.status == "active", customers.c.kind.in_(CUSTOMER_KINDS))


def _parts(ids: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(ids), SIZE):
        yield ids[at : at + SIZE]


def _write(conn: Connection, ids: Sequence[str], made: Frames) -> None:
    forget(conn, ids)
    for name, table in (("traits", traits), ("purchases", purchases), ("spending", spending)):
        if name in made:
            insert_frame(conn, table, made[name])


# computing -----------------------------------------------------------------------------------------------------------


def _made(conn: Connection, ids: Sequence[str], zone: str, today: int) -> Frames:
    """Rows of the three tables for those of the ids that are living customers."""
    people = _people(conn, ids)
    bought = _bought(conn, ids, zone).join(people.select("golden_id"), on="golden_id", how="semi")
    by_day = bought.group_by("golden_id", "day", "currency").agg(pl.col("orders", "amount").sum())
    rhythm = _rhythm(by_day)
    known = _known(conn, ids, zone)
    rows = people.join(rhythm, on="golden_id", how="left").join(known, on="golden_id", how="left")
    first = pl.min_horizontal("seen", "first_order").fill_null(_day(pl.col("created_at"), zone))
    rows = rows.with_columns(known=first, orders=pl.col("orders").fill_null(0), days=pl.col("days").fill_null(0))
    return {
        "traits": rows.select([column.name for column in traits.columns]).sort("golden_id"),
        "purchases": by_day.sort("golden_id", "day", "currency"),
        "spending": _spending(by_day, rhythm, today),
    }


def _people(conn: Connection, ids: Sequence[str]) -> pl.DataFrame:
    """What golden records say. A person without a type is an individual, an organisation a business."""
    named = ("golden_id", "kind", "customer_type", "province", "birth_date", "created_at", "doc")
    said = [customers.c[f"marketing_{name}"].label(name) for name in ("email", "sms", "zalo", "call")]
    chosen = select(*[customers.c[name] for name in named], *said)
    rows = read_frame(conn, chosen.where(among(conn, customers.c.golden_id, ids), _living()))
    docs = [orjson.loads(doc) for doc in rows["doc"].to_list()]
    lists = {name: _texts([_joined(doc.get(name, ()), name) for doc in docs]) for name in OWN if name != "sources"}
    sources = _texts([_joined({one["source"] for one in doc.get("records", ())}, "sources") for doc in docs])
    usual = pl.when(pl.col("kind") == "organisation").then(pl.lit("business")).otherwise(pl.lit("individual"))
    born = pl.col("birth_date").str.extract(r"^(?:\d{4}|-)-(\d{2}-\d{2})$", 1)
    return rows.with_columns(
        pl.col("customer_type").fill_null(usual), birthday=born, sources=sources, **lists,
        tier=_texts([folded(doc["tier"]) if doc.get("tier") else None for doc in docs]),
        province=_texts([folded(one) if one else None for one in rows["province"].to_list()]),
    )  # fmt: skip


def _texts(values: list[str | None]) -> pl.Series:
    return pl.Series(values, dtype=pl.String)


def folded(text: str) -> str:
    """As tags, groups, tiers and provinces are compared: without capitals and spaces around."""
    return text.casefold().strip()


def _joined(values: Any, name: str) -> str:
    told = sorted({folded(one) if name in FOLDED else one for one in values})
    return BETWEEN + BETWEEN.join(told) + BETWEEN if told else ""


def _day(at: pl.Expr, zone: str) -> pl.Expr:
    """The number of the day, in the shop's time zone, of canonical time."""
    moment = at.str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="ms", strict=False).dt.replace_time_zone("UTC")
    return moment.dt.convert_time_zone(zone).dt.date().cast(pl.Int32).cast(pl.Int64)


def _bought(conn: Connection, ids: Sequence[str], zone: str) -> pl.DataFrame:
    """golden_id, day, currency, orders (1 for a purchase, 0 for a return), amount (below zero for a return)."""
    whose = and_(orders.c.source == records.c.source, orders.c.customer_source_id == records.c.source_id)
    named = [orders.c[name] for name in ("kind", "at", "currency", "total")]
    chosen = select(xref.c.golden_id, *named).select_from(xref).join(records, records.c.rid == xref.c.rid)
    chosen = chosen.join(orders, whose).where(among(conn, xref.c.golden_id, ids), orders.c.kind.in_(("sale", "return")))
    sale = pl.col("kind") == "sale"
    return read_frame(conn, chosen).select(
        "golden_id",
        day=_day(pl.col("at"), zone).fill_null(UNDATED),
        currency=pl.col("currency").fill_null(NO_CURRENCY),
        orders=sale.cast(pl.Int64),
        amount=pl.when(sale).then(pl.col("total")).otherwise(-pl.col("total").abs()).fill_null(0),
    )


def _rhythm(by_day: pl.DataFrame) -> pl.DataFrame:
    """golden_id, orders, days, first_order, last_order, gap."""
    counted = by_day.group_by("golden_id").agg(pl.col("orders").sum())
    dated = by_day.filter(pl.col("orders") > 0, pl.col("day") != UNDATED).select("golden_id", "day").unique()
    gaps = pl.col("day").sort().diff().drop_nulls()
    told = dated.group_by("golden_id").agg(
        days=pl.len().cast(pl.Int64), first_order=pl.col("day").min(), last_order=pl.col("day").max(),
        gap=pl.when(pl.len() > 2).then(gaps.median()),  # two gaps are the least that a median says something of
    )  # fmt: skip
    return counted.join(told, on="golden_id", how="left")


def _known(conn: Connection, ids: Sequence[str], zone: str) -> pl.DataFrame:
    """golden_id, seen: the first day on which a system knew them by its own time."""
    first = select(xref.c.golden_id, func.min(records.c.created_at).label("at"))
    first = first.join(records, records.c.rid == xref.c.rid).where(among(conn, xref.c.golden_id, ids))
    return read_frame(conn, first.group_by(xref.c.golden_id)).select("golden_id", seen=_day(pl.col("at"), zone))


def _spending(by_day: pl.DataFrame, rhythm: pl.DataFrame, today: int) -> pl.DataFrame:
    both = by_day.join(rhythm.select("golden_id", "last_order"), on="golden_id", how="left")
    amount, day, last = pl.col("amount"), pl.col("day"), pl.col("last_order")
    return both.group_by("golden_id", "currency").agg(
        total=amount.sum(),
        year=amount.filter(day > today - YEAR).sum(),
        before=amount.filter((day > last - YEAR) & (day <= last)).sum(),
    ).sort("golden_id", "currency")  # fmt: skip
