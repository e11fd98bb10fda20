"""Hypothesis strategies for golden records: few customers, records full of contradictions, and their frames."""

from __future__ import annotations

import orjson
import polars as pl
from hypothesis import strategies as st

from hub.matching.normalize.name import parse_name

T = [None, "2025-01-01T00:00:00.000Z", "2025-06-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"]
FIELDS = [
    "full_name",
    "gender",
    "birth_date",
    "tags",
    "addresses",
    "consents",
    "note",
    "extra",
    "family_name",
    "company_name",
]
NAMES = [
    None,
    "Nguyễn Thị Lan",
    "NGUYỄN THỊ LAN",
    "nguyen thi lan",
    "Nguyen Thi Lan",
    "chị Lan",
    "Lan",
    "Bob Smith",
    "ROBERT J SMITH",
    "Nguyễn Thị Lân",
    "王杰",
    "ray o'hare ii",
]
RECORDS = {
    "golden_id": pl.String,
    "rid": pl.Int64,
    "source": pl.String,
    "source_id": pl.String,
    "code": pl.String,
    "kind": pl.String,
    "full_name": pl.String,
    "family_name": pl.String,
    "given_name": pl.String,
    "honorific": pl.String,
    "name_key": pl.String,
    "company_name": pl.String,
    "company_key": pl.String,
    "birth_date": pl.String,
    "gender": pl.String,
    "customer_type": pl.String,
    "doc": pl.String,
    "since": pl.String,
    "first_at": pl.String,
    "echo": pl.String,
}
IDENTIFIERS = {
    "rid": pl.Int64,
    "type": pl.String,
    "value": pl.String,
    "issuer": pl.String,
    "class": pl.String,
    "use": pl.String,
    "key": pl.Boolean,
    "flags": pl.String,
    "national": pl.String,
    "last_seen": pl.String,
}
times = st.sampled_from(T)
texts = st.sampled_from([None, "a", 'b "quoted"', "c\\d", 'é\n,"x":null,}'])
addresses = st.fixed_dictionaries(
    {},
    optional={
        "line": st.sampled_from(["12 Lê Lợi", "12 LÊ LỢI", "5 Hùng Vương"]),
        "ward": st.just("Phường 5"),
        "province": st.sampled_from(["Huế", "Hà Nội"]),
        "country": st.just("VN"),
    },
)
consents = st.fixed_dictionaries(
    {
        "purpose": st.sampled_from(["marketing", "service", "all"]),
        "channel": st.sampled_from(["email", "sms", "all", "zalo"]),
        "status": st.sampled_from(["granted", "withdrawn", "refused", "unknown"]),
    },
    optional={"address": st.sampled_from(["+84900000001", "a@example.com"]), "at": st.sampled_from(T[1:])},
)
lists_of_text = st.lists(st.sampled_from(["vip", "mới", "sỉ"]), max_size=3)
documents = st.fixed_dictionaries(
    {},
    optional={
        "tags": lists_of_text,
        "stores": lists_of_text,
        "note": texts.filter(bool),
        "tier": st.sampled_from(["gold", "silver"]),
        "addresses": st.lists(addresses, max_size=2),
        "consents": st.lists(consents, max_size=3),
        "cleared": st.lists(
            st.sampled_from(["gender", "note", "birth_date", "full_name", "tags"]), max_size=2, unique=True
        ),
        "extra": st.dictionaries(st.sampled_from(["size", "pet"]), st.sampled_from(["M", "cat", ""]), max_size=2),
    },
)


@st.composite
def a_record(draw, rid):
    name = parse_name(draw(st.sampled_from(NAMES)) or "")
    company = draw(st.sampled_from([None, None, "Công ty An Phú", "CÔNG TY AN PHÚ", "Cong ty An Phu"]))
    echo = draw(st.one_of(st.just([]), st.lists(st.sampled_from(FIELDS), max_size=3, unique=True)))
    since = draw(st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(T[1:]), max_size=3))
    return {
        "golden_id": draw(st.sampled_from(["g1", "g2", "g3"])),
        "rid": rid,
        "source": draw(st.sampled_from(["pos", "shop", "mail"])),
        "source_id": f"{rid:03d}",
        "code": draw(st.sampled_from([None, f"KH{rid}"])),
        "kind": draw(st.sampled_from(["person"] * 4 + ["organisation", "anonymous"])),
        "full_name": name.display,
        "family_name": name.family,
        "given_name": name.tokens[-1] if name.tokens else None,
        "honorific": name.honorific,
        "name_key": name.key,
        "company_name": company,
        "company_key": company and "an phu",
        "birth_date": draw(st.sampled_from([None, None, "1990", "--05-06", "1990-01-01", "1990-05-06", "1990-05"])),
        "gender": draw(st.sampled_from([None, "male", "female"])),
        "customer_type": draw(st.sampled_from([None, "business"])),
        "doc": orjson.dumps({"source_id": f"{rid:03d}", **draw(documents)}).decode(),
        "since": orjson.dumps(since).decode() if since else None,
        "first_at": draw(times),
        "echo": orjson.dumps(echo).decode() if echo else None,
    }


@st.composite
def an_identifier(draw, rid):
    type_, value, class_, national = draw(
        st.sampled_from(
            [
                ("phone", "+84900000001", "mobile", "0900000001"),
                ("phone", "+84900000002", "mobile", "0900000002"),
                ("phone", "+842838251234", "landline", "02838251234"),
                ("email", "a@example.com", "personal", None),
                ("email", "info@example.com", "role", None),
                ("email_weak", "a@example.com", "personal", None),
                ("national_id", "001099000001", "cccd", None),
                ("loyalty", "77", None, None),
            ]
        )
    )
    return {
        "rid": rid,
        "type": type_,
        "value": value,
        "issuer": draw(st.sampled_from(["", "VN"])),
        "class": class_,
        "use": draw(st.sampled_from(["own", "own", "work", "recipient", "other"])),
        "key": draw(st.sampled_from([True, True, False])),
        "flags": draw(st.sampled_from(["", "", "", "echo", "ambiguous_legacy|migrated", "migrated", "placeholder"])),
        "national": national,
        "last_seen": draw(times),
    }


ENTERED = {"purpose": "marketing", "channel": "sms", "address": "+84900000001", "status": "withdrawn", "at": None}
"""A consent that a person entered."""


@st.composite
def customers(draw):
    """(members, identifiers, shared, pins, said)."""
    size = draw(st.integers(1, 7))
    members = [draw(a_record(rid)) for rid in range(1, size + 1)]
    borne = [draw(an_identifier(rid)) for rid in range(1, size + 1) for _ in range(draw(st.integers(0, 3)))]
    shared = draw(st.sampled_from([[], [("phone", "+84900000001", 2)], [("email", "a@example.com", 3)]]))
    pins = draw(st.sampled_from([{}, {}, {"g1": {"full_name": "Pinned Name", "note": "x"}, "g9": {"note": "y"}}]))
    return (
        pl.DataFrame(members, schema=RECORDS),
        pl.DataFrame(borne, schema=IDENTIFIERS).unique(["rid", "type", "value", "issuer"]),
        pl.DataFrame(shared, schema={"type": pl.String, "value": pl.String, "customers": pl.Int64}, orient="row"),
        pins,
        draw(st.sampled_from([{}, {"g1": [ENTERED], "g9": [ENTERED]}, {"g2": [ENTERED | {"status": "granted"}]}])),
    )
