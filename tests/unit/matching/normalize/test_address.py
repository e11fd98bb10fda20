"""Provinces of Vietnam, old and new, and addresses as typed."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.matching.normalize.address import PARTS, Address, normalize_address, normalize_addresses, province
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
    assert (found.line, found.province) == ("12 Lê Lợi, P. Bến Nghé, Q.1, TP HCM, Việt Nam", "Hồ Chí Minh")


def test_a_province_of_another_country_stays_as_typed() -> None:
    assert normalize_address(Address(province="Hà Nội", country="US")).province == "Hà Nội"


_TEXT = st.one_of(
    st.none(),
    st.sampled_from(["Hà Nội", " TP HCM ", "Binh Duong", "1 Lê Lợi, Huế", "a,b", "VN", "Việt Nam", "US", "e\u0302"]),
    st.text(max_size=6),
)


@given(st.lists(st.tuples(*[_TEXT] * len(PARTS)), max_size=20))
def test_bulk_agrees_with_the_reference(rows: list[tuple[str | None, ...]]) -> None:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(PARTS, pl.String), orient="row")
    expected = [normalize_address(Address(*row)) for row in rows]
    assert normalize_addresses(frame).rows() == [tuple(getattr(a, part) for part in PARTS) for a in expected]
