"""Golden records, as frames: members of customers in, rows of the table `customers` out.

Belongs here: slicing into chunks of bounded memory, the wide frame of one chunk. Does not: one field's decision
(golden_scalars, golden_lists), JSON (golden_document), the plain reference (customer).
Every row is a function of the customer's own rows, the trust order, the rules, pins, and what is shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import orjson
import polars as pl

from hub.matching import golden_lists as lists
from hub.matching.customer import DIRECT, FROM_DOC, PARTS, UNIONS, Setup
from hub.matching.golden_document import documents
from hub.matching.golden_few import rows
from hub.matching.golden_json import spread
from hub.matching.golden_scalars import decide_field, decide_kind
from hub.matching.survivorship import DEFAULTS
from hub.matching.survivorship.most_restrictive import Consent
from hub.model import Json
from hub.settings import Survivorship

CHUNK = 50_000
"""Customers decided at a time."""
TOGETHER = 5_000
"""Documents read at a time."""
FEW = 100
"""Members up to which one customer after the other is quicker than columns (measured)."""
VALUES = (
    "customer_type", "full_name", "phone", "phone_national", "email", "phones", "emails", "birth_date", "gender",
    "address", "province", "company_name", "marketing_email", "marketing_sms", "marketing_zalo", "marketing_call",
)  # fmt: skip
SCHEMA = {
    "golden_id": pl.String, "kind": pl.String, "record_count": pl.Int64, "sources": pl.String,
    **dict.fromkeys(VALUES, pl.String), "doc": pl.String, "provenance": pl.String, "digest": pl.String,
}  # fmt: skip
SCALARS = ("full_name", "company_name", *PARTS, *DIRECT, *FROM_DOC)
_TEXTS = pl.List(pl.String)
IN_DOC = pl.Struct({
    **dict.fromkeys(FROM_DOC, pl.String), **dict.fromkeys(UNIONS, _TEXTS), "cleared": _TEXTS,
    "addresses": pl.List(pl.Struct(dict.fromkeys(lists.ADDRESS, pl.String))),
    "consents": pl.List(pl.Struct(dict.fromkeys(("address", "at", "channel", "purpose", "status"), pl.String))),
})  # fmt: skip
"""What only a record's document holds."""
COLUMNS = (
    "rid", "source", "source_id", "code", "kind", "full_name", "family_name", "given_name", "honorific", "name_key",
    "company_name", "company_key", "birth_date", "gender", "customer_type", "first_at", "since", "echo",
)  # fmt: skip


def golden(
    members: pl.DataFrame,
    identifiers: pl.DataFrame,
    survivorship: Survivorship,
    *,
    shared: pl.DataFrame | None = None,
    pins: Mapping[str, Mapping[str, str]] | None = None,
    said: Mapping[str, Sequence[Consent]] | None = None,
    few: int = 0,
) -> pl.DataFrame:
    """All that `golden_parts` gives, as one frame; by columns unless `few` says otherwise."""
    parts = list(golden_parts(members, identifiers, survivorship, shared=shared, pins=pins, said=said, few=few))
    return pl.concat(parts) if parts else pl.DataFrame(schema=SCHEMA)


def golden_parts(
    members: pl.DataFrame,
    identifiers: pl.DataFrame,
    survivorship: Survivorship,
    *,
    shared: pl.DataFrame | None = None,
    pins: Mapping[str, Mapping[str, str]] | None = None,
    said: Mapping[str, Sequence[Consent]] | None = None,
    few: int = FEW,
) -> Iterator[pl.DataFrame]:
    """The golden values of every customer in `members`, sorted by golden_id, CHUNK customers at a time; columns SCHEMA.

    members: golden_id and the columns of table `records`. identifiers: rows of table `identifiers` of these records.
    shared: type, value, customers – values that several customers bear (see `shared_values`). pins: golden id → field →
    value. said: golden id → consents entered by people. doc leaves out what only the table knows: golden_id, customer_code,
    status, version, created_at, updated_at. few: up to so many members the plain reference decides.
    """
    setup = setup_of(
        survivorship, shared.select("type", "value", "customers").iter_rows() if shared is not None else ()
    )
    if 0 < members.height <= few:
        decided = rows(members, identifiers, setup, pins or {}, said or {})
        yield pl.DataFrame(list(decided), schema=SCHEMA)
        return
    ordered = members.sort("golden_id", "source", "source_id").with_columns(
        g=pl.col("golden_id").rle_id().cast(pl.Int64), m=pl.int_range(pl.len(), dtype=pl.Int64)
    )
    borne = _borne(ordered, identifiers)
    del members, identifiers
    for slices in _chunks(ordered, borne):
        yield _decided(*slices, setup, pins or {}, said or {})


def setup_of(survivorship: Survivorship, shared: Iterable[tuple[str, str, int]]) -> Setup:
    """What all customers are decided with. shared: type, value, customers of values that several bear."""
    return Setup(
        {**DEFAULTS, **survivorship.fields},
        {source: place for place, source in enumerate(survivorship.sources)},
        {(type_, value): count for type_, value, count in shared},
    )


def shared_values(borne: pl.DataFrame) -> pl.DataFrame:
    """Phones and e-mails that two or more customers bear as their own: type, value, customers.

    borne: golden_id, kind, type, value, use, flags of all bearers of the values in question, of whatever customer.
    """
    echo = pl.col("flags").fill_null("").str.split("|").list.contains("echo")
    own = borne.filter(
        pl.col("type").is_in(["phone", "email"])
        & pl.col("kind").is_in(["person", "organisation"])
        & (pl.col("use") == "own")
        & ~echo
    )
    counted = own.group_by("type", "value").agg(pl.col("golden_id").n_unique().cast(pl.Int64).alias("customers"))
    return counted.filter(pl.col("customers") > 1).sort("type", "value")


def _borne(ordered: pl.DataFrame, identifiers: pl.DataFrame) -> pl.DataFrame:
    """Identifiers that are shown, in record order, then by type, value and issuer."""
    columns = ["rid", "type", "value", "issuer", "class", "use", "flags", "national", "last_seen", "key"]
    found = identifiers.select(columns).join(ordered.select("rid", "g", "m", "source"), on="rid", how="inner")
    return lists.shown(found.sort("g", "m", "type", "value", "issuer").with_row_index("row"))


def _chunks(ordered: pl.DataFrame, borne: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Slices of whole customers, both frames by the same customers, g anew from 0 on."""
    last = ordered["g"].last()
    for start in range(0, 0 if last is None else int(str(last)) + 1, CHUNK):
        both = [frame["g"].search_sorted(pl.Series([start, start + CHUNK])).to_list() for frame in (ordered, borne)]
        slices = ordered[both[0][0] : both[0][1]], borne[both[1][0] : both[1][1]]
        yield slices[0].with_columns(pl.col("g") - start), slices[1].with_columns(pl.col("g") - start)


def _decided(
    members: pl.DataFrame,
    borne: pl.DataFrame,
    setup: Setup,
    pins: Mapping[str, Mapping[str, str]],
    said: Mapping[str, Sequence[Consent]],
) -> pl.DataFrame:
    """The rows of the customers of one slice."""
    parsed = members.select("golden_id", "g", "m", *COLUMNS).hstack(_read(members))
    wide = lists.records(members)
    scalars, why = _scalars(parsed, setup, _pinned(members, pins), wide.height)
    wide = wide.hstack(scalars)
    wide, why = _gathered(wide, why, parsed, borne, setup, lists.said(members, said))
    made = documents(wide.hstack(spread(_extras(members, setup), wide.height)), why)
    ids = members.select("g", "golden_id").unique("g", keep="first", maintain_order=True)
    return ids.hstack(made.drop("g").get_columns()).select(list(SCHEMA)).cast(SCHEMA)  # type: ignore[arg-type]  # a schema is a mapping of columns to types


def _read(members: pl.DataFrame) -> list[pl.Series]:
    """The columns of IN_DOC out of the documents; some at a time, as reading takes many times their own memory."""
    docs = members.select(pl.when(_says_more()).then("doc")).to_series()
    parts = [docs[start : start + TOGETHER].str.json_decode(IN_DOC) for start in range(0, len(docs), TOGETHER)]
    return pl.concat(parts).struct.unnest().get_columns()


def _says_more() -> pl.Expr:
    """Documents that hold anything of IN_DOC; the others need not be parsed."""
    return pl.col("doc").str.contains_any([f'"{field.name}":' for field in IN_DOC.fields])


def _pinned(members: pl.DataFrame, pins: Mapping[str, Mapping[str, str]]) -> pl.DataFrame:
    """Pins of these customers: g, field, value."""
    rows = [(golden_id, field, value) for golden_id, fields in pins.items() for field, value in fields.items()]
    frame = pl.DataFrame(rows, schema={"golden_id": pl.String, "field": pl.String, "value": pl.String}, orient="row")
    return frame.join(members.select("golden_id", "g").unique(), on="golden_id", how="inner").drop("golden_id")


def _scalars(
    parsed: pl.DataFrame, setup: Setup, pinned: pl.DataFrame, size: int
) -> tuple[list[pl.Series], dict[str, pl.DataFrame]]:
    """A column per scalar field, and field → g, rid, rule."""
    why: dict[str, pl.DataFrame] = {}
    columns: list[pl.Series] = []
    anchors = pl.DataFrame(schema={"g": pl.Int64, "rid": pl.Int64})
    for name in (*SCALARS, "kind"):
        if name == PARTS[0]:
            anchors = why["full_name"].select("g", "rid")
        if name == "kind":
            found = decide_kind(parsed, setup, anchors)
        else:
            found = decide_field(name, parsed, setup, pinned.filter(pl.col("field") == name), anchors)
        why[name] = found.select("g", "rid", "rule")
        columns.append(spread(found.select("g", pl.col("value").alias(name)), size).to_series())
    return columns, why


def _gathered(
    wide: pl.DataFrame,
    why: dict[str, pl.DataFrame],
    parsed: pl.DataFrame,
    borne: pl.DataFrame,
    setup: Setup,
    said: pl.DataFrame,
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """The wide frame with contacts, ids, unions, addresses and consents, and where they come from."""
    for type_, name in (("phone", "phones"), ("email", "emails")):
        found = lists.contacts(type_, borne, wide, setup)
        why[type_] = found.filter(pl.col("rid").is_not_null()).select("g", "rid", rule=pl.lit("primary"))
        national = {"phone_national": "national"} if type_ == "phone" else {}
        columns = found.select("g", **{f"{name}_list": "contacts", name: "values", type_: "primary"}, **national)
        wide = wide.hstack(spread(columns, wide.height))
    address, consents = lists.addresses(parsed, setup), lists.consents(parsed, said)
    why["address"] = address.select("g", "rid", "rule")
    parts = {"ids": lists.ids(borne), "consents": lists.consent_lists(consents)}
    parts |= {"addresses": address.select("g", "json")} | {name: lists.union(name, parsed) for name in UNIONS}
    texts = [spread(part, wide.height).to_series().alias(name) for name, part in parts.items()]
    wide = wide.hstack([*spread(address.select("g", "address", "province"), wide.height), *texts])
    return wide.hstack(lists.marketing(consents, wide)), why


def _extras(members: pl.DataFrame, setup: Setup) -> pl.DataFrame:
    """g and the declared extra fields as JSON text, for customers that have any."""
    some = members.filter(pl.col("doc").str.contains('"extra":', literal=True) & lists.not_echoed("extra"))
    found: dict[int, list[tuple[int, str, dict[str, Json]]]] = {}
    since = pl.col("since").str.extract('"extra":"([^"]*)"')
    rows = some.select("g", "source", pl.coalesce(since, "first_at").fill_null(""), "doc")
    for g, source, at, doc in reversed(rows.rows()):
        place = -setup.places.get(source, len(setup.places))
        found.setdefault(g, []).append((place, at, orjson.loads(doc).get("extra") or {}))
    merged = []
    for g, parts in found.items():
        fields: dict[str, Json] = {}
        for _, _, values in sorted(parts, key=lambda part: part[:2]):
            fields |= {name: value for name, value in values.items() if value not in (None, "", [], {})}
        merged.append((g, orjson.dumps(fields, option=orjson.OPT_SORT_KEYS).decode() if fields else None))
    return pl.DataFrame(merged, schema={"g": pl.Int64, "extra": pl.String}, orient="row")
