"""Normalizing, matching and evaluating on labelled records that were not made here."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import polars as pl
import pytest
from made_frames import JUDGEMENTS, RECEIPTS

from hub.matching.evaluate import evaluate
from hub.matching.normalize import canonical_frame, normalize_records
from hub.matching.partition import partition
from hub.matching.policy import Policy

TYPES = {
    "SSN_NUMBER": "national_id", "NATIONAL_ID_NUMBER": "national_id", "PASSPORT_NUMBER": "passport",
    "DRIVERS_LICENSE_NUMBER": "driving_licence", "TAX_ID_NUMBER": "tax_code",
}  # fmt: skip


def _rows():
    folder = os.environ.get("HUB_TEST_DATA")
    file = Path(folder) if folder else Path(__file__).resolve().parents[3].parent / "shared" / "data"
    if not (file / "senzing_truthset.csv").exists():
        pytest.skip(f"no senzing_truthset.csv in {file}: set HUB_TEST_DATA")
    with (file / "senzing_truthset.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _canonical(row):
    organisation = row["record_type"] == "ORGANIZATION"
    ids = [one.split(":", 1) for one in row["ids"].split("|") if one]
    name = row["names"].split("|")[0].strip()
    return {
        "source_id": row["record_id"], "full_name": name, "kind": "organisation" if organisation else None,
        "company_name": name if organisation else None, "birth_date": row["dob"],
        "phones": [{"value": one, "use": "own"} for one in row["phones"].split("|") if one],
        "emails": [{"value": one, "use": "own"} for one in row["emails"].split("|") if one],
        "ids": [{"type": TYPES[type_], "value": value, "issuer": None} for type_, value in ids],
    }  # fmt: skip


def measured(policy):
    rows = _rows()
    made = normalize_records(canonical_frame(map(_canonical, rows)), region="US", date_order="mdy", today="2026-01-01")
    numbers = pl.DataFrame({"source_id": [row["record_id"] for row in rows]}).with_row_index("rid").with_columns(
        pl.col("rid").cast(pl.Int64), source=pl.Series([row["data_source"] for row in rows]))  # fmt: skip
    records = made.records.join(numbers, on="source_id")
    identifiers = made.identifiers.join(numbers, on="source_id")
    found = partition(records, identifiers, pl.DataFrame(schema=JUDGEMENTS), pl.DataFrame(schema=RECEIPTS), policy)
    predicted = found.assignment.join(numbers, on="rid").select(pl.col("source_id").alias("record"), "cluster")
    truth = pl.DataFrame({
        "record": [row["record_id"] for row in rows], "cluster": [row["true_cluster"] for row in rows]})  # fmt: skip
    return evaluate(predicted, truth)


def test_phone_and_email_alone_merge_nobody_wrongly_and_find_their_share():
    result = measured(Policy(personal_number=False, company_tax=False, loyalty=False))
    assert result["pairs"]["precision"] == 1.0
    assert result["pairs"]["recall"] >= 0.08


def test_ids_find_more_and_merge_nobody_wrongly():
    result = measured(Policy())
    assert result["pairs"]["precision"] == 1.0
    assert result["pairs"]["recall"] >= 0.2
