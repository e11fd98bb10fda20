"""Ids as typed, their class, and which of them may join."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.matching.normalize.ids import TYPES, normalize_id, normalize_ids
from hub.matching.normalize.tables import read_table


@pytest.mark.parametrize(
    ("name", "typed", "region", "read"),
    [
        ("CMND", "024 123 457", "VN", ("national_id", "024123457", "VN", "cmnd")),
        ("CCCD", "079090001234", "VN", ("national_id", "079090001234", "VN", "cccd")),
        ("CMND/CCCD", "079090001234", "VN", ("national_id", "079090001234", "VN", "cccd")),
        ("national_id", "024123457", "VN", ("national_id", "024123457", "VN", "cmnd")),
        ("SSN_NUMBER", "212-55-1234", "US", ("national_id", "212551234", "US", "ssn")),
        ("NATIONAL_ID_NUMBER", "201012345a", "US", ("national_id", "201012345A", "", "national_id")),
        ("Mã số thuế", "0100109106-001", "VN", ("tax_code", "0100109106001", "VN", "mst")),
        ("TAX_ID_NUMBER", "84-1234567", "US", ("tax_code", "841234567", "", "tax_code")),
        ("PASSPORT_NUMBER", "c 1234568", "VN", ("passport", "C1234568", "", "passport")),
        ("DRIVERS_LICENSE_NUMBER", "112233", "US", ("driving_licence", "112233", "", "driving_licence")),
        ("zalo", "84912345678", "VN", ("social", "84912345678", "ZALO", "social")),
    ],
)
def test_types_by_the_names_systems_give_them(name: str, typed: str, region: str, read: tuple[str, ...]) -> None:
    found = normalize_id(name, typed, None, region)
    assert (found.type, found.value, found.issuer, found.cls, found.key) == (*read, True)


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("CCCD", "79090001234", "079090001234"),
        ("CCCD", "79090001234.0", "079090001234"),
        ("CMND", "24123457", "024123457"),
        ("MST", "100109106", "0100109106"),
    ],
)
def test_a_zero_that_a_spreadsheet_took_is_put_back(name: str, typed: str, value: str) -> None:
    found = normalize_id(name, typed, None, "VN")
    assert (found.value, found.flags) == (value, {"repaired"})


@pytest.mark.parametrize(
    ("name", "typed", "region", "reason"),
    [
        ("CCCD", "000000000000", "VN", "ids.placeholder"),
        ("CCCD", "123456789012", "VN", "ids.placeholder"),
        ("CCCD", "0790*****234", "VN", "ids.masked"),
        ("CCCD", "7.909E+10", "VN", "ids.scientific"),
        ("CCCD", "99909000123", "VN", "ids.invalid"),
        ("CMND", "0241234", "VN", "ids.invalid"),
        ("MST", "123", "VN", "ids.invalid"),
        ("SSN", "3241", "US", "ids.invalid"),
        ("SSN", "666-12-3456", "US", "ids.invalid"),
        ("passport", "-", "VN", "ids.empty"),
        ("passport", "không có", "VN", "ids.placeholder"),
    ],
)
def test_what_is_no_id_is_refused_with_its_reason(name: str, typed: str, region: str, reason: str) -> None:
    found = normalize_id(name, typed, None, region)
    assert (found.value, found.key, found.reason) == (None, False, reason)


def test_an_unknown_type_is_other_and_never_a_key() -> None:
    found = normalize_id("LOCKER_NUMBER", "A-12", None, "VN")
    assert (found.type, found.value, found.key, found.reason) == ("other", "A12", False, "ids.unknown_type")


def test_cards_join_only_inside_their_issuer() -> None:
    assert [normalize_id("loyalty", "LC-001", issuer, "VN").key for issuer in (None, "Chuỗi A")] == [False, True]


def test_every_synonym_leads_to_a_known_type() -> None:
    assert {row["type"] for row in read_table("id_types.tsv")} == set(TYPES)


def test_no_synonym_stands_twice() -> None:
    names = [row["name"] for row in read_table("id_types.tsv")]
    assert len(names) == len(set(names))


_TEXT = st.one_of(st.none(), st.text("0123456789AX*. -", max_size=14))


@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, "CMND", "cccd", "ssn", "mst", "loyalty", "?"]),
            _TEXT,
            st.sampled_from([None, "VN", "A"]),
        ),
        max_size=30,
    ),
    st.sampled_from(["VN", "US"]),
)
def test_bulk_agrees_with_the_reference(rows: list[tuple[str | None, str | None, str | None]], region: str) -> None:
    frame = pl.DataFrame(rows, schema={"type": pl.String, "value": pl.String, "issuer": pl.String}, orient="row")
    expected = []
    for name, text, issuer in rows:
        i = None if text is None else normalize_id(name, text, issuer, region)
        expected.append(
            (None,) * 7 if i is None else (i.type, i.value, i.issuer, i.cls, i.key, "|".join(sorted(i.flags)), i.reason)
        )
    assert normalize_ids(frame, region).rows() == expected


def test_a_tax_code_with_a_wrong_check_digit_is_kept_and_flagged() -> None:
    right, wrong = (normalize_id("MST", typed, None, "VN") for typed in ("0100109106", "0100109107"))
    assert (right.flags, wrong.value, set(wrong.flags)) == (frozenset(), "0100109107", {"check_digit"})
