"""The JSON of many golden records at once: document, provenance, digest.

Belongs here: the fields of a document, births, why a value stands. Does not: values (golden), JSON text (golden_json).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import polars as pl

from hub.matching.customer import DIRECT, FROM_DOC, PARTS, UNIONS
from hub.matching.golden_json import objects, spread
from hub.matching.survivorship import pinned

PLAIN = ("full_name", "company_name", *PARTS, *DIRECT, *FROM_DOC, "kind")
LISTS = ("phones", "emails")
"""Lists that also have a column of joined values; here under `…_list`."""
OTHERS = ("ids", "addresses", "consents", "records", "extra", *UNIONS)
"""Columns that are JSON already."""


def documents(wide: pl.DataFrame, why: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The wide frame, in order of g from 0 on, with doc, provenance and digest."""
    ready = wide.select(*OTHERS, *(pl.col(f"{name}_list").alias(name) for name in LISTS), **_births())
    doc = objects(wide.select(PLAIN), ready)
    digests = [hashlib.blake2b(text, digest_size=16).hexdigest() for text in doc.cast(pl.Binary).to_list()]
    return wide.with_columns(
        doc.alias("doc"), _provenance(wide, why).alias("provenance"), pl.Series("digest", digests, dtype=pl.String)
    )


def _births() -> dict[str, pl.Expr]:
    """The parts of the birth date as JSON numbers."""
    birth = pl.col("birth_date")
    parts = {
        "birth_year": birth.str.extract(r"^([0-9]{4})(?:-[0-9]{2}){0,2}$"),
        "birth_month": birth.str.extract(r"^(?:[0-9]{4}|-)-([0-9]{2})(?:-[0-9]{2})?$"),
        "birth_day": birth.str.extract(r"^(?:[0-9]{4}|-)-[0-9]{2}-([0-9]{2})$"),
    }
    return {name: part.cast(pl.Int64).cast(pl.String) for name, part in parts.items()}


def _provenance(wide: pl.DataFrame, why: Mapping[str, pl.DataFrame]) -> pl.Series:
    """JSON of field → rid and rule; of a customer with one record `*` stands for all fields, pins apart."""
    one = pl.col("record_count") == 1
    only = pl.concat_str(pl.lit('{"rid":'), "first_rid", pl.lit(',"rule":"only"}'))
    fields = [wide.select(pl.when(one).then(only).alias("*")).to_series()]
    alone = wide["record_count"] == 1
    for name in sorted(why):
        told = why[name].filter(~alone.gather(why[name]["g"]) | (pl.col("rule") == pinned.NAME))
        fields.append(spread(told.select("g", _reason().alias(name)), wide.height).to_series())
    return objects(wide.select(), pl.DataFrame(fields))


def _reason() -> pl.Expr:
    rid = pl.concat_str(pl.lit('"rid":'), "rid", pl.lit(","))
    return pl.concat_str(pl.lit("{"), rid.fill_null(""), pl.lit('"rule":"'), "rule", pl.lit('"}'))
