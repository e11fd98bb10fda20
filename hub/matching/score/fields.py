"""What two records are compared by: every field as integer codes into its distinct values, several to a record.

Belongs here: reading the frames of records and identifiers into fields. Does not: comparing (compare), blocks (blocking).
Records stand in record order, (source, source_id) in byte order, persons and organisations only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import orjson
import polars as pl

from hub.matching.score import texts
from hub.matching.score.model import Whole

COLUMNS = (
    "rid", "source", "source_id", "kind", "full_name", "family_name", "given_name", "name_level",
    "company_key", "birth_date", "gender", "doc",
)  # fmt: skip
"""Columns of records that scoring reads; the last three and the parts of the name beyond those of `partition`."""
IDENTIFIERS = ("rid", "type", "value", "issuer", "key", "use", "flags")
CUSTOMERS = ("person", "organisation")
PERSONAL = ("national_id", "passport", "driving_licence", "tax_code", "loyalty", "social", "other")
PLACES = {
    "street": ("line",),
    "locality": ("ward", "district"),
    "postal_code": ("postal_code",),
    "province": ("province",),
}
"""Comparison of a place → the parts of an address that are its values."""
_DOC = pl.Struct(
    {
        "occupation": pl.String,
        "birth_old": pl.String,
        "addresses": pl.List(
            pl.Struct(dict.fromkeys(("line", "ward", "district", "province", "postal_code"), pl.String))
        ),
    }
)
_GUARDED = "(?:^|[|])(?:own|masked|placeholder|from_email|hotline|echo)(?:[|]|$)"


@dataclass(frozen=True, slots=True)
class Field:
    """offsets: record n holds codes[offsets[n]:offsets[n + 1]]. values: text per code. bare: the same without marks, by
    which term frequencies are listed. same: the code that stands for all values of one bare text."""

    offsets: Whole
    codes: Whole
    values: pl.Series
    bare: pl.Series
    same: Whole

    @property
    def held(self) -> Whole:
        """How many values each record holds."""
        return np.diff(self.offsets)


@dataclass(frozen=True, slots=True)
class Features:
    """rids by record order; organisation: bool per record; named: a full name; fields by comparison name.

    given, family and other names are fields like all others.
    """

    rids: Whole
    organisation: np.ndarray[tuple[int], np.dtype[np.bool_]]
    named: np.ndarray[tuple[int], np.dtype[np.bool_]]
    fields: dict[str, Field]

    @property
    def size(self) -> int:
        """Number of records."""
        return int(self.rids.size)


def read_features(
    records: pl.DataFrame, identifiers: pl.DataFrame, blocked: pl.DataFrame, extras: Sequence[str] = ()
) -> Features:
    """Fields of every person and organisation. blocked: type, value, issuer that say nothing (behaviour 3.3)."""
    rows = records.filter(pl.col("kind").is_in(CUSTOMERS)).sort("source", "source_id")
    rows = rows.select([name for name in COLUMNS if name in rows.columns]).with_row_index("n").cast({"n": pl.Int64})
    size = rows.height
    tables = {**_names(rows), **_scalars(rows), **_documents(rows, extras), **_contacts(rows, identifiers, blocked)}
    return Features(
        rows["rid"].to_numpy(),
        (rows["kind"] == "organisation").to_numpy(),
        ((rows["kind"] == "person") & (rows["name_level"] == "full")).to_numpy(),
        {name: encode(table, size) for name, table in tables.items()},
    )


def encode(table: pl.DataFrame, size: int) -> Field:
    """A field out of rows (n, value): nulls left out, each value once per record, values sorted."""
    rows = table.filter(pl.col("value").is_not_null()).unique().sort("n", "value")
    values = rows["value"].unique().sort()
    codes = _coded(rows["value"], values)
    counts = np.bincount(rows["n"].to_numpy(), minlength=size) if rows.height else np.zeros(size, dtype=np.int64)
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])
    return field_of(offsets, codes, values)


def field_of(offsets: Whole, codes: Whole, values: pl.Series) -> Field:
    """A field with its bare texts."""
    frame = values.alias("value").to_frame()
    bare = frame.select(bare=texts.bare(pl.col("value").str.strip_prefix(texts.VIETNAMESE)))
    same = bare.with_columns(code=pl.int_range(pl.len(), dtype=pl.Int64)).select(pl.col("code").min().over("bare"))
    return Field(offsets, codes, values, bare["bare"], same["code"].to_numpy().astype(np.int64))


def _coded(column: pl.Series, values: pl.Series) -> Whole:
    """Places of a column's texts among the sorted distinct values."""
    if values.is_empty():
        return np.zeros(0, dtype=np.int64)
    return column.cast(pl.Enum(values)).to_physical().to_numpy().astype(np.int64)


def _names(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """given, family (persons); a lone word that stands in both is the family name it was typed as."""
    persons = rows.filter(pl.col("kind") == "person").select(
        "n", given=texts.low(pl.col("given_name")), family=texts.low(pl.col("family_name"))
    )
    lone = pl.col("given") == pl.col("family")
    persons = persons.with_columns(given=pl.when(lone.fill_null(value=False)).then(None).otherwise("given"))
    vietnamese = _vietnamese(persons)
    marked = pl.when(vietnamese).then(pl.lit(texts.VIETNAMESE)).otherwise(pl.lit(""))
    persons = persons.with_columns(given=marked + pl.col("given"), family=marked + pl.col("family"))
    return {part: persons.select("n", value=part) for part in ("given", "family")}


def _vietnamese(persons: pl.DataFrame) -> pl.Series:
    """Two words and more, every one a Vietnamese syllable."""
    parted = persons.select(
        "n", word=pl.concat_str("family", "given", separator=" ", ignore_nulls=True).str.split(" ")
    ).explode("word", empty_as_null=True)
    words = parted["word"].drop_nulls().unique()
    table = pl.DataFrame({"word": words, "syllable": texts.syllabic(words)})
    told = parted.join(table, on="word", how="left").group_by("n").agg(all_=pl.col("syllable").all(), many=pl.len() > 1)
    joined = persons.select("n").join(told, on="n", how="left", maintain_order="left")
    return (joined["all_"] & joined["many"]).fill_null(value=False)


def _scalars(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    company = pl.when(pl.col("kind") == "organisation").then("company_key")
    found = {
        "gender": rows.select("n", value="gender"),
        "company": rows.select("n", value=texts.low(company)),
    }
    return found


def _documents(rows: pl.DataFrame, extras: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Places, occupation, birth dates of any age and declared extra fields, out of the documents."""
    told = rows.select("n", "birth_date", doc=pl.col("doc").str.json_decode(_DOC))
    parts = told.select("n", pl.col("doc").struct.field("addresses").alias("a")).explode("a", empty_as_null=True)
    parts = parts.filter(pl.col("a").is_not_null()).unnest("a")
    found = {
        name: pl.concat([parts.select("n", value=texts.low(pl.col(one))) for one in of]) for name, of in PLACES.items()
    }
    found["postal_code"] = found["postal_code"].with_columns(pl.col("value").str.replace_all(" ", ""))
    found["birth_date"] = told.select("n", value=pl.coalesce("birth_date", pl.col("doc").struct.field("birth_old")))
    found["occupation"] = told.select("n", value=texts.low(pl.col("doc").struct.field("occupation")))
    for name in extras:
        found[f"extra.{name}"] = rows.select("n", value=texts.low(_extra(name)))
    return found


def _extra(name: str) -> pl.Expr:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return pl.col("doc").str.json_path_match(f'$.extra["{quoted}"]')


def _contacts(rows: pl.DataFrame, identifiers: pl.DataFrame, blocked: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """phone, email, id: own values that may say something. An id's text begins with its type and issuer."""
    value = ["type", "value", "issuer"]
    usable = ~pl.col("flags").fill_null("").str.contains(_GUARDED) & (pl.col("use") == "own")
    kept = identifiers.filter(usable & (pl.col("key") | (pl.col("type") == "other")))
    kept = kept.join(blocked.select(value), on=value, how="anti").join(rows.select("rid", "n"), on="rid", how="inner")
    ident = pl.concat_str(pl.col("type"), pl.lit(":"), pl.col("issuer"), pl.lit(":"), pl.col("value"))
    return {
        "phone": kept.filter(pl.col("type") == "phone").select("n", "value"),
        "email": kept.filter(pl.col("type") == "email").select("n", "value"),
        "id": kept.filter(pl.col("type").is_in(PERSONAL)).select("n", value=ident),
    }


def extra_names(records: pl.DataFrame, sample: int = 20_000) -> list[str]:
    """The extra fields that some of the first `sample` records in record order hold, sorted."""
    docs = records.sort("source", "source_id").head(sample)["doc"].drop_nulls()
    told = docs.filter(docs.str.contains('"extra"', literal=True))
    return sorted({name for text in told for name in orjson.loads(text).get("extra", {}) if name})
