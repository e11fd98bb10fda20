"""What the hub makes of a customer keeps schemas/golden_customer.v1.json."""

from __future__ import annotations

import orjson
import polars as pl
import pytest

from hub import contracts
from hub.matching.codes import customer_code, uuid7
from hub.matching.contacts import Borne
from hub.matching.customer import Member
from hub.matching.golden import golden
from hub.model import FIELDS, LIST_FIELDS
from hub.settings import Survivorship

NAME = "golden_customer.v1"
MEMBER_COLUMNS = [name for name in Member._fields if name not in ("doc", "since", "echo")]
BORNE_COLUMNS = [name.removesuffix("_") for name in Borne._fields]
TEXT = ["golden_id", *(name for name in Member._fields if name != "rid")]
AT = "2026-11-21T10:00:00.000Z"
GOLDEN_ID = uuid7(1, 1_795_000_000_000, bytes(range(10)))[0]
FULL_DOC = {
    "source_id": "KH1", "tier": "Vàng", "points": "120", "debt": "0", "owner": "Hoa", "referrer": "KH2",
    "occupation": "giáo viên", "note": "gọi sau 5 giờ", "stores": ["Quận 1"], "groups": ["VIP"],
    "interests": ["trà"], "tags": ["cũ"], "extra": {"size": "M"},
    "addresses": [{"line": "1 Lê Lợi", "ward": "Bến Nghé", "district": "Quận 1", "province": "TP Hồ Chí Minh", "country": "VN"}],
    "consents": [{"purpose": "marketing", "channel": "sms", "status": "granted", "at": AT, "address": "+84912345678"}],
}  # fmt: skip


def member(rid, source, doc=FULL_DOC, **values):
    row = dict.fromkeys(MEMBER_COLUMNS) | {
        "golden_id": GOLDEN_ID, "rid": rid, "source": source, "source_id": f"KH{rid}", "kind": "person",
        "doc": orjson.dumps(doc).decode(), "since": None, "echo": None, "first_at": AT,
    }  # fmt: skip
    return row | values


def borne(rid, type_, value, class_=None, **values):
    row = dict.fromkeys(BORNE_COLUMNS) | {
        "rid": rid, "type": type_, "value": value, "issuer": "", "class": class_, "use": "own", "flags": "", "key": True,
        "last_seen": AT,
    }  # fmt: skip
    return {key: cell for key, cell in (row | values).items() if key != "source"}


FULL = {
    "code": "KH001", "full_name": "Nguyễn Thị Lan", "family_name": "Nguyễn", "given_name": "Lan", "honorific": "chị",
    "name_key": "lan nguyen thi", "company_name": "Công ty An", "company_key": "an", "birth_date": "1990-02-03",
    "gender": "female",
    "customer_type": "individual",
}  # fmt: skip
BORNE = [
    borne(1, "phone", "+84912345678", "mobile", national="0912 345 678", flags="migrated"),
    borne(2, "phone", "+842838251234", "landline", national="028 3825 1234", use="work"),
    borne(1, "email", "lan@example.com", "personal"),
    borne(2, "email", "info@example.vn", "role"),
    borne(1, "national_id", "001190012345", "cccd"),
    borne(2, "loyalty", "778", issuer="shop"),
]


def documents(members, identifiers=BORNE):
    types = {"rid": pl.Int64, "key": pl.Boolean}
    frame = golden(
        pl.DataFrame(members, schema_overrides=types | dict.fromkeys(TEXT, pl.String)),
        pl.DataFrame(identifiers, schema_overrides=types, infer_schema_length=None)
        if identifiers
        else pl.DataFrame(schema={name: pl.String for name in BORNE_COLUMNS if name != "source"} | types),
        Survivorship(),
    )
    own = {"status": "active", "version": 1, "created_at": AT, "updated_at": AT}
    return [
        orjson.loads(doc) | own | {"golden_id": golden_id, "customer_code": customer_code([golden_id])[0]}
        for golden_id, doc in frame.select("golden_id", "doc").iter_rows()
    ]


def breaches(document):
    return [(found.path, found.code) for found in contracts.explain(NAME, document)]


def test_a_full_customer_keeps_the_schema():
    (document,) = documents([member(1, "pos", **FULL), member(2, "shop", **FULL)])
    assert breaches(document) == []


def test_a_full_customer_says_everything_that_the_schema_names():
    (document,) = documents([member(1, "pos", **FULL), member(2, "shop", **FULL)])
    assert set(document) == set(contracts.schema(NAME)["properties"])


def test_a_customer_of_whom_nothing_is_known_keeps_the_schema():
    (document,) = documents([member(1, "pos", {"source_id": "KH1"}, kind="anonymous")], [])
    assert breaches(document) == []


@pytest.mark.parametrize("birth", ["1990", "1990-02", "--02-03"])
def test_a_birth_date_known_in_part_keeps_the_schema(birth):
    (document,) = documents([member(1, "pos", **FULL | {"birth_date": birth})])
    assert breaches(document) == []


def test_every_canonical_field_has_its_place_in_the_schema():
    assert set(FIELDS) | set(LIST_FIELDS) <= set(contracts.schema(NAME)["properties"])


def test_the_schema_is_not_satisfied_by_anything():
    (document,) = documents([member(1, "pos", **FULL)])
    assert breaches(document | {"phone": "0912345678"}) == [("", "additionalProperties")]
