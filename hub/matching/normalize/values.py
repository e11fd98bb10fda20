"""Closed lists of values by their Vietnamese and English synonyms: gender, customer type, kind, consent, yes and no.

Belongs here: looking a word up. Does not: the words (data/values.tsv), deciding a record's kind (record.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from hub.matching.normalize.tables import read_table
from hub.matching.normalize.text import folded


@dataclass(frozen=True, slots=True)
class Value:
    """value: None when the text says nothing; reason `FIELD.unknown` when it says something that the table lacks."""

    value: str | None
    reason: str | None


def look_up(field: str, text: str) -> Value:
    """The value of `field` (gender | customer_type | kind | consent | yes_no) behind a word."""
    word = folded(text)
    if not word:
        return Value(None, None)
    found = _synonyms(field).get(word)
    return Value(found or None, f"{field}.unknown" if found is None else None)


@cache
def _synonyms(field: str) -> Mapping[str, str]:
    return {row["typed"]: row["value"] for row in read_table("values.tsv") if row["field"] == field}


def gender(text: str) -> str | None:
    """male | female | other, None when not told."""
    return look_up("gender", text).value


def customer_type(text: str) -> str | None:
    """individual | business | government | charity, None when not told."""
    return look_up("customer_type", text).value


def kind(text: str) -> str | None:
    """person | organisation | staff | test | masked | anonymous, None when not told."""
    return look_up("kind", text).value


def yes_no(text: str) -> bool | None:
    """True, False, None when not told."""
    found = look_up("yes_no", text).value
    return None if found is None else found == "yes"


def look_up_all(field: str, values: pl.Series) -> pl.DataFrame:
    """value and reason (both null for null cells), one row per cell in the same order; each distinct text is read once."""
    distinct = values.cast(pl.String).drop_nulls().unique()
    found = [look_up(field, text) for text in distinct]
    answers = pl.DataFrame(
        {"text": distinct, "value": [f.value for f in found], "reason": [f.reason for f in found]},
        schema={"text": pl.String, "value": pl.String, "reason": pl.String},
    )
    cells = pl.DataFrame({"text": values.cast(pl.String)})
    return cells.join(answers, on="text", how="left", maintain_order="left").select("value", "reason")
