"""Capitals and marks of names."""

from __future__ import annotations

import pytest

from hub.matching.spelling import marks, one_case, recase, words


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("NGUYỄN THỊ LAN", "Nguyễn Thị Lan"),
        ("đặng văn đức", "Đặng Văn Đức"),
        ("john smith ii", "John Smith II"),
        ("MARY-ANN O'HARE", "Mary-Ann O'Hare"),
        ("RONALD MCDONALD", "Ronald McDonald"),
        ("Nguyễn THỊ Lan", "Nguyễn THỊ Lan"),
        ("王杰", "王杰"),
        ("VI", "Vi"),
    ],
)
def test_a_name_in_one_case_gets_capitals(typed, shown):
    assert recase(typed) == shown


def test_marks_are_counted_letter_by_letter():
    assert [marks(text) for text in ("Lan", "Lân", "Đức", "Nguyễn")] == [0, 1, 2 + 1, 2]


def test_scripts_without_cases_are_in_no_case():
    assert not one_case("王杰")


@pytest.mark.parametrize(
    ("name", "count"), [("Nguyễn Thị Lan", 3), ("R Roderick", 1), ("Lan .", 1), (None, 0), ("B.", 0)]
)
def test_only_whole_words_count(name, count):
    assert words(name) == count
