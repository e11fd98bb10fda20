"""Frames for the tests of scoring: records with documents out of canonical rows, and the steps from them to a partition."""

from __future__ import annotations

import polars as pl

from hub.matching.evaluate import evaluate
from hub.matching.normalize import canonical_frame, normalize_records
from hub.matching.partition import partition
from hub.matching.policy import Policy
from hub.matching.score import Scorer

JUDGEMENTS = {"rid_a": pl.Int64, "rid_b": pl.Int64, "verdict": pl.String, "at": pl.String}
NO_WORDS = pl.DataFrame(schema=JUDGEMENTS)
NO_RECEIPTS = pl.DataFrame(schema={"rid": pl.Int64, "anchor_rid": pl.Int64})
NOTHING_BLOCKED = pl.DataFrame(schema=dict.fromkeys(("type", "value", "issuer"), pl.String))


def normalized(rows, *, region="VN", date_order="ymd", sources=None):
    """records and identifiers of canonical rows; rid is the row's number from 0."""
    done = normalize_records(canonical_frame(rows), region=region, date_order=date_order, today="2026-01-01")
    ids = [row["source_id"] for row in rows]
    numbers = pl.DataFrame({"source_id": ids, "source": sources or ["list"] * len(ids)}).with_row_index("rid")
    numbers = numbers.cast({"rid": pl.Int64})
    return done.records.join(numbers, on="source_id"), done.identifiers.join(numbers, on="source_id")


def person(number, name=None, *, phone=None, email=None, birth=None, line=None, **more):
    """One canonical row."""
    return {
        "source_id": f"r{number:03d}",
        "full_name": name,
        "birth_date": birth,
        "phones": [{"value": phone, "use": "own"}] if phone else [],
        "emails": [{"value": email, "use": "own"}] if email else [],
        "addresses": [{"line": line}] if line else [],
        **more,
    }


def divided(records, identifiers, words=NO_WORDS):
    """The partition by rules alone."""
    return partition(records, identifiers, words, NO_RECEIPTS, Policy())


def scorer_of(records, identifiers, parameters):
    """A scorer with nothing blocked."""
    return Scorer(records, identifiers, NOTHING_BLOCKED, parameters)


def pairs_measure(found, truth):
    """Pairwise precision, recall, F1 of a partition; truth: rid, cluster."""
    predicted = found.assignment.select(pl.col("rid").alias("record"), "cluster")
    return evaluate(predicted, truth.rename({"rid": "record"}))


def together(found):
    """The partition as a set of sets of rids."""
    return {frozenset(rids) for _, rids in found.assignment.group_by("cluster").agg("rid").iter_rows()}
