"""Taking a person out of every table, in the caller's transaction. What is kept holds no value of theirs.

Belongs here: landing, records, orders, golden records. Does not: finding the person (erased_person.py), words of people and
plans (erasing_words.py), what keeps the person out (erasures.py), other systems (flow.forget_tell).
Where a record's own id must stay for the sake of others it is replaced by a keyed digest: an id may be an e-mail address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
import polars as pl
from sqlalchemy import Column, Connection, delete, insert, or_, select, update

from hub.store import candidate, erasures, normalized, notes, promote, scrub, search_index, tally, traits
from hub.store.bulk import among, delete_in, empty
from hub.store.erased_person import contacts, holding
from hub.store.erasing_words import Eraser, planned, said
from hub.store.landing import upsert_waiting
from hub.store.tables import (
    CUSTOMER_TEXT,
    arrivals,
    block_keys,
    blocked_values,
    changes,
    customers,
    dirty_buyers,
    dirty_customers,
    dirty_records,
    dirty_reviews,
    edges,
    field_refusals,
    history,
    identifiers,
    landed,
    orders,
    quarantine,
    raw_records,
    reassigned,
    records,
    refusals,
    suggestions,
    waiting,
    xref,
    xref_past,
)

GONE, SHORT = "erased:", 24
"""Before the digest that stands for a record's own id, and so many characters of it."""
DOCUMENT = ("source_id", "code", "kind", "store", "staff", "at", "currency", "total", "paid", "lines", "updated_at")
"""Parts of an order that are about nobody."""
BY_RID: tuple[Column[int], ...] = (
    records.c.rid, identifiers.c.rid, field_refusals.c.rid, dirty_records.c.rid, dirty_reviews.c.rid, waiting.c.rid,
    xref.c.rid, xref_past.c.rid, reassigned.c.rid, block_keys.c.rid, edges.c.rid_a, edges.c.rid_b, refusals.c.rid_a,
    refusals.c.rid_b, suggestions.c.rid_a, suggestions.c.rid_b, raw_records.c.rid,
)  # fmt: skip


def erase(by: Eraser) -> dict[str, int]:
    """Take the person out; how many rows of each kind were there (of the proof)."""
    counts = {
        "records": len(by.person.rids),
        "identifiers": by.person.values.height,
        "orders": len(by.person.orders),
        "orders_received": len(by.person.recipient),
        "raw_versions": _count_raw(by),
    }
    said(by)
    _neighbours(by)
    counts["quarantine"] = _quarantined(by)
    _orders(by)
    _joins_and_records(by)
    counts["history"] = _golden(by)
    counts["plan_items"] = planned(by)
    search_index.drop(by.conn)
    return counts


def _count_raw(by: Eraser) -> int:
    return len(
        by.conn.scalars(select(raw_records.c.raw_id).where(among(by.conn, raw_records.c.rid, by.person.rids))).all()
    )


def _neighbours(by: Eraser) -> None:
    """Others who bear a value too are matched anew; the totals of matching lose what stood."""
    conn, rids = by.conn, by.person.rids
    shared = by.person.values.filter("shared").select("type", "value", "issuer").unique()
    normalized.soil_values(conn, shared)
    around = set(rids)
    for table in (edges, refusals):
        touched = or_(among(conn, table.c.rid_a, rids), among(conn, table.c.rid_b, rids))
        around.update(rid for pair in conn.execute(select(table.c.rid_a, table.c.rid_b).where(touched)) for rid in pair)
    stood = tally.standing(conn, sorted(around))
    gone = len(set(conn.scalars(select(xref.c.golden_id).where(among(conn, xref.c.golden_id, by.person.golden_ids)))))
    for column in BY_RID:
        delete_in(conn, column, list(rids))
    conn.execute(delete(xref_past).where(among(conn, xref_past.c.golden_id, by.person.golden_ids)))
    left = tally.standing(conn, sorted(around - set(rids)))
    tally.keep(conn, tally.changed(tally.totals(conn), stood, left))
    notes.put(conn, promote.LIVE, str(max(0, promote.live(conn) - gone)))


def _joins_and_records(by: Eraser) -> None:
    conn = by.conn
    for table in candidate.TABLES:
        empty(conn, table)
    notes.drop(conn, candidate.NOTE)
    mine = by.person.values.filter(~pl.col("shared"))
    for type_, value in mine.select("type", "value").unique().iter_rows():
        conn.execute(delete(blocked_values).where(blocked_values.c.type == type_, blocked_values.c.value == value))
    for rid, name in by.person.records.select("rid", "name").iter_rows():
        told = {
            "source_id": by.aliases[name], "raw_id": 0, "content_hash": "", "updated_at": None, "state": "removed",
            "missing_since": None, "missing_snapshot": None, "missing_run": None, "scope": "",
        }  # fmt: skip
        conn.execute(update(landed).where(landed.c.rid == rid).values(told))
    for source, source_id in by.person.records.select("source", "source_id").iter_rows():
        conn.execute(delete(arrivals).where(arrivals.c.source == source, arrivals.c.source_id == source_id))
        here = (dirty_buyers.c.source == source, dirty_buyers.c.customer_source_id == source_id)
        conn.execute(delete(dirty_buyers).where(*here))


def _quarantined(by: Eraser) -> int:
    """Entries about the person's records, and payloads that were never read but hold their contacts."""
    conn, found = by.conn, set[int]()
    for source, stream, source_id in by.person.records.select("source", "stream", "source_id").iter_rows():
        same = (quarantine.c.source == source, quarantine.c.stream == stream, quarantine.c.source_id == source_id)
        found.update(conn.scalars(select(quarantine.c.qid).where(*same)))
    shut = select(quarantine.c.raw_id)
    raws = holding(
        conn, raw_records.c.raw_id, raw_records.c.payload, contacts(by.person), raw_records.c.raw_id.in_(shut)
    )
    told = select(quarantine.c.qid).where(among(conn, quarantine.c.raw_id, sorted(raws)))
    found.update(conn.scalars(told))
    conn.execute(update(raw_records).where(among(conn, raw_records.c.raw_id, sorted(raws))).values(payload=""))
    for qid in found:
        notes.drop(conn, f"quarantine.discarded:{qid}")
    return delete_in(conn, quarantine.c.qid, sorted(found))


# orders --------------------------------------------------------------------------------------------------------------


def _orders(by: Eraser) -> None:
    """Amounts stay; who bought, who received and the payloads go."""
    conn = by.conn
    for rids, whole in ((by.person.orders, True), (by.person.recipient, False)):
        rows = conn.execute(select(orders.c.rid, orders.c.doc).where(among(conn, orders.c.rid, rids))).all()
        for rid, doc in rows:
            told = bare(orjson.loads(doc)) if whole else unaddressed(orjson.loads(doc))
            values = {"doc": orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()}
            conn.execute(
                update(orders)
                .where(orders.c.rid == rid)
                .values(values | ({"customer_source_id": None} if whole else {}))
            )
        blank_payloads(conn, list(rids))


def order_ids(conn: Connection, rids: Sequence[int]) -> list[tuple[str, str]]:
    """source, source_id of orders."""
    rows = conn.execute(select(orders.c.source, orders.c.source_id).where(among(conn, orders.c.rid, rids)))
    return [(row.source, row.source_id) for row in rows]


def bare(order: Mapping[str, object]) -> dict[str, object]:
    """An order as amounts without a person."""
    return {name: order[name] for name in DOCUMENT if name in order}


def unaddressed(order: Mapping[str, object]) -> dict[str, object]:
    """An order without its recipient."""
    return {name: value for name, value in order.items() if name != "recipient"}


def blank_payloads(conn: Connection, rids: Sequence[int]) -> None:
    """The payloads of these landed rows are emptied: they came, and what they held is gone."""
    conn.execute(update(raw_records).where(among(conn, raw_records.c.rid, rids)).values(payload="", content_hash=""))
    delete_in(conn, waiting.c.rid, list(rids))


# the golden record ---------------------------------------------------------------------------------------------------


def _golden(by: Eraser) -> int:
    """The customer's row says only that it was erased; no version is kept, nor one of others that held these records."""
    conn, ids = by.conn, by.person.golden_ids
    rows = conn.execute(select(customers).where(among(conn, customers.c.golden_id, ids))).mappings().all()
    for row in rows:
        status = "merged" if row["merged_into"] else "erased"
        blank: dict[str, object] = dict.fromkeys((*CUSTOMER_TEXT, "sources", "provenance", "inputs"))
        told = {"status": status, "version": row["version"] + 1, "record_count": 0, "digest": "", "updated_at": by.at,
                "run_id": by.run_id, "doc": "{}"}  # fmt: skip
        conn.execute(update(customers).where(customers.c.golden_id == row["golden_id"]).values(blank | told))
        if status == "erased":
            event = {"at": by.at, "kind": "erased", "golden_id": row["golden_id"], "version": row["version"] + 1}
            conn.execute(insert(changes).values(event | {"run_id": by.run_id}))
    delete_in(conn, dirty_customers.c.golden_id, list(ids))
    traits.forget(conn, list(ids))
    return delete_in(conn, history.c.golden_id, list(ids)) + _held_by_others(by)


def _held_by_others(by: Eraser) -> int:
    """Versions of other customers that held one of these records, from before a split."""
    conn, keys, count = by.conn, set(by.person.keys), 0
    chosen = select(history.c.golden_id, history.c.version, history.c.doc)
    for golden_id, version, doc in conn.execute(chosen.where(among(conn, history.c.golden_id, by.person.past))).all():
        held = {f"{one.get('source')}:{one.get('source_id')}" for one in orjson.loads(doc).get("records", ())}
        if held & keys:
            conn.execute(delete(history).where(history.c.golden_id == golden_id, history.c.version == version))
            count += 1
    return count


# what comes again ----------------------------------------------------------------------------------------------------


def refuse(conn: Connection, rids: Mapping[int, str]) -> None:
    """Landed customer records (rid → what stands for their id) of somebody who was forgotten: payload and id go."""
    delete_in(conn, raw_records.c.rid, list(rids))
    for rid, alias in rids.items():
        gone = {
            "source_id": alias,
            "raw_id": 0,
            "content_hash": "",
            "updated_at": None,
            "state": "removed",
            "scope": "",
        }
        conn.execute(update(landed).where(landed.c.rid == rid).values(gone))


def held(conn: Connection, rids: Sequence[int]) -> set[int]:
    """Those of these that are records now."""
    return set(conn.scalars(select(records.c.rid).where(among(conn, records.c.rid, rids))))


def settle(conn: Connection, name: str, digest: str, erasure_id: str, at: str) -> None:
    """What a person said of a landed record (`source:source_id`): it is of that erasure and goes, or ("") it comes in."""
    source, _, source_id = name.partition(":")
    mine = (landed.c.source == source, landed.c.stream == "customers", landed.c.source_id == source_id)
    rids = list(conn.scalars(select(landed.c.rid).where(*mine)))
    if not erasure_id:
        erasures.add_keys(conn, "", [(digest, erasures.ALLOWED)])
        upsert_waiting(conn, pl.DataFrame({"rid": rids}, schema={"rid": pl.Int64}))
        return
    erasures.confirm(conn, erasure_id, digest)
    refuse(conn, {rid: f"{GONE}{digest[:SHORT]}.{rid}" for rid in rids})
    same = (quarantine.c.source == source, quarantine.c.source_id == source_id, quarantine.c.stream == "customers")
    conn.execute(delete(quarantine).where(*same))
    for rid in rids:
        conn.execute(delete(waiting).where(waiting.c.rid == rid))
    scrub.want(conn, at)
