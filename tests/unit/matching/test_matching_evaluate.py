"""Measures of a partition against the truth."""

from __future__ import annotations

from itertools import combinations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.matching.evaluate import evaluate


def _frame(clusters, name="cluster"):
    rows = [(record, label) for label, records in clusters.items() for record in records]
    return pl.DataFrame(rows, schema={"record": pl.String, name: pl.String}, orient="row")


def test_pairs_b_cubed_and_merges():
    result = evaluate(_frame({"x": "abc", "y": "d", "z": "e"}), _frame({"1": "ab", "2": "cd", "3": "e"}))
    assert result["pairs"] == {"precision": pytest.approx(1 / 3), "recall": 0.5, "f1": pytest.approx(0.4)}
    assert result["b_cubed"]["precision"] == pytest.approx((4 / 3 + 1 / 3 + 1 + 1) / 5)
    assert result["b_cubed"]["recall"] == pytest.approx((2 + 0.5 + 0.5 + 1) / 5)
    assert result["largest_cluster"] == 3
    assert result["over_merges"] == {
        "count": 1, "largest": [{"id": "x", "size": 3, "parts": [{"part": "1", "n": 2}, {"part": "2", "n": 1}]}],
    }  # fmt: skip
    assert [one["id"] for one in result["under_merges"]["largest"]] == ["2"]


def test_nothing_joined_is_precise_and_finds_nothing():
    assert evaluate(_frame({"x": "a", "y": "b"}), _frame({"1": "ab"}))["pairs"] == {
        "precision": 1.0,
        "recall": 0.0,
        "f1": 0.0,
    }


def test_records_without_a_prediction_are_counted_apart():
    result = evaluate(_frame({"x": "a"}), _frame({"1": "ab"}))
    assert (result["records"], result["missing"]) == (1, 1)


def test_no_records_at_all():
    result = evaluate(_frame({}), _frame({}))
    assert (result["records"], result["largest_cluster"], result["b_cubed"]["f1"]) == (0, 0, 1.0)


def test_scenarios_are_measured_apart():
    truth = _frame({"1": "ab", "2": "cd"}).with_columns(scenario=pl.Series(["twins", "twins", "typo", "typo"]))
    found = evaluate(_frame({"x": "abc", "y": "d"}), truth)["scenarios"]
    assert {name: (one["pairs"]["recall"], one["with_strangers"]) for name, one in found.items()} == {
        "twins": (1.0, 2),
        "typo": (0.0, 1),
    }


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=8))
def test_pairs_agree_with_listing_them(labels):
    names = [str(n) for n in range(len(labels))]
    predicted = pl.DataFrame({"record": names, "cluster": [str(a) for a, _ in labels]})
    truth = pl.DataFrame({"record": names, "cluster": [str(b) for _, b in labels]})
    pairs = list(combinations(labels, 2))
    together = sum(x[0] == y[0] for x, y in pairs)
    true = sum(x[1] == y[1] for x, y in pairs)
    right = sum(x == y for x, y in pairs)
    found = evaluate(predicted, truth)["pairs"]
    assert found["precision"] == pytest.approx(right / together if together else 1.0)
    assert found["recall"] == pytest.approx(right / true if true else 1.0)
