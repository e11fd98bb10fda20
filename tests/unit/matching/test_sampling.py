"""Blind samples: what is drawn, and what labels say of all pairs."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.matching.rules import ORDER
from hub.matching.sampling import LEAST, Labelled, draw, estimate, joined_strata

NO_PAIRS = pl.DataFrame(schema={"rid_a": pl.Int64, "rid_b": pl.Int64, "stratum": pl.String})


def clusters(*sizes: int, rule: str = "phone") -> pl.DataFrame:
    """Customers with so many records each, numbered on."""
    rows = [(f"c{n}", rule) for n, size in enumerate(sizes) for _ in range(size)]
    frame = pl.DataFrame(rows, schema=["cluster", "rule"], orient="row")
    return frame.with_row_index("rid").select(pl.col("rid").cast(pl.Int64), "cluster", "rule")


def test_a_customer_belongs_to_the_stratum_of_its_weakest_rule():
    rules = ["phone_email", "phone", "judgement", "single"]
    members = pl.DataFrame({"rid": [1, 2, 3, 4], "cluster": ["a", "a", "a", "b"], "rule": rules})
    assert joined_strata(members).select("cluster", "stratum", "pairs").rows() == [("a", "joined.phone", 3)]


@given(st.lists(st.integers(1, 12), min_size=1, max_size=30), st.integers(0, 99))
def test_pairs_are_drawn_within_customers_and_never_twice(sizes, seed):
    members = clusters(*sizes)
    drawn = draw(joined_strata(members), NO_PAIRS, 40, seed)
    of = dict(members.select("rid", "cluster").iter_rows())
    pairs = {frozenset(pair) for pair in drawn.select("rid_a", "rid_b").iter_rows()}
    held = sum(size * (size - 1) // 2 for size in sizes)
    assert all(len(pair) == 2 and len({of[rid] for rid in pair}) == 1 for pair in pairs)
    assert len(pairs) == drawn.height == min(held, max(LEAST, 20))


def test_every_pair_has_the_same_chance():
    counted: dict[frozenset[int], int] = {}
    strata = joined_strata(clusters(2, 3, 5))
    for seed in range(700):
        for pair in draw(strata, NO_PAIRS, 8, seed).select("rid_a", "rid_b").iter_rows():
            counted[frozenset(pair)] = counted.get(frozenset(pair), 0) + 1
    assert len(counted) == 1 + 3 + 10
    assert max(counted.values()) < 1.25 * min(counted.values())


def test_the_same_seed_draws_the_same_pairs_whatever_the_order_of_rows():
    members = clusters(4, 4, 9)
    apart = pl.DataFrame({"rid_a": [1, 2, 3], "rid_b": [8, 9, 10], "stratum": ["apart.x"] * 3})
    one = draw(joined_strata(members), apart, 20, 7)
    assert one.equals(draw(joined_strata(members.reverse()), apart.reverse(), 20, 7))


def test_records_stand_in_a_random_order():
    drawn = draw(joined_strata(clusters(*[2] * 200)), NO_PAIRS, 400, 1)
    assert 0.35 < (drawn["rid_a"] < drawn["rid_b"]).mean() < 0.65


def test_strata_weigh_by_how_many_pairs_they_hold():
    joined = [Labelled("joined.phone", 900, 50, 0), Labelled("joined.score", 100, 5, 5)]
    told = estimate([*joined, Labelled("apart.suggested", 50, 1, 1)])
    assert told["precision"].value == pytest.approx(0.95)
    assert told["recall"].value == pytest.approx(950 / 975)
    assert told["precision"].low < 0.95 < told["precision"].high <= 1


def test_more_answers_make_the_interval_narrower():
    few, many = (estimate([Labelled("joined.phone", 1000, 9 * n, n)])["precision"] for n in (1, 50))
    assert many.high - many.low < (few.high - few.low) / 3


def test_a_stratum_without_an_answer_widens_the_interval_and_is_not_guessed():
    told = estimate([Labelled("joined.phone", 500, 40, 0), Labelled("joined.score", 500, 0, 0)])["precision"]
    assert told.value == 1.0
    assert told.low < 0.6


def test_nothing_answered_tells_no_value():
    told = estimate([Labelled("joined.phone", 10, 0, 0)])
    assert told["precision"].value is None
    assert told["recall"].value is None


@pytest.mark.parametrize("share", [0.02, 0.5, 0.97])
def test_intervals_hold_the_truth_about_as_often_as_they_say(share):
    rng, held = np.random.default_rng(5), 0
    for same in rng.hypergeometric(round(400 * share), round(400 * (1 - share)), 60, size=200).tolist():
        told = estimate([Labelled("joined.phone", 400, same, 60 - same)])["precision"]
        held += told.low <= share <= told.high
    assert held >= 184


def test_every_rule_has_a_place():
    parts = [
        clusters(2, rule=name).with_columns(cluster=pl.lit(name), rid=pl.col("rid") + 10 * n)
        for n, name in enumerate(ORDER)
    ]
    assert set(joined_strata(pl.concat(parts))["stratum"]) == {f"joined.{name}" for name in ORDER}
