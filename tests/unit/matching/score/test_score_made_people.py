"""Scores on made Vietnamese shops, every scenario of duplicates and strangers among them."""

from __future__ import annotations

import polars as pl
import pytest
from made_scores import NO_WORDS, divided, pairs_measure

from benchmarks.made_shop import shop
from hub.matching.score import Scorer, merge, shipped, train

STRANGERS = (
    "family_phone", "couple_phone", "couple_email", "father_and_son", "twins", "shop_phone_named", "role_email",
    "recycled_number", "same_name_same_birth",
)  # fmt: skip


@pytest.fixture(scope="module")
def made():
    records, identifiers, truth = shop(11, 1600)
    return records, identifiers, truth, divided(records, identifiers)


@pytest.fixture(scope="module", params=["shipped", "trained"])
def merged(request, made):
    records, identifiers, truth, rules = made
    learned = (
        train(records, identifiers, rules.blocked, shipped()).parameters if request.param == "trained" else shipped()
    )
    scorer = Scorer(records, identifiers, rules.blocked, learned)
    scored = scorer.candidates(learned.thresholds.balanced)
    done = {
        level: merge(scorer, scored, records, identifiers, NO_WORDS, rules, level).partition
        for level in ("careful", "balanced")
    }
    customers = records.filter(pl.col("kind").is_in(["person", "organisation"])).select("rid", "name_level")
    return done, customers, truth, rules


def _measure(partition, customers, truth):
    return pairs_measure(partition, truth.join(customers, on="rid", how="semi"))


def test_careful_merges_nobody_wrongly_in_any_scenario(merged):
    done, customers, truth, _ = merged
    found = _measure(done["careful"], customers, truth)
    assert found["pairs"]["precision"] >= 0.999
    assert {name for name, one in found["scenarios"].items() if one["pairs"]["precision"] < 0.999} == set()


def test_careful_finds_what_the_rules_cannot(merged):
    done, customers, truth, rules = merged
    before = _measure(rules, customers, truth)["pairs"]["recall"]
    assert _measure(done["careful"], customers, truth)["pairs"]["recall"] > before + 0.01


@pytest.mark.parametrize("level", ["careful", "balanced"])
def test_no_two_named_people_join_through_what_a_household_or_a_shop_shares(merged, level):
    done, customers, truth, _ = merged
    named = done[level].assignment.join(customers.filter(pl.col("name_level") == "full"), on="rid")
    rows = named.join(truth.filter(pl.col("scenario").is_in(STRANGERS[:-1])).rename({"cluster": "true"}), on="rid")
    mixed = rows.group_by("scenario", "cluster").agg(pl.col("true").n_unique()).filter(pl.col("true") > 1)
    assert rows.height > 0
    assert mixed.is_empty()
