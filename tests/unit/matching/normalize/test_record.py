"""Whole records: frames as other rooms read them, kinds, keys, refusals."""

from collections.abc import Mapping

import orjson
import polars as pl
import pytest

from hub.contracts import validate_rows
from hub.matching.normalize import Normalized, Own, canonical_frame, normalize_records, own_of
from hub.matching.normalize.record_names import compose
from hub.model import IDENTIFIER_COLUMNS, RECORD_COLUMNS, REFUSAL_COLUMNS

OWN = own_of(["1900 6600", "028 3825 1234", "cskh@cuahang.vn", "@cuahang.vn"], "VN", ["Cửa hàng Hoa"])


def normalized(*rows: Mapping[str, object], own: Own = OWN) -> Normalized:
    numbered = [{"source_id": str(n), **row} for n, row in enumerate(rows)]
    return normalize_records(canonical_frame(numbered), region="VN", own=own)


def one(**row: object) -> dict[str, object]:
    return normalized(row).records.row(0, named=True)


def phone(value: str, use: str = "own") -> list[dict[str, str]]:
    return [{"value": value, "use": use}]


def identifiers(**row: object) -> list[tuple[object, ...]]:
    return normalized(row).identifiers.select("type", "value", "class", "key", "flags").rows()


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


# refusals


def test_one_bad_field_does_not_take_the_record() -> None:
    found = normalized(
        {
            "full_name": "Lan",
            "phones": [*phone("0912345678"), *phone("8.49E+10")],
            "birth_date": "31/02/1990",
            "gender": "qwe",
            "emails": [{"value": "lan@"}],
            "extra": "[1]",
        }
    )
    assert found.refusals.sort("field").rows() == [
        ("0", "birth_date", "date.invalid", 0),
        ("0", "emails", "email.invalid", 0),
        ("0", "extra", "extra.invalid", 0),
        ("0", "gender", "gender.unknown", 0),
        ("0", "phones", "phone.scientific", 1),
    ]
    assert found.identifiers["value"].to_list() == ["+84912345678"]


def test_an_id_of_an_unknown_type_is_kept_as_other_and_reported() -> None:
    found = normalized({"ids": [{"type": "LOCKER", "value": "A-12"}]})
    assert (found.identifiers.select("type", "value", "key").rows(), found.refusals["code"].to_list()) == (
        [("other", "A12", False)],
        ["ids.unknown_type"],
    )


def test_a_name_in_an_old_encoding_that_is_not_certain_is_refused() -> None:
    assert normalized({"full_name": "Nguy?n Th? Lan"}).refusals["code"].to_list() == ["name.lost_letters"]


# document


FULL: Mapping[str, object] = {
    "code": "KH01",
    "full_name": "Lan",
    "phones": [*phone("0912345678"), *phone("0987123456", "recipient")],
    "emails": [{"value": "Lan@Example.VN"}],
    "birth_date": "3/2/1990",
    "gender": "Nữ",
    "addresses": [{"line": "1 Lê Lợi", "province": "TP HCM"}, {}],
    "ids": [{"type": "CCCD", "value": "79090001234"}],
    "tags": [" a ", "a", "b"],
    "points": 12.0,
    "extra": {"z": 1, "a": None},
    "consents": [{"purpose": "marketing", "channel": "SMS", "address": "0912 345 678", "status": "đồng ý"}],
    "note": ' "một" \\\nhai ',
    "updated_at": "2026-01-01T00:00:00.000Z",
    "cleared": ["birth_date"],
}


def test_the_document_holds_the_whole_record_in_normal_form() -> None:
    assert orjson.loads(str(one(**FULL)["doc"])) == {
        "source_id": "0",
        "code": "KH01",
        "kind": "person",
        "full_name": "Lan",
        "given_name": "Lan",
        "phones": [{"use": "own", "value": "+84912345678"}, {"use": "recipient", "value": "+84987123456"}],
        "emails": [{"use": "own", "value": "lan@example.vn"}],
        "birth_date": "1990-02-03",
        "gender": "female",
        "addresses": [{"line": "1 Lê Lợi", "province": "Hồ Chí Minh"}],
        "tags": ["a", "b"],
        "points": "12",
        "ids": [{"issuer": "VN", "type": "national_id", "value": "079090001234"}],
        "extra": {"a": None, "z": 1},
        "consents": [{"purpose": "marketing", "channel": "sms", "address": "+84912345678", "status": "granted"}],
        "note": '"một" \\\nhai',
        "updated_at": "2026-01-01T00:00:00.000Z",
        "cleared": ["birth_date"],
    }


def test_documents_keep_the_schema() -> None:
    docs = normalized(FULL, {}, {"full_name": "Công ty TNHH ABC"}).records["doc"].to_list()
    assert validate_rows("source_record.v1", docs) == []


def test_documents_have_sorted_keys() -> None:
    text = str(one(**FULL)["doc"])
    assert text == orjson.dumps(orjson.loads(text), option=orjson.OPT_SORT_KEYS).decode()


def test_a_canonical_row_leaves_out_what_it_does_not_say() -> None:
    assert one()["doc"] == '{"kind":"anonymous","source_id":"0"}'


# frames in


def test_missing_columns_are_null() -> None:
    found = normalize_records(pl.DataFrame({"source_id": ["1"], "full_name": ["Lan"]}), region="VN")
    assert found.records.select("source_id", "full_name", "kind").rows() == [("1", "Lan", "person")]


def test_the_result_does_not_depend_on_the_chunks() -> None:
    rows = [{"full_name": f"Lan {n}", "phones": phone(f"09{n:08d}")} for n in range(12345678, 12345698)]
    whole = normalized(*rows)
    half = [
        normalize_records(
            canonical_frame([{"source_id": str(n), **row} for n, row in enumerate(rows)][cut]), region="VN", own=OWN
        )
        for cut in (slice(0, 7), slice(7, None))
    ]
    assert whole.identifiers.equals(pl.concat([h.identifiers for h in half]))
    assert whole.records.equals(pl.concat([h.records for h in half]))


def test_own_is_read_from_texts() -> None:
    assert (
        Own(
            frozenset({"+8419006600", "+842838251234"}),
            frozenset({"cskh@cuahang.vn"}),
            frozenset({"cuahang.vn"}),
            frozenset({"Cửa hàng Hoa"}),
        )
        == OWN
    )


def test_a_value_given_twice_stays_at_its_own_use_and_moves_no_other() -> None:
    phones = [
        {"value": "0912345678", "use": "recipient"},
        {"value": "0977123456", "use": "recipient"},
        {"value": "0912345678", "use": "own"},
    ]
    found = normalize_records(canonical_frame([{"source_id": "1", "phones": phones}]), region="VN").identifiers
    assert found.select("value", "use").rows() == [("+84977123456", "recipient"), ("+84912345678", "own")]
