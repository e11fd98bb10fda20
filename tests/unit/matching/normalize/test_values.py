"""Words of closed lists, Vietnamese and English."""

import polars as pl
import pytest

from hub.matching.normalize.tables import read_table
from hub.matching.normalize.values import customer_type, gender, kind, look_up, look_up_all, yes_no


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("Nam", "male"),
        ("NỮ", "female"),
        ("nu", "female"),
        ("Mrs.", "female"),
        ("Khác", "other"),
        ("không rõ", None),
        ("", None),
    ],
)
def test_gender(typed: str, value: str | None) -> None:
    assert gender(typed) == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("Công ty", "business"),
        ("cá nhân", "individual"),
        ("B2B", "business"),
        ("Nhà nước", "government"),
        ("Từ thiện", "charity"),
    ],
)
def test_customer_type(typed: str, value: str) -> None:
    assert customer_type(typed) == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [("Nhân viên", "staff"), ("company", "organisation"), ("Khách lẻ", "anonymous"), ("test", "test")],
)
def test_kind(typed: str, value: str) -> None:
    assert kind(typed) == value


@pytest.mark.parametrize(
    ("typed", "value"), [("Có", True), ("đồng ý", True), ("không", False), ("0", False), ("n/a", None), ("", None)]
)
def test_yes_no(typed: str, value: bool | None) -> None:
    assert yes_no(typed) is value


def test_a_word_nobody_knows_is_told() -> None:
    assert look_up("gender", "qwerty").reason == "gender.unknown"


def test_no_word_stands_twice_in_a_list() -> None:
    words = [(row["field"], row["typed"]) for row in read_table("values.tsv")]
    assert len(words) == len(set(words))


def test_columns_are_read_in_order() -> None:
    frame = look_up_all("gender", pl.Series(["Nam", None, "?", "qwerty", "Nam"]))
    assert frame.rows() == [("male", None), (None, None), (None, None), (None, "gender.unknown"), ("male", None)]
