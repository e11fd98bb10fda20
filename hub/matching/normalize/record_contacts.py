"""Phones, e-mails and ids of canonical records to identifiers and refusals.

Belongs here: exploding the lists, uses, what is the shop's own, which identifier may join (`key`).
Does not: the forms of values (phone_bulk.py, email_bulk.py, ids.py), kinds of records (record_kind.py).
Every frame here carries `record` (row of the canonical frame) and `n` (position in its list field).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from hub.matching.normalize.email_bulk import normalize_emails
from hub.matching.normalize.ids import normalize_ids
from hub.matching.normalize.own import Own
from hub.matching.normalize.phone_bulk import normalize_phones
from hub.matching.normalize.text_bulk import squeezed_text

COLUMNS: Mapping[str, type[pl.DataType]] = {
    "record": pl.UInt32,
    "n": pl.UInt32,
    "type": pl.String,
    "value": pl.String,
    "issuer": pl.String,
    "class": pl.String,
    "use": pl.String,
    "key": pl.Boolean,
    "flags": pl.String,
    "raw": pl.String,
    "national": pl.String,
}
"""Identifiers, before source_id takes the place of record and n."""
REFUSED: Mapping[str, type[pl.DataType]] = {"record": pl.UInt32, "field": pl.String, "code": pl.String, "n": pl.UInt32}
USES = ("own", "recipient", "work", "other")
OLD_LANDLINES_ENDED = "2017-09-01"
"""A record not touched since may still hold a landline in the form of before 2017."""
SILENT = r"\.(?:empty|placeholder|masked|phone)$"
"""Reasons that are no refusal: there was nothing, or it is kept as what it is."""


@dataclass(frozen=True, slots=True)
class Contacts:
    """identifiers: columns COLUMNS; refusals: columns REFUSED. Both in the order of record and n."""

    identifiers: pl.DataFrame
    refusals: pl.DataFrame


def exploded(canonical: pl.DataFrame, field: str) -> pl.DataFrame:
    """One row per item of a list of structs: record, n and the struct's fields; items that are null are left out."""
    rows = canonical.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("record"), field)
    items = rows.filter(pl.col(field).list.len() > 0)
    places = items.select("record", pl.int_ranges(pl.col(field).list.len(), dtype=pl.UInt32).alias("n"), field)
    return places.explode("n", field).unnest(field)


def phones(canonical: pl.DataFrame, region: str, own: Own) -> Contacts:
    """Identifiers of type phone. Only an own mobile or landline joins, and not one that may be an old landline."""
    cells = exploded(canonical, "phones").filter(pl.col("value").is_not_null())
    found = normalize_phones(cells["value"], region).rename({"row": "cell", "n": "within"})
    frame = _beside(cells, found).with_columns(
        own=pl.col("e164").is_in(sorted(own.phones)), old=_untouched(canonical).gather(_records(cells, found))
    )
    frame = _reflagged(frame, ["own", "old"])
    masked = pl.col("reason") == "phone.masked"
    value = pl.when(masked).then(squeezed_text("raw")).otherwise("e164")
    personal = pl.col("line").is_in(["mobile", "landline"]) & pl.col("e164").is_not_null()
    key = personal & (pl.col("use") == "own") & ~pl.col("own") & ~pl.col("doubtful")
    return _contacts(frame.with_columns(value=value, key=key).rename({"line": "class"}), "phone")


def emails(canonical: pl.DataFrame, region: str, own: Own) -> Contacts:
    """Identifiers of type email and, behind each with a known provider, email_weak; e-mails made of a phone give the phone."""
    cells = exploded(canonical, "emails").filter(pl.col("value").is_not_null())
    found = normalize_emails(cells["value"], region).rename({"row": "cell", "n": "within", "value": "address"})
    frame = _beside(cells, found).with_columns(
        own=_own_email(own) | pl.col("phone").is_in(sorted(own.phones)),
        old=pl.lit(value=False),
        flags=pl.lit(""),
        made=pl.col("phone").is_not_null(),
        national=pl.lit(None, pl.String),
    )
    frame = _reflagged(frame.with_columns(masked=pl.col("reason") == "email.masked"), ["own", "old", "made", "masked"])
    usable = (pl.col("use") == "own") & ~pl.col("own")
    by_mail = frame.filter(~pl.col("made")).with_columns(
        value=pl.when("masked").then(squeezed_text("raw")).otherwise("address"),
        key=usable & pl.col("class").eq_missing(pl.lit("personal")),
    )
    weak = by_mail.filter(pl.col("weak").is_not_null()).with_columns(value="weak", reason=pl.lit(None, pl.String))
    by_phone = frame.filter("made").with_columns(value="phone", key=usable)
    by_phone = by_phone.with_columns(_line_of(by_phone["phone"], region))
    parts = [_contacts(by_mail, "email"), _contacts(weak, "email_weak"), _contacts(by_phone, "phone")]
    return Contacts(pl.concat([p.identifiers for p in parts]), pl.concat([p.refusals for p in parts]))


def idents(canonical: pl.DataFrame, region: str) -> Contacts:
    """Identifiers of the other types; a value written `TYPE:VALUE` without a type is taken apart."""
    cells = exploded(canonical, "ids").filter(pl.col("value").is_not_null())
    apart = pl.col("type").is_null() & pl.col("value").str.contains(":", literal=True)
    cells = cells.with_columns(
        type=pl.when(apart).then(pl.col("value").str.extract(r"^([^:]*):")).otherwise("type"),
        typed=pl.col("value"),
        value=pl.when(apart).then(pl.col("value").str.replace(r"^[^:]*:", "")).otherwise("value"),
    )
    found = normalize_ids(cells, region)
    frame = cells.select("record", "n", raw="typed", use=pl.lit("own"), national=pl.lit(None, pl.String)).with_columns(
        found
    )
    masked = pl.col("reason") == "ids.masked"
    frame = frame.with_columns(value=pl.when(masked).then(squeezed_text("raw")).otherwise("value"))
    return _contacts(frame, "ids")


def _beside(cells: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """What was found, with record, n and use of its cell; an unknown use is `other`, none is `own`."""
    use = pl.coalesce("use", pl.lit("own"))
    use = pl.when(use.is_in(USES)).then(use).otherwise(pl.lit("other"))
    return pl.concat([cells.select("record", "n", use=use)[found["cell"]], found.drop("cell")], how="horizontal")


def _records(cells: pl.DataFrame, found: pl.DataFrame) -> pl.Series:
    return cells["record"].gather(found["cell"])


def _untouched(canonical: pl.DataFrame) -> pl.Series:
    """Records whose last known time lies before the old landlines ended; without a time nothing is inferred."""
    touched = pl.coalesce("updated_at", "created_at")
    return canonical.select((touched < OLD_LANDLINES_ENDED).fill_null(value=False)).to_series()


def _reflagged(frame: pl.DataFrame, marks: list[str]) -> pl.DataFrame:
    """flags with what the record and the shop say; doubtful: may be an old landline. Each combination is worked out once."""
    combined = frame.select("flags", *marks).unique().with_columns(pl.col(marks).fill_null(value=False)).unique()
    rows = [flags_of(row) for row in combined.iter_rows(named=True)]
    table = combined.with_columns(
        told=pl.Series([r[0] for r in rows], dtype=pl.String),
        doubtful=pl.Series([r[1] for r in rows], dtype=pl.Boolean),
    )
    filled = frame.with_columns(pl.col(marks).fill_null(value=False))
    return (
        filled.join(table, on=["flags", *marks], how="left", maintain_order="left")
        .with_columns(flags="told")
        .drop("told")
    )


def flags_of(row: Mapping[str, object]) -> tuple[str, bool]:
    """flags with what the record and the shop say of an identifier, sorted; and whether it may be an old landline."""
    flags = {flag for flag in str(row["flags"]).split("|") if flag}
    doubtful = "ambiguous_legacy" in flags and bool(row["old"])
    if not doubtful:
        flags.discard("ambiguous_legacy")
    flags |= {flag for mark, flag in (("own", "own"), ("made", "from_email"), ("masked", "masked")) if row.get(mark)}
    return "|".join(sorted(flags)), doubtful


def _own_email(own: Own) -> pl.Expr:
    host = pl.col("address").str.split("@").list.last()
    return pl.col("address").is_in(sorted(own.emails)) | host.is_in(sorted(own.domains))


def _line_of(numbers: pl.Series, region: str) -> pl.DataFrame:
    """class and national of numbers in E.164."""
    return normalize_phones(numbers, region).select(pl.col("line").alias("class"), "national")


def _contacts(frame: pl.DataFrame, type_: str) -> Contacts:
    """Rows with a value are identifiers, rows with a telling reason refusals (an unknown type of id is both)."""
    field = {"email_weak": "emails", "ids": "ids"}.get(type_, f"{type_}s")
    telling = pl.col("reason").is_not_null() & ~pl.col("reason").str.contains(SILENT)
    refusals = frame.filter(telling).select("record", pl.lit(field).alias("field"), pl.col("reason").alias("code"), "n")
    if type_ != "ids":
        frame = frame.with_columns(type=pl.lit(type_), issuer=pl.lit(""))
    found = frame.filter(pl.col("value").is_not_null())
    return Contacts(_typed(found, COLUMNS), _typed(refusals, REFUSED))


def _typed(frame: pl.DataFrame, columns: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    return frame.select([pl.col(name).cast(kind) for name, kind in columns.items()])


def once(identifiers: pl.DataFrame) -> pl.DataFrame:
    """Each value of a record once, with the use nearest to the customer (own before all others), in the order given."""
    same = ["record", "type", "value", "issuer"]
    kind = pl.col("record").cast(pl.UInt64) * 2**32 + pl.col("type").hash() % 2**32
    several = identifiers.select(*same, "use", kind=kind, at=pl.int_range(pl.len())).filter(
        pl.col("kind").is_duplicated()
    )
    ordered = several.sort(pl.col("use") != "own", maintain_order=True)
    kept = ordered.unique(same, keep="first", maintain_order=True)["at"]
    if kept.len() == several.height:
        return identifiers
    again = several.filter(~pl.col("at").is_in(kept.implode()))["at"]
    return identifiers.filter(~pl.int_range(pl.len()).is_in(again.implode()))
