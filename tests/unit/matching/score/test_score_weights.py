"""What a pair weighs, and that every bit of it is told."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from made_scores import normalized, person, scorer_of

from hub.contracts import explain
from hub.matching.score import dump, load, probability, sentence, shipped, total, waterfall
from hub.matching.score.defaults import unlearned

PEOPLE = [
    person(1, "Nguyễn Thị Lan", phone="0912345678", birth="1990-02-03", line="12 Lê Lợi"),
    person(2, "Nguyễn Thị Lan", phone="0912345687", birth="1990-03-02", line="12 Le Loi"),
    person(3, "Nghiêm Thị Lan", phone="0387654321", email="lan@example.com"),
    person(4, "Nghiêm Thị Lan", email="lan@example.com", gender="nữ"),
    person(5, "Bob Smith", birth="1978-12-11"),
    person(6, "Smith Robert", birth="1978-12-11"),
]


def _scorer(parameters):
    return scorer_of(*normalized(PEOPLE), parameters)


@pytest.mark.parametrize("parameters", [shipped(), unlearned()], ids=["shipped", "unlearned"])
def test_the_steps_of_a_pair_add_up_to_its_weight_exactly(parameters):
    scorer = _scorer(parameters)
    size = scorer.features.size
    a, b = (side.astype(np.int64) for side in np.triu_indices(size, 1))
    scored = scorer.score(a, b)
    rids = scorer.features.rids
    for x, y, weight in zip(scored.a, scored.b, scored.weight, strict=True):
        assert total(waterfall(scorer, int(rids[x]), int(rids[y]))) == weight / 1000


def test_a_frequent_family_name_is_worth_less_than_a_rare_one():
    scorer = _scorer(shipped())
    bits = {pair: {s.field: s.bits + s.tf for s in waterfall(scorer, *pair)}["family"] for pair in ((0, 1), (2, 3))}
    assert bits[0, 1] < bits[2, 3] - 3


def test_parts_of_a_name_that_changed_places_still_agree():
    steps = {step.field: step.level for step in waterfall(_scorer(shipped()), 4, 5)}
    assert (steps["order"], steps["given"]) == ("crossed", "exact")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_step_says_a_sentence_with_the_values(language):
    told = [sentence(step, language) for step in waterfall(_scorer(shipped()), 0, 1)]
    assert all(told)
    assert any("1990-02-03" in text and "1990-03-02" in text for text in told)


def test_parameters_are_the_same_after_writing_and_reading():
    assert load(dump(shipped())) == shipped()


def test_the_shipped_parameters_keep_their_schema():
    assert explain("match_parameters.v1", json.loads(dump(shipped()))) == []


def test_another_threshold_weight_or_frequency_is_another_version():
    one = shipped()
    changed = replace(one.comparisons[0], tf={"lan": 0.5})
    others = [
        replace(one, prior_bits=one.prior_bits + 0.001),
        replace(one, comparisons=(changed, *one.comparisons[1:])),
        replace(one, thresholds=replace(one.thresholds, careful=9.5)),
    ]
    assert len({one.digest, *(other.digest for other in others)}) == 4


def test_parameters_of_another_format_are_refused():
    with pytest.raises(ValueError, match="format 2"):
        load(json.dumps({"format": 2}))


def test_even_odds_weigh_nothing():
    assert probability(0.0) == 0.5
