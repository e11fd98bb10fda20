"""The JSON of many golden records at once: document, provenance, digest.

Belongs here: order of keys, leaving out what says nothing. Does not: values (golden).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import orjson
import polars as pl

from hub.matching.customer import DIRECT, FROM_DOC, PARTS, UNIONS
from hub.model import Json

PLAIN = ("full_name", "company_name", *PARTS, *DIRECT, *FROM_DOC, "kind")
LISTS = ("phones", "emails")
"""Lists that also have a column of joined values; here under `…_list`."""
OTHERS = ("ids", "addresses", "consents", "records", *UNIONS)


def documents(wide: pl.DataFrame, why: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The wide frame with doc, provenance and digest."""
    fields = {name: pl.col(name) for name in (*PLAIN, *OTHERS)} | {name: pl.col(f"{name}_list") for name in LISTS}
    made = wide.select(**fields, **_births())
    doc = _object(made.select(sorted(made.columns)))
    if wide["extra"].null_count() < wide.height:
        doc = _with_extra(doc, wide["extra"])
    digests = [hashlib.blake2b(text.encode(), digest_size=16).hexdigest() for text in doc]
    return wide.with_columns(
        doc.alias("doc"), _provenance(wide, why).alias("provenance"), pl.Series("digest", digests, dtype=pl.String)
    )


def _births() -> dict[str, pl.Expr]:
    birth = pl.col("birth_date")
    return {
        "birth_year": birth.str.extract(r"^([0-9]{4})(?:-[0-9]{2}){0,2}$").cast(pl.Int64),
        "birth_month": birth.str.extract(r"^(?:[0-9]{4}|-)-([0-9]{2})(?:-[0-9]{2})?$").cast(pl.Int64),
        "birth_day": birth.str.extract(r"^(?:[0-9]{4}|-)-[0-9]{2}-([0-9]{2})$").cast(pl.Int64),
    }


def _object(frame: pl.DataFrame) -> pl.Series:
    """A JSON object of every row: the columns in their order, those that are null left out, at any depth.

    A quote inside a text is escaped, so the patterns meet keys only. At least one column is never null.
    """
    said = [column.name for column in frame if column.null_count() < frame.height]
    text = pl.struct(said).struct.json_encode()
    plain = text.str.replace_all(r'"[a-z_]+":null,', "").str.replace_all(r',"[a-z_]+":null\}', "}")
    return frame.select(plain.alias("doc")).to_series()


def _with_extra(doc: pl.Series, extra: pl.Series) -> pl.Series:
    """Declared extra fields into the documents that have any, at their place among the sorted keys."""
    texts = [
        text if more is None else _sorted({**orjson.loads(text), "extra": orjson.loads(more)})
        for text, more in zip(doc, extra, strict=True)
    ]
    return pl.Series("doc", texts, dtype=pl.String)


def _sorted(value: Json) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _provenance(wide: pl.DataFrame, why: Mapping[str, pl.DataFrame]) -> pl.Series:
    """JSON of field → rid and rule; of a customer with one record `*` stands for all fields, pins apart."""
    only = pl.struct(rid=pl.col("first_rid"), rule=pl.lit("only"))
    rows = wide.select("g", pl.when(pl.col("record_count") == 1).then(only).alias("one"))
    several = rows.filter(pl.col("one").is_null()).select("g")
    for name in sorted(why):
        told = pl.concat([
            why[name].join(several, on="g", how="semi", maintain_order="left"),
            why[name].filter(pl.col("rule") == "pinned").join(several, on="g", how="anti"),
        ])  # fmt: skip
        if told.height:
            told = told.select("g", pl.struct("rid", "rule").alias(name))
            rows = rows.join(told, on="g", how="left", maintain_order="left")
    text = _object(rows.drop("g"))
    return text.str.replace('"one":', '"*":', literal=True)
