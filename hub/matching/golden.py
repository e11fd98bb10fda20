"""Golden records, as frames: members of customers in, rows of the table `customers` out.

Belongs here: slicing frames into customers, in chunks of bounded memory. Does not: deciding (customer, survivorship).
Every row is a function of the customer's own rows, the trust order, the rules, pins, and what is shared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import polars as pl

from hub.matching.contacts import Borne
from hub.matching.customer import Golden, Member, Setup, as_json, customer
from hub.matching.survivorship import DEFAULTS
from hub.model import Json
from hub.settings import Survivorship

NOTHING: dict[str, str] = {}
CHUNK = 20_000
"""Customers decided at a time."""
VALUES = (
    "customer_type", "full_name", "phone", "phone_national", "email", "phones", "emails", "birth_date", "gender",
    "address", "province", "company_name", "marketing_email", "marketing_sms", "marketing_zalo", "marketing_call",
)  # fmt: skip
SCHEMA = {
    "golden_id": pl.String, "kind": pl.String, "record_count": pl.Int64, "sources": pl.String,
    **dict.fromkeys(VALUES, pl.String), "doc": pl.String, "provenance": pl.String, "digest": pl.String,
}  # fmt: skip
MEMBER_COLUMNS = [name for name in Member._fields if name not in ("doc", "since", "echo")]
BORNE_COLUMNS = ["rid", "source", "type", "value", "issuer", "class", "use", "flags", "national", "last_seen"]


def golden(
    members: pl.DataFrame,
    identifiers: pl.DataFrame,
    survivorship: Survivorship,
    *,
    shared: pl.DataFrame | None = None,
    pins: Mapping[str, Mapping[str, Json]] | None = None,
) -> pl.DataFrame:
    """The golden values of every customer in `members`, sorted by golden_id.

    members: golden_id and the columns of table `records`. identifiers: the rows of table `identifiers` of these records.
    shared: type, value, customers – values that several customers bear (see `shared_values`). pins: golden id → field → value.
    doc leaves out what the table's own columns hold: golden_id, customer_code, status, version, created_at, updated_at.
    """
    setup = _setup(survivorship, shared)
    ordered = members.sort("golden_id", "source", "source_id")
    borne = identifiers.join(ordered.select("rid", "golden_id", "source", "source_id"), on="rid", how="inner").sort(
        "golden_id", "source", "source_id", "type", "value", "issuer"
    )
    parts = [_decided(*slices, setup, pins or {}) for slices in _chunks(ordered, borne)]
    return pl.concat(parts) if parts else pl.DataFrame(schema=SCHEMA)


def _setup(survivorship: Survivorship, shared: pl.DataFrame | None) -> Setup:
    rows = shared.select("type", "value", "customers").iter_rows() if shared is not None else ()
    return Setup(
        {**DEFAULTS, **survivorship.fields},
        {source: place for place, source in enumerate(survivorship.sources)},
        {(type_, value): count for type_, value, count in rows},
    )


def shared_values(borne: pl.DataFrame) -> pl.DataFrame:
    """Phones and e-mails that two or more customers bear as their own: type, value, customers.

    borne: golden_id, kind, type, value, use, flags of all bearers of the values in question, whatever customer they belong to.
    """
    flags = pl.col("flags").fill_null("").str.split("|")
    own = borne.filter(
        pl.col("type").is_in(["phone", "email"])
        & pl.col("kind").is_in(["person", "organisation"])
        & (pl.col("use") == "own")
        & ~flags.list.contains("echo")
    )
    counted = own.group_by("type", "value").agg(pl.col("golden_id").n_unique().cast(pl.Int64).alias("customers"))
    return counted.filter(pl.col("customers") > 1).sort("type", "value")


def _chunks(ordered: pl.DataFrame, borne: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Slices of whole customers, both frames in the same order of golden ids."""
    counts = (
        ordered.group_by("golden_id", maintain_order=True)
        .len()
        .join(borne.group_by("golden_id").len("ids"), on="golden_id", how="left", maintain_order="left")
    )
    ends = counts.select(pl.col("len").cum_sum(), pl.col("ids").fill_null(0).cum_sum())
    row = value = 0
    for at in range(CHUNK, counts.height + CHUNK, CHUNK):
        end, ids_end = ends.row(min(at, counts.height) - 1)
        yield ordered[row:end], borne[value:ids_end]
        row, value = end, ids_end


def _decided(
    members: pl.DataFrame, borne: pl.DataFrame, setup: Setup, pins: Mapping[str, Mapping[str, Json]]
) -> pl.DataFrame:
    """The rows of the customers of one slice."""
    of_customer: dict[str, list[Borne]] = {}
    for golden_id, *row in borne.select("golden_id", *BORNE_COLUMNS).iter_rows():
        of_customer.setdefault(golden_id, []).append(Borne(*row))
    rows = []
    for golden_id, group in _grouped(members):
        found = customer(group, of_customer.get(golden_id, []), setup, pins.get(golden_id))
        rows.append(_row(golden_id, len(group), found))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _grouped(members: pl.DataFrame) -> Iterator[tuple[str, list[Member]]]:
    """Members by customer, in order."""
    group: list[Member] = []
    last = None
    for golden_id, *row, doc, since, echo in members.select(
        "golden_id", *MEMBER_COLUMNS, "doc", "since", "echo"
    ).iter_rows():
        if golden_id != last and group:
            yield str(last), group
            group = []
        last = golden_id
        parsed = orjson.loads(doc), orjson.loads(since) if since else NOTHING, orjson.loads(echo) if echo else ()
        group.append(Member._make((*row, *parsed)))
    if group:
        yield str(last), group


def _row(golden_id: str, count: int, found: Golden) -> tuple[Any, ...]:
    doc = as_json(found.doc)
    digest = hashlib.blake2b(doc.encode(), digest_size=16).hexdigest()
    columns = found.columns
    return (
        golden_id, columns["kind"], count, columns["sources"], *(columns[name] for name in VALUES), doc,
        as_json(found.provenance), digest,
    )  # fmt: skip
