"""Learning from a list without labels, and how good the merged list is."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import polars as pl
import pytest
from made_scores import NO_WORDS, divided, normalized, pairs_measure

from benchmarks.lookalikes import people_of_the_past, people_with_numbers, people_with_phones
from hub.matching.score import Scorer, merge, train
from hub.matching.score.defaults import unlearned


def _truth(rows, clusters):
    return pl.DataFrame({"rid": range(len(rows)), "cluster": [clusters[row["source_id"]] for row in rows]})


def _balanced(rows, clusters):
    """Measure of a list merged with `balanced` after training."""
    records, identifiers = normalized(rows, region="GB")
    rules = divided(records, identifiers)
    learned = train(records, identifiers, rules.blocked, unlearned()).parameters
    scorer = Scorer(records, identifiers, rules.blocked, learned)
    scored = scorer.candidates(learned.thresholds.balanced)
    merged = merge(scorer, scored, records, identifiers, NO_WORDS, rules, "balanced").partition
    return pairs_measure(merged, _truth(rows, clusters))


def _fake_1000():
    folder = os.environ.get("HUB_TEST_DATA")
    file = (
        Path(folder) if folder else Path(__file__).resolve().parents[4].parent / "shared" / "data"
    ) / "fake_1000.csv"
    if not file.exists():
        pytest.skip(f"no fake_1000.csv in {file.parent}: set HUB_TEST_DATA")
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    canonical = [
        {
            "source_id": row["unique_id"], "given_name": row["first_name"], "family_name": row["surname"],
            "birth_date": row["dob"], "emails": [{"value": row["email"], "use": "own"}] if row["email"] else [],
            "addresses": [{"district": row["city"], "country": "GB"}] if row["city"] else [],
        }
        for row in rows
    ]  # fmt: skip
    return canonical, {row["unique_id"]: row["cluster"] for row in rows}


def test_fake_1000_with_balanced_merging_reaches_more_than_its_anchor():
    found = _balanced(*_fake_1000())
    assert found["pairs"]["f1"] >= 0.93
    assert found["largest_cluster"] <= 2 * 8


@pytest.mark.parametrize(
    ("made", "least"),
    [
        pytest.param(lambda: people_with_numbers(3, 300, 450), 0.97, id="names, addresses, numbers"),
        pytest.param(lambda: people_of_the_past(5, 150), 0.88, id="people of the past"),
        pytest.param(lambda: people_with_phones(6, 500), 0.96, id="people with phones"),
    ],
)
def test_made_lists_in_the_manner_of_public_ones_are_merged_well(made, least):
    made = made()
    found = _balanced(made.rows, made.truth)
    assert found["pairs"]["precision"] >= 0.98
    assert found["pairs"]["f1"] >= least


def test_the_order_of_rows_changes_nothing_that_is_learned():
    rows = people_with_phones(7, 120).rows
    records, identifiers = normalized(rows, region="GB")
    blocked = divided(records, identifiers).blocked
    once = train(records, identifiers, blocked, unlearned()).parameters
    mixed = train(
        records.sample(fraction=1.0, shuffle=True, seed=5), identifiers.reverse(), blocked, unlearned()
    ).parameters
    assert once.digest == mixed.digest


def test_extra_fields_are_learned_where_a_list_has_them():
    records, identifiers = normalized(people_of_the_past(5, 120).rows, region="GB")
    learned = train(records, identifiers, divided(records, identifiers).blocked, unlearned()).parameters
    place = next(one for one in learned.comparisons if one.name == "extra.birth_place")
    assert place.bits()[0][0] > 3.0
