"""Made people as the frames of matching, every scenario of duplicates and strangers among them."""

from __future__ import annotations

import polars as pl

from hub.matching.normalize import canonical_frame, normalize_records, own_of
from hub.sandbox.people import own


def canonical(row):
    """A made record as a source's mapping gives it."""
    ids = [
        ("national_id", row["identity"], "VN"),
        ("tax_code", row["tax_code"], "VN"),
        ("loyalty", row["card"], "club"),
    ]
    return {
        "source_id": f"{row['source']}:{row['source_id']}", "full_name": row["name"], "birth_date": row["birth"],
        "company_name": row["company"], "phones": [{"value": one, "use": "own"} for one in (row["phone"], row["phone2"]) if one],
        "emails": [{"value": row["email"], "use": "own"}] if row["email"] else [],
        "ids": [{"type": type_, "value": value, "issuer": issuer} for type_, value, issuer in ids if value],
    }  # fmt: skip


def frames(made):
    """records and identifiers of `partition`, rids by the order of the rows (also those that are None)."""
    done = normalize_records(
        canonical_frame([canonical(row) for row in made if row]),
        region="VN",
        own=own_of(own(), "VN"),
        today="2026-12-01",
    )
    numbers = pl.DataFrame(
        [(rid, f"{row['source']}:{row['source_id']}", row["source"]) for rid, row in enumerate(made) if row],
        schema={"rid": pl.Int64, "source_id": pl.String, "source": pl.String},
        orient="row",
    )
    return done.records.join(numbers, on="source_id"), done.identifiers.join(numbers, on="source_id")
