"""A made Vietnamese shop as the frames of matching, with the truth beside, for learning and judging scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from hub.matching.normalize import canonical_frame, normalize_records, own_of
from hub.sandbox.people import make, own

PLACE = ("line", "ward", "district", "province", "postal_code")


def shop(seed: int, people: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """records, identifiers (columns of hub.model and rid, source) and truth (rid, cluster, scenario)."""
    made = make(seed, people).records.sort("source", "source_id").to_dicts()
    done = normalize_records(
        canonical_frame(map(canonical, made)), region="VN", own=own_of(own(), "VN"), today="2026-12-01"
    )
    numbers = pl.DataFrame(
        {"source_id": [_id(row) for row in made], "source": [row["source"] for row in made]}
    ).with_row_index("rid").cast({"rid": pl.Int64})  # fmt: skip
    truth = numbers.select("rid").with_columns(
        cluster=pl.Series([row["cluster"] for row in made]), scenario=pl.Series([row["scenario"] for row in made])
    )
    return done.records.join(numbers, on="source_id"), done.identifiers.join(numbers, on="source_id"), truth


def _id(row: Mapping[str, Any]) -> str:
    return f"{row['source']}:{row['source_id']}"


def canonical(row: Mapping[str, Any]) -> dict[str, object]:
    """A made record as a sheet with all its columns would give it."""
    ids = (
        ("national_id", row["identity"], "VN"),
        ("tax_code", row["tax_code"], "VN"),
        ("loyalty", row["card"], "club"),
    )
    return {
        "source_id": _id(row), "full_name": row["name"], "birth_date": row["birth"], "company_name": row["company"],
        "gender": row["sex"],
        "phones": [{"value": one, "use": "own"} for one in (row["phone"], row["phone2"]) if one],
        "emails": [{"value": row["email"], "use": "own"}] if row["email"] else [],
        "addresses": [{part: row[part] for part in PLACE}] if row["line"] else [],
        "ids": [{"type": type_, "value": value, "issuer": issuer} for type_, value, issuer in ids if value],
    }  # fmt: skip
