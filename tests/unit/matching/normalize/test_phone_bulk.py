"""The bulk path agrees exactly with the reference, on made cells and on what Hypothesis thinks of."""

import random

import phonenumbers
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.matching.normalize import phone_abroad
from hub.matching.normalize.phone import normalize_phone
from hub.matching.normalize.phone_bulk import SCHEMA, normalize_phones
from hub.matching.normalize.phone_tables import PREFIX, UNDECIDED, lines_by_prefix

_PREFIXES = (
    "032",
    "033",
    "035",
    "036",
    "038",
    "039",
    "030",
    "031",
    "050",
    "051",
    "0522",
    "0521",
    "055",
    "0559",
    "056",
    "058",
    "059",
    "060",
    "0672",
    "070",
    "071",
    "076",
    "079",
    "080",
    "081",
    "082",
    "085",
    "086",
    "0890",
    "0898",
    "090",
    "091",
    "092",
    "093",
    "095",
    "098",
    "0992",
    "0995",
    "0120",
    "0124",
    "0129",
    "0162",
    "0169",
    "0186",
    "0188",
    "0199",
    "0150",
    "024",
    "028",
    "0236",
    "0225",
    "0203",
    "04",
    "0511",
    "0241",
    "020",
    "0672",
    "1900",
    "1800",
    "190",
    "84",
    "0084",
    "084",
    "8412",
    "84090",
    "+84",
    "+1",
    "001",
    "00",
    "0",
)
_FORMS = (
    "{0}",
    "{0}",
    "{0} ",
    "'{0}",
    '="{0}"',
    "({1}) {2}",
    "{1} {2}",
    "{1}.{2}",
    "{1}-{2}",
    "{1} - {2}",
    "{1},{2}",
    "{1}/{2}",
    "{0} {0}",
    "+84{3}",
    "84{3}",
    "{3}",
    "0084{3}",
    "+84 (0){3}",
    "(+84) {3}",
    "+840{3}",
    "084{3}",
    "{3}.0",
    "{0}.00",
    "{3},0",
    "{0} (Lan)",
    "sđt: {0}",
    "{0} vợ {0}",
    "{1}***{2}",
    "{1}xx{2}",
    "O{3}",
    "{0} x2",
    "{3}E8",
    "{0};{0}",
    "{0}\n{0}",
    "{0} - vợ",
    "Zalo {0}",
    "SĐT 2 {0}",
    "sđt 1) {0}",
    "{0} xx",
    "{0} (chồng)",
    "{0} / {0} / {0}",
    "{3}.0 / {0}",
    "{0}\\{3}",
    "{0} hoặc {0}",
    "xx {0}",
    "{0}(Lan)",
    "{0} Lan O",
    "đt:{0}",
    "{0} - ",
    "{0}, {1}",
    "{0} ; +84{3}",
    "E {0}",
    "{3},00 vợ",
)


def _made(count: int, seed: int) -> list[str]:
    draw = random.Random(seed)
    cells = []
    for _ in range(count):
        number = draw.choice(_PREFIXES)
        length = draw.choice((10, 10, 10, 11, 9, 12, 8))
        number += "".join(draw.choice("0123456789") for _ in range(length - len(number)))
        cut = draw.randint(1, 6)
        cells.append(draw.choice(_FORMS).format(number, number[:cut], number[cut:], number[1:]))
    return cells


def _expected(cells: list[str | None], region: str) -> list[tuple[object, ...]]:
    return [
        (row, n, p.raw, p.e164, p.national, p.line, "|".join(sorted(p.flags)), p.reason)
        for row, cell in enumerate(cells)
        if cell is not None
        for n, p in enumerate(normalize_phone(cell, region))
    ]


@pytest.mark.parametrize("seed", range(4))
def test_made_cells_agree_with_the_reference(seed: int) -> None:
    cells = _made(10_000, seed)
    assert normalize_phones(pl.Series(cells), "VN", few=0).rows() == _expected(cells, "VN")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text("0123456789 .-+()xXOolE,;/*'=\"\u00a0\t\n:vợ", max_size=24), min_size=20, max_size=60))
def test_any_cell_agrees_with_the_reference(cells: list[str]) -> None:
    assert normalize_phones(pl.Series(cells, dtype=pl.String), "VN", few=0).rows() == _expected(cells, "VN")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.from_regex(r"\A\(?\+?(84|0|00|0084)?[0-9 .()\-]{8,14}(\.00?)?\Z"), min_size=20, max_size=60))
def test_any_ordinary_cell_agrees_with_the_reference(cells: list[str]) -> None:
    assert normalize_phones(pl.Series(cells, dtype=pl.String), "VN", few=0).rows() == _expected(cells, "VN")


def test_other_regions_agree_with_the_reference() -> None:
    cells = ["202-555-0113", "(613) 555-0142", "2125550187", "555-0113", "+84 912 345 678", "202-555-0113"]
    assert normalize_phones(pl.Series(cells), "US").rows() == _expected(cells, "US")


def test_null_cells_give_no_row() -> None:
    frame = normalize_phones(pl.Series([None, "0912345678", None]), "VN", few=0)
    assert frame["row"].to_list() == [1]


@pytest.mark.parametrize("region", ["VN", "US"])
def test_an_empty_column_keeps_the_columns(region: str) -> None:
    assert dict(normalize_phones(pl.Series([], dtype=pl.String), region).schema) == SCHEMA


def test_only_hotlines_are_left_to_the_reference() -> None:
    undecided = {prefix for prefix in range(1000, 10**PREFIX) if lines_by_prefix(10)[prefix] == UNDECIDED}
    assert undecided == {1800, 1900}


def _abroad(seed: int) -> list[str]:
    """Numbers of every country typed with a plus: examples of every type with some digits changed, and made-up ones."""
    draw, cells = random.Random(seed), []
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        for region in regions:
            for kind in phonenumbers.PhoneNumberType.values():
                example = phonenumbers.example_number_for_type(region, kind) if region != "001" else None
                if example is not None:
                    text, cut = str(example.national_number), draw.randint(0, 3)
                    tail = "".join(draw.choice("0123456789") for _ in range(cut))
                    cells.append(draw.choice(("+{} {}{}", "+{}{}{}")).format(code, text[: len(text) - cut], tail))
        cells.append(f"+{code}" + "".join(draw.choice("0123456789") for _ in range(draw.randint(6, 12))))
    return cells


@pytest.mark.parametrize("seed", range(3))
def test_numbers_of_all_countries_agree_with_the_reference(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone_abroad, "FEW", 1)
    cells = _abroad(seed)
    assert normalize_phones(pl.Series(cells), "VN", few=0).rows() == _expected(cells, "VN")
