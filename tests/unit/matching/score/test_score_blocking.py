"""Blocks: stable keys, the pairs they make, and that a focus finds what the whole list finds."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_scores import NOTHING_BLOCKED, divided, normalized, scorer_of

from benchmarks.lookalikes import people_of_the_past, people_with_numbers, people_with_phones
from benchmarks.made_shop import shop
from hub.matching.score import Scorer, block_counts, block_keys, blocking_quality, floor, shipped
from hub.matching.score.blocking import Blocks
from hub.matching.score.defaults import unlearned
from hub.matching.score.hashing import hashed


def _pairs(scorer, scored):
    names = scorer.rids
    return {
        (names[a], names[b]): (w, p, o, k)
        for a, b, w, p, o, k in zip(
            scored.a.tolist(), scored.b.tolist(), scored.weight.tolist(), scored.plain.tolist(),
            scored.personal.tolist(), scored.likely.tolist(), strict=True,
        )
    }  # fmt: skip


def test_a_text_hashes_to_the_same_number_for_ever():
    told = hashed(pl.Series(["", None, "a", "lan nguyễn", "+84912345678"]))
    assert told.tolist() == [0, 0, 4704056157838426749, 9326543780943124567, 9317734166228030976]


@given(st.lists(st.text(max_size=12), unique=True, max_size=40))
@settings(max_examples=60, deadline=None)
def test_different_texts_hash_apart_wherever_they_stand(texts):
    told = hashed(pl.Series(texts, dtype=pl.String))
    assert len(set(told.tolist())) == len(texts)
    assert hashed(pl.Series(texts[::-1], dtype=pl.String)).tolist() == told.tolist()[::-1]


@pytest.fixture(scope="module")
def made():
    return shop(17, 500)[:2]


def test_the_keys_of_a_record_do_not_depend_on_the_other_records(made):
    records, identifiers = made
    whole = block_keys(records, identifiers, NOTHING_BLOCKED, shipped())
    some = records.filter(pl.col("rid") % 7 == 3)
    alone = block_keys(some, identifiers.join(some, on="rid", how="semi"), NOTHING_BLOCKED, shipped())
    assert alone.equals(whole.join(some, on="rid", how="semi").sort("rid", "key"))
    assert alone.height > some.height


def _near(keys, focus):
    """The focus and all records that share a key with it."""
    asked = keys.filter(pl.col("rid").is_in(focus.implode())).select("key").unique()
    return keys.join(asked, on="key", how="semi").select("rid").unique()


@pytest.mark.parametrize("least", [-30.0, 0.0])
@pytest.mark.parametrize(
    "frames",
    [
        pytest.param(lambda: shop(17, 500)[:2], id="shop"),
        pytest.param(lambda: normalized(people_of_the_past(5, 40).rows, region="GB"), id="past"),
        pytest.param(lambda: normalized(people_with_numbers(5, 150, 150).rows, region="AU"), id="numbers"),
    ],
)
def test_a_focus_with_its_neighbours_gives_the_pairs_of_the_whole_list(frames, least):
    records, identifiers = frames()
    parameters = unlearned()
    whole = Scorer(records, identifiers, NOTHING_BLOCKED, parameters)
    focus = records["rid"].sample(12, seed=4)
    asked = set(focus)
    every = _pairs(whole, whole.candidates(least))
    wanted = {pair: told for pair, told in every.items() if asked & set(pair)}
    keys = block_keys(records, identifiers, NOTHING_BLOCKED, parameters)
    near = _near(keys, focus)
    some = Scorer(
        records.join(near, on="rid", how="semi"), identifiers.join(near, on="rid", how="semi"), NOTHING_BLOCKED,
        parameters, size=whole.size,
    )  # fmt: skip
    assert some.features.size < whole.size
    assert floor(some) == floor(whole)
    assert _pairs(some, some.candidates(least, focus, block_counts(keys))) == wanted
    assert _pairs(whole, whole.candidates(least, focus)) == wanted
    assert wanted


def test_a_key_of_more_records_than_the_largest_block_makes_no_pairs_in_a_focus_either():
    rows = [{"source_id": f"r{n:03d}", "full_name": "An Tran", "birth_date": "1990-02-03"} for n in range(70)]
    records, identifiers = normalized(rows)
    keys = block_keys(records, identifiers, NOTHING_BLOCKED, shipped())
    few = records.filter(pl.col("rid") < 3)
    scorer = Scorer(few, identifiers, NOTHING_BLOCKED, shipped(), size=70)
    focus = pl.Series([0])
    assert scorer.candidates(-30.0, focus).a.size == 2
    assert scorer.candidates(-30.0, focus, block_counts(keys)).a.size == 0


def test_blocking_quality_by_clusters_and_by_pairs_is_the_same():
    made = people_with_phones(6, 200)
    records, identifiers = normalized(made.rows, region="GB")
    scorer = scorer_of(records, identifiers, unlearned())
    clusters = pl.DataFrame({"rid": range(len(made.rows)), "cluster": [made.truth[r["source_id"]] for r in made.rows]})
    pairs = clusters.join(clusters, on="cluster", suffix="_b").select(rid_a="rid", rid_b="rid_b")
    pairs = pairs.filter(pl.col("rid_a") > pl.col("rid_b"))
    found = blocking_quality(scorer, clusters)
    assert found == blocking_quality(scorer, pairs)
    assert found.true == pairs.height
    assert 0.9 < found.completeness < 1.0


def test_blocking_keeps_nearly_all_true_pairs_and_leaves_out_nearly_all_others():
    made = people_with_numbers(3, 300, 450)
    records, identifiers = normalized(made.rows, region="GB")
    scorer = Scorer(records, identifiers, divided(records, identifiers).blocked, unlearned())
    truth = pl.DataFrame({"rid": range(len(made.rows)), "cluster": [made.truth[r["source_id"]] for r in made.rows]})
    measured = blocking_quality(scorer, truth)
    assert measured.completeness >= 0.98
    assert measured.reduction >= 0.97


def test_parts_of_the_pairs_make_up_the_whole(made):
    blocks = Blocks(Scorer(*made, NOTHING_BLOCKED, shipped()).features)
    rules, largest = shipped().rules, shipped().largest_block
    whole = np.concatenate(list(blocks.candidates(rules, largest)))
    parts = list(blocks.candidates(rules, largest, part=500))
    assert len(parts) > 5
    assert np.array_equal(np.concatenate(parts), whole)
    assert np.array_equal(np.unique(whole), whole)
