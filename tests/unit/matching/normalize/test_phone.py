"""What normalize_phone promises beyond the table of cells in tests/spec."""

import pytest

from hub.matching.normalize.phone import normalize_phone
from hub.matching.normalize.phone_vn import old_mobile
from hub.matching.normalize.tables import read_table


def test_there_are_21_old_mobile_prefixes() -> None:
    assert len(old_mobile()) == 21


@pytest.mark.parametrize("row", read_table("vn_old_mobile.tsv"), ids=lambda row: row["old"])
def test_every_old_mobile_prefix_is_migrated(row: dict[str, str]) -> None:
    (phone,) = normalize_phone(f"{row['old']}2345671", "VN")
    assert (phone.e164, phone.flags) == (f"+84{row['new'][1:]}2345671", {"migrated"})


@pytest.mark.parametrize("row", read_table("vn_old_landline.tsv"), ids=lambda row: row["old"])
def test_old_area_codes_are_converted_only_where_that_is_safe(row: dict[str, str]) -> None:
    local = "38251234"[: int(row["local"])]
    (phone,) = normalize_phone(f"{row['old']} {local}", "VN")
    converted = phone.e164 == f"+84{row['new'][1:]}{local}"
    assert converted == (row["safety"] == "safe")


@pytest.mark.parametrize("row", read_table("vn_old_landline.tsv"), ids=lambda row: row["old"])
def test_every_new_area_code_is_a_landline(row: dict[str, str]) -> None:
    (phone,) = normalize_phone(f"{row['new']} {'38251234'[: int(row['local'])]}", "VN")
    assert (phone.line, phone.flags) == ("landline", {"landline"})


def test_a_mobile_that_was_a_landline_before_2017_is_told() -> None:
    assert normalize_phone("08 3825 1234", "VN")[0].flags == {"ambiguous_legacy"}


def test_a_migrated_mobile_is_not_called_ambiguous() -> None:
    assert normalize_phone("0166 382 1234", "VN")[0].flags == {"migrated"}


def test_raw_is_the_cell_when_it_holds_one_number() -> None:
    assert normalize_phone(" 0989 123 456 (Lan)", "VN")[0].raw == " 0989 123 456 (Lan)"


def test_raw_is_the_piece_when_the_cell_holds_several() -> None:
    assert [p.raw for p in normalize_phone("0989.123.456 / 0912 345 678", "VN")] == ["0989.123.456", "0912 345 678"]


def test_second_number_never_becomes_an_extension() -> None:
    assert [p.e164 for p in normalize_phone("0989123456;0912345678", "VN")] == ["+84989123456", "+84912345678"]


def test_a_new_block_of_the_plan_is_told_apart_from_nonsense() -> None:
    assert normalize_phone("0520123456", "VN")[0].reason == "phone.unassigned"


def test_foreign_numbers_have_no_national_form_here() -> None:
    assert normalize_phone("+1 202 555 0113", "VN")[0].national is None


def test_vietnamese_numbers_are_read_the_same_from_abroad() -> None:
    assert normalize_phone("+84 120 1234567", "US")[0].e164 == normalize_phone("01201234567", "VN")[0].e164


def test_a_cell_always_gives_an_answer() -> None:
    assert [p.reason for p in normalize_phone("", "VN")] == ["phone.empty"]
