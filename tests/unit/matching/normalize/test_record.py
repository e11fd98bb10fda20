"""Whole records: frames as other rooms read them, kinds, keys, refusals."""

from collections.abc import Mapping

import orjson
import pytest
from made_rows import identifiers, normalized, one, phone

from hub.matching.normalize import canonical_frame, normalize_records
from hub.matching.normalize.record_names import compose
from hub.model import IDENTIFIER_COLUMNS, RECORD_COLUMNS, REFUSAL_COLUMNS


def test_frames_have_the_columns_of_the_model() -> None:
    found = normalized({"full_name": "Nguyễn Thị Lan"})
    assert (tuple(found.records.columns), tuple(found.identifiers.columns), tuple(found.refusals.columns)) == (
        RECORD_COLUMNS,
        IDENTIFIER_COLUMNS,
        REFUSAL_COLUMNS,
    )


def test_no_rows_give_no_rows() -> None:
    found = normalize_records(canonical_frame([]), region="VN")
    assert (found.records.height, found.identifiers.height, found.refusals.height) == (0, 0, 0)


def test_every_record_stays_in_its_place() -> None:
    rows = [{"full_name": f"Nguyễn Thị Lan {n}"} if n % 2 else {} for n in range(20)]
    assert normalized(*rows).records["source_id"].to_list() == [str(n) for n in range(20)]


# kinds


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"full_name": "Nguyễn Thị Lan"}, "person"),
        ({"full_name": "Khách lẻ", "phones": phone("0987123456")}, "person"),
        ({"full_name": "Khách lẻ"}, "anonymous"),
        ({}, "anonymous"),
        ({"full_name": "Khách lẻ", "phones": phone("19006600")}, "anonymous"),
        ({"full_name": "Khách lẻ", "phones": phone("0987654321")}, "anonymous"),
        ({"full_name": "Khách lẻ", "phones": phone("0987123456", "recipient")}, "anonymous"),
        ({"full_name": "Cửa hàng Hoa"}, "anonymous"),
        ({"full_name": "n***n", "phones": phone("09****567")}, "masked"),
        ({"full_name": "Lan", "phones": phone("09****567")}, "person"),
        ({"full_name": "Lan", "kind": "masked"}, "masked"),
        ({"full_name": "Hoa", "kind": "Nhân viên"}, "staff"),
        ({"full_name": "Nhân viên Hoa"}, "staff"),
        ({"full_name": "test"}, "test"),
        ({"full_name": "test", "phones": phone("0987123456")}, "person"),
        ({"full_name": "Công ty TNHH ABC"}, "organisation"),
        ({"company_name": "Cty CP XYZ"}, "organisation"),
        ({"full_name": "Nguyễn Văn Hùng", "company_name": "Cty ABC"}, "person"),
        ({"full_name": "Nguyễn Văn Hùng", "customer_type": "doanh nghiệp"}, "organisation"),
        ({"full_name": "Hùng", "kind": "company"}, "organisation"),
    ],
)
def test_kinds(row: Mapping[str, object], kind: str) -> None:
    assert one(**row)["kind"] == kind


# names


def test_honorific_and_notes_are_kept_apart_from_the_name() -> None:
    found = one(full_name="chị Nguyễn Thị Lan - khách quen")
    assert (found["full_name"], found["honorific"], orjson.loads(str(found["doc"]))["note"]) == (
        "Nguyễn Thị Lan",
        "chị",
        "khách quen",
    )


@pytest.mark.parametrize(
    ("family", "given", "whole"),
    [
        ("Nguyễn Thị", "Lan", "Nguyễn Thị Lan"),
        ("Smith", "John", "John Smith"),
        ("Nguyễn", "Nguyễn Thị Lan", "Nguyễn Thị Lan"),
    ],
)
def test_a_full_name_is_put_together_from_its_parts(family: str, given: str, whole: str) -> None:
    assert (compose(family, given), one(family_name=family, given_name=given)["full_name"]) == (whole, whole)


def test_a_single_part_is_the_whole_name() -> None:
    assert one(given_name="Nguyễn Thị Lan")["full_name"] == "Nguyễn Thị Lan"


def test_an_organisation_has_a_key_without_its_form() -> None:
    found = one(full_name="CÔNG TY TNHH ABC")
    assert (found["company_name"], found["company_key"], found["customer_type"]) == (
        "CÔNG TY TNHH ABC",
        "abc",
        "business",
    )


# identifiers


def test_a_phone_joins_when_it_is_the_customers_own() -> None:
    assert identifiers(phones=phone("0912 345 678")) == [("phone", "+84912345678", "mobile", True, "")]


@pytest.mark.parametrize(
    ("cell", "use"), [("0912345678", "recipient"), ("0912345678", "work"), ("0912345678", "?"), ("19001234", "own")]
)
def test_other_phones_are_kept_and_do_not_join(cell: str, use: str) -> None:
    assert [row[3] for row in identifiers(phones=phone(cell, use))] == [False]


def test_an_unknown_use_is_other() -> None:
    assert normalized({"phones": phone("0912345678", "zzz")}).identifiers["use"].to_list() == ["other"]


def test_the_shops_own_phone_is_flagged_and_does_not_join() -> None:
    assert identifiers(phones=phone("(028) 3825.1234")) == [
        ("phone", "+842838251234", "landline", False, "landline|own")
    ]


@pytest.mark.parametrize("address", ["cskh@cuahang.vn", "lan@cuahang.vn"])
def test_the_shops_own_addresses_do_not_join(address: str) -> None:
    assert [row[3:] for row in identifiers(emails=[{"value": address}])] == [(False, "own")]


def test_an_address_brings_its_weaker_key() -> None:
    assert identifiers(emails=[{"value": "Ma.ria@gmail.com"}]) == [
        ("email", "ma.ria@gmail.com", "personal", True, ""),
        ("email_weak", "maria@gmail.com", "personal", True, ""),
    ]


def test_an_email_made_from_a_phone_is_that_phone() -> None:
    assert identifiers(emails=[{"value": "0912345678@gmail.com"}]) == [
        ("phone", "+84912345678", "mobile", True, "from_email")
    ]


def test_a_masked_phone_is_kept_masked_and_never_joins() -> None:
    assert identifiers(phones=phone("09****567")) == [("phone", "09****567", "unknown", False, "masked")]


def test_placeholders_leave_no_trace() -> None:
    found = normalized(
        {
            "phones": phone("0999999999"),
            "emails": [{"value": "no@email.com"}],
            "ids": [{"type": "CCCD", "value": "000000000000"}],
        }
    )
    assert (found.identifiers.height, found.refusals.height) == (0, 0)


def test_a_value_given_twice_counts_once_and_as_own() -> None:
    found = normalized(
        {"phones": [*phone("0912345678", "recipient"), *phone("+84 912 345 678"), *phone("0912.345.678", "work")]}
    )
    assert found.identifiers.select("value", "use").rows() == [("+84912345678", "own")]


@pytest.mark.parametrize(
    ("updated", "flags"),
    [("2016-05-01T00:00:00.000Z", "ambiguous_legacy"), ("2020-05-01T00:00:00.000Z", ""), (None, "")],
)
def test_a_mobile_may_be_an_old_landline_only_on_an_old_record(updated: str | None, flags: str) -> None:
    assert [row[3:] for row in identifiers(phones=phone("08 3825 1234"), updated_at=updated)] == [(flags == "", flags)]


def test_ids_may_be_written_with_their_type() -> None:
    assert identifiers(ids=[{"value": "PASSPORT_NUMBER:C1234568"}]) == [("passport", "C1234568", "passport", True, "")]
