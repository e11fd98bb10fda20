"""RELATED as an outcome of its own: relations between customers, visible and usable (3.2)."""

from __future__ import annotations

import io

import polars as pl
import pytest
from grown import customers, grow, load, person, settings_of
from sqlalchemy import insert

from hub.flow.explain import explain
from hub.flow.export import export
from hub.store import tables

SETTINGS = settings_of("pos", "shop", language="en")
LAN, HUNG, FIRM = "Nguyễn Thị Lan", "Trần Văn Hùng", "Công ty TNHH An Phát"
PHONE, EMAIL, TAX = "0912345678", "home@example.com", "0301234567"
HOME = {"addresses": [{"line": "12 Lê Lợi", "province": "Huế"}]}
T1, T2 = "2026-10-01T00:00:00.000Z", "2026-10-02T00:00:00.000Z"


def shown(store):
    """The export, the customers by the ids of their records."""
    out = io.BytesIO()
    export(store, "relations", "csv", out)
    rows = pl.read_csv(io.BytesIO(out.getvalue().removeprefix(b"\xef\xbb\xbf")), infer_schema=False)
    names = {golden_id: f"{source}:{one}" for (source, one), golden_id in customers(store).items()}
    return sorted((names[a], names[b], *rest) for a, b, *rest in rows.iter_rows())


def both(one, other, *rest):
    return [(one, other, *rest), (other, one, *rest)]


def pair(store, first=LAN, second=HUNG, *, phone=PHONE, email=None, **more):
    load(store, "pos", person("1", first, phone, email, T1, **more))
    load(store, "shop", person("7", second, phone, email, T2, **more))
    grow(store, SETTINGS)
    return store


def tax(value):
    return [{"type": "tax_code", "value": value, "issuer": "VN"}]


def test_people_on_one_phone_share_it_since_the_second_bears_it(store):
    assert shown(pair(store)) == both("pos:1", "shop:7", "shares_phone", "phone", "+84912345678", T2)


def test_people_of_one_street_address_are_a_household(store):
    assert {row[2] for row in shown(pair(store, **HOME))} == {"household"}


def test_one_province_is_no_household(store):
    assert {row[2] for row in shown(pair(store, addresses=[{"province": "Huế"}]))} == {"shares_phone"}


def test_people_on_one_mailbox_share_it(store):
    assert {row[2:5] for row in shown(pair(store, phone=None, email=EMAIL))} >= {("shares_email", "email", EMAIL)}


def test_a_person_with_a_companys_tax_code_is_related_to_the_employer(store):
    load(store, "pos", person("1", LAN, PHONE, None, T1, ids=tax(TAX)))
    load(store, "shop", person("7", FIRM, None, None, T2, ids=tax(TAX), kind="organisation", company_name=FIRM))
    grow(store, SETTINGS)
    assert {row[2:4] for row in shown(store)} == {("employer", "tax_code")}


def test_two_whom_a_person_parted_are_told_as_such(store):
    word = {"a": "pos:1", "b": "shop:7", "verdict": "different", "author": "an", "at": T1, "active": True}
    with store.begin() as conn:
        conn.execute(insert(tables.judgements).values(word))
    assert {row[2] for row in shown(pair(store, LAN, LAN))} == {"said_apart"}


def test_a_number_that_changed_hands_relates_its_holders(store):
    old, new = "2018-01-01T00:00:00.000Z", "2022-01-01T00:00:00.000Z"
    load(store, "pos", person("1", HUNG, PHONE, None, old))
    load(store, "shop", person("7", LAN, PHONE, None, new))
    grow(store, SETTINGS)
    assert shown(store) == both("pos:1", "shop:7", "reassigned", "phone", "+84912345678", new)


def test_one_customer_is_related_to_nobody(store):
    assert shown(pair(store, LAN, LAN)) == []


@pytest.mark.parametrize(("language", "word"), [("en", "share the phone number"), ("vi", "dùng chung số điện thoại")])
def test_explain_says_how_they_belong_together(store, language, word):
    (one,) = explain(pair(store), settings_of("pos", "shop", language=language), "pos:1")["related"]
    (told,) = one["relations"]
    assert (one["full_name"], told["kind"], told["since"]) == (HUNG, "shares_phone", T2)
    assert all(part in told["evidence"] for part in (LAN, HUNG, word, "+84912345678", "2026-10-02"))
