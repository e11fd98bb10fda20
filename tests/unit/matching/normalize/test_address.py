"""Provinces of Vietnam, old and new, and addresses as typed."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.matching.normalize.address import PARTS, TYPED, Address, normalize_address, normalize_addresses, province
from hub.matching.normalize.tables import read_table


def test_63_provinces_became_34() -> None:
    rows = read_table("provinces_vn.tsv")
    assert (
        sum(r["before"] == "yes" for r in rows),
        len({r["now"] for r in rows}),
        sum(r["since"] == "yes" for r in rows),
    ) == (63, 34, 34)


@pytest.mark.parametrize(
    ("typed", "now"),
    [
        ("TP.HCM", "Hồ Chí Minh"),
        ("Thành phố Hồ Chí Minh", "Hồ Chí Minh"),
        ("sài gòn", "Hồ Chí Minh"),
        ("Tỉnh Bình Dương", "Hồ Chí Minh"),
        ("BINHDUONG", "Hồ Chí Minh"),
        ("Bà Rịa-Vũng Tàu", "Hồ Chí Minh"),
        ("Hà Giang", "Tuyên Quang"),
        ("Thừa Thiên Huế", "Huế"),
        ("TP Huế", "Huế"),
        ("Hanoi", "Hà Nội"),
        ("Daklak", "Đắk Lắk"),
        ("Atlantis", None),
    ],
)
def test_provinces_by_the_names_people_type(typed: str, now: str | None) -> None:
    assert province(typed) == now


@pytest.mark.parametrize("row", read_table("provinces_vn.tsv"), ids=lambda row: row["name"])
def test_every_province_is_recognised_by_its_name(row: dict[str, str]) -> None:
    assert {province(row["name"]), province(f"Tỉnh {row['name'].upper()}")} == {row["now"]}


def test_the_last_part_of_a_line_tells_the_province() -> None:
    found = normalize_address(Address(line="12 Lê Lợi,  P. Bến Nghé, Q.1, TP HCM, Việt Nam"))
    assert found == Address("12 Lê Lợi", "Phường Bến Nghé", "Quận 1", "Hồ Chí Minh", None, "Việt Nam")


def test_a_province_of_another_country_stays_as_typed() -> None:
    assert normalize_address(Address(province="Hà Nội", country="US")).province == "Hà Nội"


_TEXT = st.one_of(
    st.none(),
    st.sampled_from(
        [
            "Hà Nội",
            " TP HCM ",
            "Binh Duong",
            "1 Lê Lợi, Huế",
            "a,b",
            "VN",
            "Việt Nam",
            "US",
            "e\u0302",
            "1 A, P.5, q10, hcm, vn",
            "x, tt Long Thành, huyện Long Thành, Đồng Nai",
            "P5, Q10",
            ",Bình Dương",
            "Huế,",
        ]
    ),
    st.text(max_size=6),
)


@given(st.lists(st.tuples(*[_TEXT] * len(TYPED)), max_size=20))
@settings(deadline=None)
def test_bulk_agrees_with_the_reference(rows: list[tuple[str | None, ...]]) -> None:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(TYPED, pl.String), orient="row")
    expected = [normalize_address(Address(*row)) for row in rows]
    assert normalize_addresses(frame).rows() == [tuple(getattr(a, part) for part in PARTS) for a in expected]


_CELLS = st.sampled_from(
    [
        "",
        " ",
        "12 Lý Thường Kiệt",
        "P. Bến Nghé",
        "Quận 1",
        "TP.HCM",
        "Hà Nội",
        "Việt Nam",
        "VN",
        "Bình Dương",
        "Dĩ An",
        "An Giang",
    ]
)
_LINES = st.lists(_CELLS, min_size=1, max_size=5).flatmap(
    lambda cells: st.sampled_from([", ", ","]).map(lambda s: s.join(cells))
)
_MORE = st.one_of(st.none(), _CELLS)


@given(st.lists(st.tuples(_LINES, _MORE, _MORE, _MORE, st.sampled_from([None, "70000"]), _MORE), max_size=40))
@settings(deadline=None)
def test_bulk_agrees_with_the_reference_on_lines_of_many_parts(rows: list[tuple[str | None, ...]]) -> None:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(TYPED, pl.String), orient="row")
    expected = [normalize_address(Address(*row)) for row in rows]
    assert normalize_addresses(frame).rows() == [tuple(getattr(a, part) for part in PARTS) for a in expected]


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("ấp 3, xã Phước Thái, huyện Long Thành, Đồng Nai", ("ấp 3", "Xã Phước Thái", "Huyện Long Thành", "Đồng Nai")),
        ("1 A, P.05, Q. 3, Sài Gòn", ("1 A", "Phường 5", "Quận 3", "Hồ Chí Minh")),
        ("1 A, p5, q10, hcm", ("1 A", "Phường 5", "Quận 10", "Hồ Chí Minh")),
        ("Xóm 2, X. Nghi Phú, TP. Vinh, Nghệ An", ("Xóm 2", "Xã Nghi Phú", "Thành phố Vinh", "Nghệ An")),
        ("5 Láng Hạ, Đống Đa, HN", ("5 Láng Hạ, Đống Đa", None, None, "Hà Nội")),
        ("45/3 QL1A, Tân Phú, Quận 7", ("45/3 QL1A, Tân Phú, Quận 7", None, None, None)),
        ("P5, Q10, HCM", ("P5", None, "Quận 10", "Hồ Chí Minh")),
        ("Hà Nội, Việt Nam", ("Hà Nội, Việt Nam", None, None, "Hà Nội")),
    ],
)
def test_a_line_gives_only_what_it_says_for_certain(line: str, read: tuple[str | None, ...]) -> None:
    found = normalize_address(Address(line=line))
    assert (found.line, found.ward, found.district, found.province) == read


def test_what_the_address_tells_itself_is_not_taken_from_the_line() -> None:
    found = normalize_address(Address("1 A, P.5, Q.3, HCM", "Phường 4", None, "TP Hồ Chí Minh"))
    assert (found.line, found.ward, found.district) == ("1 A, P.5", "Phường 4", "Quận 3")


@pytest.mark.parametrize(
    ("typed", "before"),
    [("Tỉnh Bình Dương", "Bình Dương"), ("brvt", "Bà Rịa - Vũng Tàu"), ("HCM", None), ("Huế", None)],
)
def test_a_province_that_is_no_more_is_kept_beside_the_one_of_today(typed: str, before: str | None) -> None:
    assert normalize_address(Address(province=typed)).former_province == before
    assert normalize_address(Address(line=f"1 Lê Lợi, {typed}")).former_province == before
