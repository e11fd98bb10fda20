"""Canonical records to normalized ones, whole frames at a time: what the flow's normalize step calls.

Belongs here: putting the parts together, the frames as other rooms read them (hub.model). Does not: rules of one field.
One bad field never takes the record: it is left out, with its reason among the refusals. Pure; no clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
import polars as pl

from hub.matching.normalize.address import PARTS, normalize_addresses
from hub.matching.normalize.canonical import TEXTS, whole_frame
from hub.matching.normalize.dates import normalize_birth_dates
from hub.matching.normalize.own import NOBODY, Own
from hub.matching.normalize.record_consents import addressed, consents, withdrawals
from hub.matching.normalize.record_contacts import REFUSED, emails, exploded, idents, once, phones
from hub.matching.normalize.record_doc import documents
from hub.matching.normalize.record_kind import kinds
from hub.matching.normalize.record_names import REFUSALS, names
from hub.matching.normalize.text_bulk import squeezed_text
from hub.matching.normalize.values import look_up_all
from hub.model import IDENTIFIER_COLUMNS, RECORD_COLUMNS, REFUSAL_COLUMNS

AS_TYPED = ("code", "tier", "points", "debt", "owner", "referrer", "occupation", "note")
SHOWN = (
    "source_id", "kind", "full_name", "family_name", "given_name", "honorific", "birth_date", "birth_old", "gender",
    "customer_type", "company_name", *AS_TYPED, "created_at", "updated_at",
)  # fmt: skip
"""Scalar fields of a record's document."""
NOT_OF_THE_PERSON = "(?:^|[|])(?:own|masked|from_email|hotline)(?:[|]|$)"


@dataclass(frozen=True, slots=True)
class Normalized:
    """records: one row per canonical row, in its order. identifiers and refusals: any number, in the order of the records.

    Columns as RECORD_COLUMNS, IDENTIFIER_COLUMNS and REFUSAL_COLUMNS of hub.model; all text but key and name_toned
    (booleans) and n (position in the list field, 0 elsewhere).
    """

    records: pl.DataFrame
    identifiers: pl.DataFrame
    refusals: pl.DataFrame


def normalize_records(
    canonical: pl.DataFrame,
    *,
    region: str,
    date_order: str = "dmy",
    own: Own = NOBODY,
    today: str | None = None,
    grants: bool = True,
) -> Normalized:
    """Normalize a canonical frame (chunks of up to 100,000 rows keep memory small).

    region: ISO 3166, for numbers without a country. date_order: dmy | mdy | ymd, for dates in digits. own: the shop's
    own contacts and names. today: `YYYY-MM-DD`, birth dates after it are refused. grants: False when only a no of this
    source counts.
    """
    canonical = whole_frame(canonical)
    parts = [phones(canonical, region, own), emails(canonical, region, own), idents(canonical, region)]
    identifiers = once(pl.concat([part.identifiers for part in parts]))
    fields = _fields(canonical, own, date_order, today)
    frame = fields.with_columns(_kind(canonical, fields, identifiers))
    said, said_refusals = consents(canonical, region)
    counted = addressed(said, identifiers) if grants else withdrawals(said)
    docs = _documents(canonical, frame, identifiers, counted)
    refusals = [*[part.refusals for part in parts], said_refusals, _refusals(canonical, fields)]
    return Normalized(
        frame.with_columns(doc=docs).select(*RECORD_COLUMNS),
        _keyed(canonical, identifiers, IDENTIFIER_COLUMNS),
        _keyed(canonical, pl.concat(refusals), REFUSAL_COLUMNS),
    )


def _fields(canonical: pl.DataFrame, own: Own, date_order: str, today: str | None) -> pl.DataFrame:
    """The normalized scalar fields; those read by table bring NAME_reason beside them."""
    births = normalize_birth_dates(canonical["birth_date"], date_order, today=today)
    looked_up = [
        look_up_all(name, canonical[name]).rename({"value": name, "reason": f"{name}_reason"})
        for name in ("gender", "customer_type", "kind")
    ]
    frames = [
        canonical.select("source_id", "created_at", "updated_at", *[squeezed_text(name) for name in AS_TYPED]),
        names(canonical, own),
        births.rename({"value": "birth_date", "reason": "birth_date_reason", "old": "birth_old"}),
        *looked_up,
    ]
    frame = pl.concat(frames, how="horizontal").rename({"kind": "hint"})
    note = pl.coalesce(squeezed_lines(canonical["note"]), frame["notes"].str.replace_all("|", "; ", literal=True))
    return frame.with_columns(note=note)


def squeezed_lines(notes: pl.Series) -> pl.Series:
    """Notes keep their lines; edges are trimmed, blank ones are null."""
    trimmed = pl.col("note").str.normalize("NFC").str.strip_chars()
    return notes.alias("note").to_frame().select(pl.when(trimmed != "").then(trimmed)).to_series()


def _kind(canonical: pl.DataFrame, fields: pl.DataFrame, identifiers: pl.DataFrame) -> list[pl.Series]:
    """kind, and customer_type where an organisation's form tells it."""
    flags = pl.col("flags").str.contains(NOT_OF_THE_PERSON)
    own = (pl.col("use") == "own") & (pl.col("type") != "other")
    usable = _records_with(canonical, identifiers.filter(own & (~flags | pl.col("flags").str.contains("from_email"))))
    masked = _records_with(canonical, identifiers.filter(pl.col("flags").str.contains("masked")))
    signs = fields.with_columns(usable=usable, masked=masked | (fields["name_kind"] == "masked").fill_null(value=False))
    kind = kinds(signs)
    told = pl.when(pl.Series(kind == "organisation")).then(pl.coalesce("customer_type", "organisation_type"))
    return [kind, fields.select(told.otherwise("customer_type").alias("customer_type")).to_series()]


def _records_with(canonical: pl.DataFrame, identifiers: pl.DataFrame) -> pl.Series:
    """Whether each record has one of the identifiers."""
    rows = pl.int_range(canonical.height, dtype=pl.UInt32, eager=True)
    return rows.is_in(identifiers["record"].unique().implode())


def _refusals(canonical: pl.DataFrame, fields: pl.DataFrame) -> pl.DataFrame:
    """Scalar fields that said something that could not be used."""
    reasons = {
        "full_name": pl.col("name_reason").is_in(REFUSALS),
        "birth_date": pl.col("birth_date_reason") != "date.empty",
        "gender": pl.col("gender_reason").is_not_null(),
        "customer_type": pl.col("customer_type_reason").is_not_null(),
        "kind": pl.col("kind_reason").is_not_null(),
    }
    numbered = fields.with_columns(record=pl.int_range(pl.len(), dtype=pl.UInt32), n=pl.lit(0, pl.UInt32))
    code = {"full_name": "name_reason"}
    parts = [
        numbered.filter(refused).select("record", field=pl.lit(name), code=code.get(name, f"{name}_reason"), n="n")
        for name, refused in reasons.items()
    ]
    bad = _extra(canonical["extra"])[1]
    rows = pl.DataFrame({"record": bad}, schema={"record": pl.UInt32})
    extra = rows.with_columns(field=pl.lit("extra"), code=pl.lit("extra.invalid"), n=pl.lit(0, pl.UInt32))
    return pl.concat([*parts, extra]).select(*REFUSED)


def _keyed(canonical: pl.DataFrame, rows: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    """Rows in the order of the records, with source_id in the place of the row's number."""
    ordered = rows.sort("record", maintain_order=True)
    return ordered.with_columns(source_id=canonical["source_id"].gather(ordered["record"])).select(*columns)


def _extra(texts: pl.Series) -> tuple[pl.Series, list[int]]:
    """`extra` as JSON with sorted keys, and the rows whose text is no JSON object."""
    done: list[str | None] = []
    bad: list[int] = []
    if texts.null_count() == len(texts):
        return texts, bad
    for row, text in enumerate(texts):
        done.append(_object(text) if text else None)
        if text and done[-1] is None:
            bad.append(row)
    return pl.Series("extra", done, dtype=pl.String), bad


def _object(text: str) -> str | None:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode() if isinstance(value, dict) else None


def _documents(
    canonical: pl.DataFrame, frame: pl.DataFrame, identifiers: pl.DataFrame, said: pl.DataFrame
) -> pl.Series:
    scalars = frame.select(*SHOWN)
    shown = identifiers.filter(~pl.col("flags").str.contains("masked|from_email"))
    contacts = {
        f"{type_}s": shown.filter(pl.col("type") == type_)
        .sort("record", "n", maintain_order=True)
        .select("record", "value", "use")
        for type_ in ("phone", "email")
    }
    others = shown.filter(~pl.col("type").is_in(["phone", "email", "email_weak"]))
    issuer = pl.when(pl.col("issuer") != "").then("issuer")
    lists: dict[str, pl.DataFrame] = {
        **contacts,
        **_texts(canonical),
        "addresses": _addresses(canonical),
        "consents": said,
        "ids": others.sort("record", "n", maintain_order=True).select("record", "type", "value", issuer=issuer),
    }
    return documents(scalars, lists, {"extra": _extra(canonical["extra"])[0]})


def _texts(canonical: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
    """Lists of texts, squeezed, each text once."""
    numbered = canonical.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("record"), *TEXTS)
    found = {}
    for name in TEXTS:
        items = numbered.select("record", text=name).filter(pl.col("text").list.len() > 0).explode("text")
        items = items.with_columns(text=squeezed_text("text")).filter(pl.col("text").is_not_null())
        found[name] = items.unique(maintain_order=True)
    return found


def _addresses(canonical: pl.DataFrame) -> pl.DataFrame:
    cells = exploded(canonical, "addresses")
    read = cells.select("record").with_columns(normalize_addresses(cells))
    return read.filter(~pl.all_horizontal(pl.col(*PARTS).is_null()))
