"""Golden values on small customers: behaviour 4.3, 4.4, 4.7."""

from __future__ import annotations

import orjson
import polars as pl
import pytest
from made_customers import IDENTIFIERS, RECORDS

from hub.matching.golden import SCHEMA, golden, shared_values
from hub.matching.normalize.name import parse_name
from hub.settings import Survivorship


def _record(rid, name=None, *, at=None, source="pos", doc=None, golden_id="g1", **more):
    said = parse_name(name or "")
    values = {
        "golden_id": golden_id, "rid": rid, "source": source, "source_id": f"{rid:03d}", "kind": "person",
        "full_name": said.display,
        "name_key": said.key, "family_name": said.family, "doc": orjson.dumps(doc or {}).decode(), "first_at": at,
    } | more  # fmt: skip
    return {key: values.get(key) for key in RECORDS}


def _borne(rid, value, *, type_="phone", class_="mobile", at="2026-01-01T00:00:00.000Z", use="own", flags=""):
    values = {
        "rid": rid, "type": type_, "value": value, "issuer": "", "class": class_, "use": use, "key": True, "flags": flags,
        "national": "0" + value[3:] if type_ == "phone" else None, "last_seen": at,
    }  # fmt: skip
    return {key: values[key] for key in IDENTIFIERS}


def _golden(records, borne=(), settings=Survivorship(), **more):  # noqa: B008
    frame = golden(
        pl.DataFrame(records, schema=RECORDS), pl.DataFrame(list(borne), schema=IDENTIFIERS), settings, **more
    )
    return [
        row | {"doc": orjson.loads(row["doc"]), "provenance": orjson.loads(row["provenance"])}
        for row in frame.to_dicts()
    ]


def _one(*args, **more):
    return _golden(*args, **more)[0]


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["Lan", "Nguyễn Thị Lan"], "Nguyễn Thị Lan"),
        (["Nguyen Thi Lan", "Nguyễn Thị Lan", "Nguyen Thi Lan"], "Nguyễn Thị Lan"),
        (["NGUYEN THI LAN", "Nguyen Thi Lan"], "Nguyen Thi Lan"),
        (["NGUYỄN THỊ LAN"], "Nguyễn Thị Lan"),
        (["NGUYỄN THỊ LAN", "Nguyen Thi Lan"], "Nguyễn Thị Lan"),
        (["R Roderick", "Ray Roderick"], "Ray Roderick"),
        ([None, "chị Lan"], "Lan"),
    ],
)
def test_the_full_name(names, shown):
    for order in (names, names[::-1]):
        assert _one([_record(n, name) for n, name in enumerate(order)])["full_name"] == shown


def test_the_trusted_source_decides_before_time():
    records = [
        _record(1, gender="male", at="2026-01-01", source="shop"),
        _record(2, gender="female", at="2020-01-01", source="pos"),
    ]
    row = _one(records, settings=Survivorship(("pos", "shop")))
    assert (row["gender"], row["provenance"]["gender"]) == ("female", {"rid": 2, "rule": "source_priority"})


def test_a_rule_of_the_settings_replaces_the_default():
    records = [
        _record(1, gender="male", at="2026-01-01", source="shop"),
        _record(2, gender="female", at="2020-01-01", source="pos"),
    ]
    assert _one(records, settings=Survivorship(("pos", "shop"), {"gender": ("most_recent",)}))["gender"] == "male"


def test_the_time_of_a_changed_value_is_its_own():
    records = [
        _record(1, customer_type="individual", at="2020-01-01", since='{"customer_type":"2026-01-01"}'),
        _record(2, customer_type="business", at="2025-01-01"),
    ]
    assert _one(records)["customer_type"] == "individual"


def test_an_echo_wins_nothing():
    records = [
        _record(1, gender="male", at="2026-01-01", echo='["gender"]'),
        _record(2, gender="female", at="2020-01-01"),
    ]
    assert _one(records)["gender"] == "female"


def test_null_says_nothing_but_cleared_speaks():
    older, newer = _record(1, gender="male", at="2020-01-01"), _record(2, at="2026-01-01")
    assert _one([older, newer])["gender"] == "male"
    assert _one([older, _record(2, at="2026-01-01", doc={"cleared": ["gender"]})])["gender"] is None


def test_a_pin_stands_above_all():
    row = _one([_record(1, "Nguyễn Thị Lan")], pins={"g1": {"full_name": "bà LAN"}})
    assert (row["full_name"], row["provenance"]["full_name"]) == ("bà LAN", {"rule": "pinned"})


def test_family_and_given_name_come_from_the_record_of_the_full_name():
    records = [_record(1, "Lan", given_name="Lan", family_name="Sai"), _record(2, "Nguyễn Thị Lan", given_name="Lan")]
    assert _one(records)["doc"]["family_name"] == "Nguyễn"


@pytest.mark.parametrize(
    ("dates", "shown"),
    [
        (["1990", "1990-05-06"], "1990-05-06"),
        (["1990-01-01", "1990-05-06"], "1990-05-06"),
        (["--05-06", "1990"], "--05-06"),
    ],
)
def test_the_birth_date_that_says_most(dates, shown):
    for order in (dates, dates[::-1]):
        assert _one([_record(n, birth_date=date) for n, date in enumerate(order)])["birth_date"] == shown


@pytest.mark.parametrize(
    ("date", "parts"),
    [
        ("1990-05-06", [1990, 5, 6]),
        ("1990-05", [1990, 5, None]),
        ("1990", [1990, None, None]),
        ("--05-06", [None, 5, 6]),
    ],
)
def test_the_parts_of_a_birth_date(date, parts):
    doc = _one([_record(1, birth_date=date)])["doc"]
    assert [doc.get(name) for name in ("birth_year", "birth_month", "birth_day")] == parts


def test_the_primary_phone_is_the_own_mobile_used_last():
    borne = [
        _borne(1, "+84900000001", at="2025-01-01"), _borne(2, "+84900000002", at="2026-01-01"),
        _borne(2, "+842838251234", class_="landline", at="2026-05-01"),
        _borne(1, "+84900000003", use="recipient", at="2026-06-01"),
    ]  # fmt: skip
    row = _one([_record(1), _record(2)], borne)
    assert (row["phone"], row["phone_national"]) == ("+84900000002", "0900000002")
    assert row["phones"].split("|")[0] == "+84900000002"


@pytest.mark.parametrize(
    ("borne", "shared"),
    [
        (_borne(1, "+84900000001", use="recipient"), []),
        (_borne(1, "+842838251234", class_="landline"), []),
        (_borne(1, "+84900000001"), [("phone", "+84900000001", 2)]),
        (_borne(1, "+84900000001", flags="ambiguous_legacy"), []),
    ],
    ids=["recipient", "landline", "shared", "doubtful"],
)
def test_no_primary_phone_is_better_than_a_wrong_one(borne, shared):
    frame = pl.DataFrame(shared, schema={"type": pl.String, "value": pl.String, "customers": pl.Int64}, orient="row")
    row = _one([_record(1)], [borne], shared=frame)
    assert (row["phone"], row["phones"]) == (None, borne["value"])


@pytest.mark.parametrize("flag", ["echo", "placeholder", "masked", "own"])
def test_values_that_are_not_the_customers_are_not_shown(flag):
    row = _one([_record(1)], [_borne(1, "+84900000001", flags=f"{flag}|migrated")])
    assert row["phones"] is None


def test_a_contact_tells_where_it_is_from_and_who_else_bears_it():
    shared = pl.DataFrame({"type": ["phone"], "value": ["+84900000001"], "customers": [3]})
    borne = [_borne(1, "+84900000001", flags="migrated"), _borne(2, "+84900000001", at="2026-03-01")]
    records = [_record(1), _record(2, source="shop")]
    assert _one(records, borne, shared=shared)["doc"]["phones"] == [
        {
            "flags": ["migrated"], "last_seen": "2026-03-01", "national": "0900000001", "primary": False, "shared_with": 2,
            "sources": ["pos", "shop"], "type": "mobile", "use": "own", "value": "+84900000001",
        }
    ]  # fmt: skip


def test_an_organisation_may_be_reached_at_its_office():
    borne = [_borne(1, "info@example.com", type_="email", class_="role")]
    assert _one([_record(1, kind="organisation")], borne)["email"] == "info@example.com"
    assert _one([_record(1)], borne)["email"] is None


def test_addresses_are_gathered_once_and_the_fullest_is_first():
    records = [
        _record(1, doc={"addresses": [{"line": "12 Lê Lợi"}]}),
        _record(2, doc={"addresses": [{"line": "5 Hùng Vương", "province": "Huế"}, {"line": "12 LÊ LỢI"}]}),
    ]
    row = _one(records)
    assert (row["address"], row["province"]) == ("5 Hùng Vương, Huế", "Huế")
    assert row["doc"]["addresses"] == [{"line": "5 Hùng Vương", "province": "Huế"}, {"line": "12 Lê Lợi"}]


def test_a_withdrawal_anywhere_shows_in_the_column():
    consent = {"purpose": "marketing", "channel": "email"}
    records = [_record(1, doc={"consents": [consent | {"status": s}]}) | {"rid": n, "source_id": str(n)}
               for n, s in enumerate(("granted", "withdrawn"))]  # fmt: skip
    assert _one(records)["marketing_email"] == "withdrawn"


def test_the_records_of_a_customer_are_listed_in_order():
    row = _one([_record(2, source="shop"), _record(1, code="KH1")])
    assert row["doc"]["records"] == [
        {"code": "KH1", "source": "pos", "source_id": "001"},
        {"source": "shop", "source_id": "002"},
    ]
    assert (row["record_count"], row["sources"]) == (2, "pos|shop")


def test_provenance_of_one_record_is_told_once():
    assert _one([_record(7, "Nguyễn Thị Lan")])["provenance"] == {"*": {"rid": 7, "rule": "only"}}


def test_the_digest_follows_the_document():
    same, other = _one([_record(1, "Nguyễn Thị Lan")]), _one([_record(1, "Trần Văn Hùng")])
    assert same["digest"] == _one([_record(1, "Nguyễn Thị Lan")])["digest"] != other["digest"]


def test_customers_cut_into_chunks_are_decided_the_same(monkeypatch):
    records = [_record(n, "Nguyễn Thị Lan", golden_id=f"g{n // 2}") for n in range(9)]
    borne = [_borne(n, f"+8490000000{n}") for n in range(0, 9, 3)]
    whole = _golden(records, borne)
    monkeypatch.setattr("hub.matching.golden.CHUNK", 2)
    assert _golden(records, borne) == whole


def test_no_members_give_no_rows():
    assert golden(pl.DataFrame(schema=RECORDS), pl.DataFrame(schema=IDENTIFIERS), Survivorship()).schema == pl.Schema(
        SCHEMA
    )


def test_shared_values_count_customers_that_bear_them_as_their_own():
    rows = [
        ("g1", "person", "phone", "+1", "own", ""), ("g2", "person", "phone", "+1", "own", ""),
        ("g2", "person", "phone", "+1", "own", ""),
        ("g3", "person", "phone", "+2", "own", ""), ("g1", "person", "phone", "+2", "recipient", ""),
        ("g4", "staff", "phone", "+2", "own", ""), ("g5", "person", "phone", "+2", "own", "echo"),
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=["golden_id", "kind", "type", "value", "use", "flags"], orient="row")
    assert shared_values(frame).rows() == [("phone", "+1", 2)]
