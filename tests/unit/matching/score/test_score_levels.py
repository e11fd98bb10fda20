"""Two values of a field: which level of agreement they show."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.matching.score.levels import level_pairs, levels_of, table

KINDS = sorted({row["kind"] for row in table()} - {"order"})
CASES = [
    ("given", "=thị lan", "=thi lan", "exact"),
    ("given", "=thị lan", "=thị lân", "tones"),
    ("given", "=lan", "=thị lan", "contained"),
    ("given", "=lan anh", "=lan", "differs"),
    ("given", "=thị lan", "=thị loan", "differs"),
    ("given", "robert", "bob", "nickname"),
    ("given", "r", "robert", "initial"),
    ("given", "robert james", "robert", "contained"),
    ("given", "robert", "robret", "close"),
    ("given", "robert", "mary", "differs"),
    ("family", "smith", "smyth", "close"),
    ("family", "=nguyễn", "=ngô", "differs"),
    ("birth", "1990-02-03", "1990-02-03", "exact"),
    ("birth", "1990-02-03", "1990-03-02", "swapped"),
    ("birth", "1990-02-03", "1980-02-03", "digit"),
    ("birth", "1990-02-03", "1990-02-27", "parts"),
    ("birth", "1990-02-03", "1990", "year"),
    ("birth", "1990-02-03", "1990-01-01", "year"),
    ("birth", "1990-02-03", "1991-11-17", "near"),
    ("birth", "1990-02-03", "1947-11-17", "differs"),
    ("phone", "+84912345678", "+84912345687", "close"),
    ("phone", "+84912345678", "+84987654321", "differs"),
    ("email", "lan.nguyen@example.com", "lan.nguyen@example.vn", "local"),
    ("email", "lan.nguyen@example.com", "lan.nguyne@example.com", "close"),
    ("email", "lan@example.com", "hung@shop.example", "differs"),
    ("email", "lan.nguyen81@example.com", "lan.nguyen18@example.com", "similar"),
    ("email", "lan.nguyen81@example.com", "lan.nguyne81@example.com", "close"),
    ("phone", "+84912345678", "+8491234567", "close"),
    ("phone", "+84912345678", "+84812345679", "differs"),
    ("id", "other::1234567", "other::1234576", "close"),
    ("street", "12 lê lợi", "12 le loi", "exact"),
    ("street", "12 lê lợi quận 1", "12 le loi", "close"),
    ("street", "12 lê lợi", "14 lê lợi", "similar"),
    ("code", "tq138df", "tq138hu", "begins"),
    ("company", "an phu", "an phu ha noi", "contained"),
    ("category", "male", "female", "differs"),
]


@pytest.mark.parametrize(("kind", "a", "b", "level"), CASES)
def test_two_values_show_a_level(kind, a, b, level):
    assert levels_of(kind)[level_pairs(kind, pl.Series([a]), pl.Series([b]))[0]] == level


WORDS = st.lists(
    st.sampled_from(["lan", "=lan", "thị", "anh", "r", "12", "1990-02-03", "1990", "a@b.vn", "ß", "김"]), max_size=3
)


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=25)
@given(a=WORDS, b=WORDS)
def test_levels_do_not_depend_on_which_comes_first(kind, a, b):
    one, other = pl.Series([" ".join(a)], dtype=pl.String), pl.Series([" ".join(b)], dtype=pl.String)
    assert np.array_equal(level_pairs(kind, one, other), level_pairs(kind, other, one))


def test_every_kind_begins_with_equality_and_its_shares_sum_to_one():
    for kind in {row["kind"] for row in table()}:
        rows = [row for row in table() if row["kind"] == kind]
        assert rows[-1]["level"] in ("differs", "crossed")
        for share in ("m", "u"):
            assert sum(float(row[share]) for row in rows) == pytest.approx(1.0, abs=0.03)
