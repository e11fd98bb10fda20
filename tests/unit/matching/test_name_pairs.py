"""What columns say of two names is what the book says of them, to the letter."""

from __future__ import annotations

from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.matching import name_pairs
from hub.matching.book import Book
from hub.matching.name_pairs import OPEN, VERDICTS, toneless, verdicts

WORDS = [
    "Nguyễn", "Nguyen", "NGUYỄN", "Thị", "Thi", "Văn", "Trần", "Lê", "Le", "Lan", "Lân", "LAN", "Hùng", "Hưng", "hung", "Mỹ",
    "Mĩ", "My", "Thúy", "Thuý", "Thủy", "Anh", "Ng", "Hươg", "Hương", "Bob", "Smith", "Jr", "An", "Ân", "Đan", "Dan", "R",
    "Nguyên", "Yến", "Ien",
]  # fmt: skip
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)


@pytest.fixture(autouse=True)
def however_few(monkeypatch):
    monkeypatch.setattr(name_pairs, "FEW", 0)


@given(st.lists(NAMES, min_size=8, max_size=30, unique=True))
@settings(max_examples=150, deadline=None)
def test_pairs_by_columns_are_what_the_book_says(names):
    pairs = list(combinations(sorted(names), 2))
    told = verdicts(*(pl.Series([pair[side] for pair in pairs]) for side in (0, 1)))
    book = Book()
    wrong = [
        (pair, VERDICTS[number]) for pair, number in zip(pairs, told, strict=True)
        if number != OPEN and VERDICTS[number] != book.verdict("person", *pair)
    ]  # fmt: skip
    assert not wrong


@given(st.lists(NAMES, min_size=1, max_size=30))
@settings(max_examples=100, deadline=None)
def test_toneless_names_by_columns_are_what_the_book_says(names):
    book = Book()
    told = toneless(pl.Series(names))
    assert [one for one, said in zip(names, told, strict=True) if said not in (None, book.toneless(one))] == []


def test_ordinary_names_are_not_left_to_the_book():
    names = ["Nguyễn Thị Lan", "Lan", "NGUYEN THI LAN", "Trần Văn Hùng", "Lê Thị Mỹ"]
    pairs = list(combinations(names, 2))
    assert OPEN not in verdicts(*(pl.Series([pair[side] for pair in pairs]) for side in (0, 1)))
    assert toneless(pl.Series(names)).to_list() == [False, True, True, False, False]
