"""The ledger of consents that people enter here, beside those that vendors and spreadsheets tell.

Belongs here: the table `consents`, whose consent is whose. Does not: what a consent allows (flow.consent), which of
several holds (hub.matching.survivorship.most_restrictive). A consent belongs to the customer that holds its anchor record;
when the anchor has left, to the customer that its golden id leads to. It is never changed: a later one says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from sqlalchemy import Connection, insert, select

from hub.store.bulk import MANY, among
from hub.store.decisions import Decision, soil, soil_customers
from hub.store.frames import read_frame
from hub.store.story import live
from hub.store.tables import consents, customers, identifiers
from hub.store.words import NAME, named, names_of

Row = Mapping[str, Any]
TOLD = ("purpose", "channel", "address", "status", "at")
_SAID = (*(consents.c[name] for name in TOLD), consents.c.anchor, consents.c.golden_id, consents.c.consent_id)


def put(conn: Connection, decision: Decision, rows: Sequence[Row]) -> None:
    """Append what the customer of the decision said (rows: anchor, purpose, channel, address, status, at)."""
    said = {
        "golden_id": decision.subjects[0],
        "author": decision.author,
        "reason": decision.reason,
        "active": True,
        "decision_id": decision.decision_id,
    }
    conn.execute(insert(consents), [said | dict(row) for row in rows])
    soil(conn, sorted({row["anchor"] for row in rows}))
    soil_customers(conn, [decision.subjects[0]])


def standing(conn: Connection, members: pl.DataFrame) -> dict[str, list[dict[str, str | None]]]:
    """golden id → what the customer said last per purpose, channel and address. members: golden_id, source, source_id."""
    if conn.scalar(select(consents.c.consent_id).limit(1)) is None:
        return {}
    names = members.select("golden_id", NAME.alias("anchor"))
    here = read_frame(conn, _active().where(among(conn, consents.c.anchor, names["anchor"].to_list())))
    found = here.drop("golden_id").join(names, on="anchor")
    adrift = _adrift(conn, members["golden_id"].unique().to_list())
    ordered = pl.concat([found, adrift.select(found.columns)]).sort("at", "consent_id")
    last = ordered.unique(["golden_id", "purpose", "channel", "address"], keep="last", maintain_order=True)
    told: dict[str, list[dict[str, str | None]]] = {}
    for row in last.select("golden_id", *TOLD).iter_rows(named=True):
        told.setdefault(row.pop("golden_id"), []).append(row)
    return told


def holders(conn: Connection, members: pl.DataFrame) -> set[str]:
    """Golden ids of the customers for whom `standing` has something to say. members: rid, golden_id."""
    if conn.scalar(select(consents.c.consent_id).limit(1)) is None:
        return set()
    if members.height < MANY:
        return _few_holders(conn, members)
    rows = read_frame(conn, select(consents.c.anchor, consents.c.golden_id).where(consents.c.active).distinct())
    there = named(conn, rows["anchor"].to_list())
    held = members.join(there, on="rid", how="semi")["golden_id"]
    left = rows.join(there, left_on="anchor", right_on="name", how="anti")["golden_id"].unique()
    return {*held, *(live(conn, one) or one for one in left)}


def _few_holders(conn: Connection, members: pl.DataFrame) -> set[str]:
    """The same, by what these customers bear instead of by the whole ledger."""
    borne = names_of(conn, members["rid"].to_list()).join(members, on="rid")
    said = select(consents.c.anchor).where(consents.c.active, among(conn, consents.c.anchor, borne["name"].to_list()))
    held = borne.filter(pl.col("name").is_in(list(conn.scalars(said))))["golden_id"]
    return {*held, *_adrift(conn, members["golden_id"].unique().to_list())["golden_id"]}


def _active() -> Any:
    return select(*_SAID).where(consents.c.active)


def _adrift(conn: Connection, golden_ids: list[str]) -> pl.DataFrame:
    """Consents of these customers whose anchor has left, under the id that answers now."""
    leads = {one: one for one in golden_ids}
    new = golden_ids
    while new:
        merged = select(customers.c.golden_id, customers.c.merged_into).where(among(conn, customers.c.merged_into, new))
        older = {old: leads[into] for old, into in conn.execute(merged) if old not in leads}
        leads, new = leads | older, list(older)
    rows = read_frame(conn, _active().where(among(conn, consents.c.golden_id, list(leads))))
    there = named(conn, rows["anchor"].to_list())
    left = rows.join(there, left_on="anchor", right_on="name", how="anti", maintain_order="left")
    return left.with_columns(pl.col("golden_id").replace(leads))


def bearers(conn: Connection, names: Sequence[str], address: str) -> set[str]:
    """Those of the records (names) that bear a phone or an e-mail."""
    rids = named(conn, list(names))
    borne = select(identifiers.c.rid).where(
        identifiers.c.value == address, among(conn, identifiers.c.rid, rids["rid"].to_list())
    )
    return set(rids.filter(pl.col("rid").is_in(list(conn.scalars(borne))))["name"])


def of_customer(conn: Connection, golden_ids: Sequence[str], names: Sequence[str]) -> list[Row]:
    """The ledger of a customer with these ids and records, oldest first, also what was taken back (active false)."""
    mine = consents.c.anchor.in_(names) | consents.c.golden_id.in_(golden_ids)
    found = conn.execute(select(consents).where(mine).order_by(consents.c.at, consents.c.consent_id)).mappings()
    return [{str(name): value for name, value in row.items()} for row in found]
