"""Organisations' names: told from people, keyed without their forms."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.matching.normalize.company import company_key, is_company, organisation_type, parse_companies


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Công ty TNHH ABC", "abc"),
        ("CTY ABC", "abc"),
        ("cong ty tnhh abc", "abc"),
        ("CÔNG TY CỔ PHẦN Hoa Sen", "hoa sen"),
        ("Công ty TNHH MTV Hoa Sen", "hoa sen"),
        ("Công ty TNHH Một Thành Viên Hoa Sen", "hoa sen"),
        ("CTY TNHH TM-DV ABC", "abc"),
        ("Công ty TNHH Thương mại và Dịch vụ ABC", "abc"),
        ("CN Cty TNHH ABC", "abc"),
        ("DNTN Minh Phát", "minh phat"),
        ("HKD Nguyễn Thị Lan", "nguyen thi lan"),
        ("Acme, Inc.", "acme"),
        ("ACME Co., Ltd", "acme"),
        ("Acme GmbH", "acme"),
        ("Acme Pte. Ltd.", "acme"),
        ("Acme S.A.", "acme"),
        ("Müller & Söhne GmbH", "muller sohne"),
        ("Acme LLC", "acme"),
        ("Universal Exports", "universal exports"),
        ("Công ty TNHH", None),
        ("", None),
        ("...", None),
        ("3A Plus", "3a plus"),
    ],
)
def test_the_key_leaves_company_forms_out(text: str, key: str | None) -> None:
    assert company_key(text) == key


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Công ty TNHH ABC", "business"),
        ("cty Hoa Sen", "business"),
        ("HKD Minh Phát", "business"),
        ("Acme Ltd", "business"),
        ("Acme GmbH", "business"),
        ("Tạp hóa Cô Ba", "business"),
        ("UBND phường Bến Nghé", "government"),
        ("Ủy ban nhân dân quận 1", "government"),
        ("Sở Y tế Hà Nội", "government"),
        ("Trường THPT Lê Lợi", "government"),
        ("Trường Mầm non Hoa Mai", "government"),
        ("Bệnh viện Bạch Mai", "government"),
        ("Hội Chữ thập đỏ Quận 3", "charity"),
        ("Quỹ Bảo trợ trẻ em", "charity"),
        ("Hội Khuyến học xã", "charity"),
    ],
)
def test_the_type_of_an_organisation_is_told(text: str, kind: str) -> None:
    assert organisation_type(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "Nguyễn Thị Lan", "Trường Giang", "Hội", "Lan Ngo", "Charity Smith", "Quan Văn Trường", "Sở", "Công", "Trung Tâm",
        "Robert Smith", "Đại Học", "Thái Công", "Nguyễn Công Ty Na", "Anna Inca", "chị Lan", "Quỹ Lan", "Group",
    ],
)  # fmt: skip
def test_people_are_no_organisations(text: str) -> None:
    if text == "Nguyễn Công Ty Na":
        assert organisation_type(text) == "business"
    else:
        assert not is_company(text)


def test_a_column_is_read_in_its_order_with_nulls() -> None:
    frame = parse_companies(pl.Series(["cty ABC", None, "Lan", "cty ABC"]))
    assert frame.rows() == [
        ("abc", True, "business"),
        (None, False, None),
        ("lan", False, None),
        ("abc", True, "business"),
    ]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.text(max_size=15), st.sampled_from(["Acme Ltd", "UBND xã", "Công ty"])), max_size=8
    )
)
def test_a_column_agrees_with_one_text_at_a_time(texts: list[str | None]) -> None:
    expected = [
        (company_key(t), is_company(t), organisation_type(t)) if t is not None else (None, False, None) for t in texts
    ]
    assert parse_companies(pl.Series(texts, dtype=pl.String)).rows() == expected


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=25))
def test_a_key_is_its_own_key_or_loses_more(text: str) -> None:
    key = company_key(text)
    assert key is None or (key == " ".join(key.split()) and key == key.lower())
