"""Whole records: what is refused, the document, frames in."""

from collections.abc import Mapping

import orjson
import polars as pl
from made_rows import OWN, normalized, one, phone

from hub.contracts import validate_rows
from hub.matching.normalize import Own, canonical_frame, normalize_records

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
