"""Numbers that changed hands, over the real steps: whose a recycled number is, where it is shown, and how that may end."""

from __future__ import annotations

import io

import orjson
import polars as pl
import pytest
from fakes import record
from grown import customers, grow, load, person, settings_of
from once import once
from sqlalchemy import select

from hub.flow.explain import explain
from hub.flow.export import export
from hub.store import tables

SETTINGS = settings_of("pos", "shop", language="en")
PHONE, E164 = "0912345678", "+84912345678"
OLD = {"created_at": "2018-01-01T00:00:00.000Z"}
NEW = {"created_at": "2022-01-01T00:00:00.000Z"}


def old_holder(**more):
    return person("1", "Trần Văn Hùng", PHONE, None, "2019-01-01T00:00:00.000Z", **{**OLD, **more})


def new_holder(**more):
    return person("7", "Nguyễn Thị Lan", PHONE, None, "2023-01-01T00:00:00.000Z", **{**NEW, **more})


def sale(at, told):
    return record("o1", told, kind="sale", customer_source_id="1", at=at, currency="VND", total=1, paid=1)


@pytest.fixture
@once
def shop(store):
    load(store, "pos", old_holder())
    load(store, "shop", new_holder())
    grow(store, SETTINGS)
    return store


def golden(store, source, source_id):
    golden_id = customers(store)[source, source_id]
    with store.read() as conn:
        row = conn.execute(select(tables.customers).where(tables.customers.c.golden_id == golden_id)).mappings().one()
    return row["phone"], orjson.loads(row["doc"])["phones"][0]


def lost(store):
    with store.read() as conn:
        return [(row.value, row.until[:10], row.since[:10]) for row in conn.execute(select(tables.reassigned))]


def test_identifiers_are_dated_by_the_sources_own_times(shop):
    with shop.read() as conn:
        times = select(tables.identifiers.c.first_seen, tables.identifiers.c.last_seen)
        assert sorted(tuple(one) for one in conn.execute(times)) == [
            ("2018-01-01T00:00:00.000Z", "2019-01-01T00:00:00.000Z"),
            ("2022-01-01T00:00:00.000Z", "2023-01-01T00:00:00.000Z"),
        ]


def test_a_value_that_comes_later_is_no_older_than_its_version(store):
    load(store, "pos", old_holder())
    later = person("1", "Trần Văn Hùng", "0938271564", None, "2020-05-01T00:00:00.000Z", **OLD)
    load(store, "pos", later, number=2)
    with store.read() as conn:
        assert conn.scalar(select(tables.identifiers.c.first_seen)) == "2020-05-01T00:00:00.000Z"


def test_the_present_holder_has_the_phone_and_the_former_one_shows_it_as_reassigned(shop):
    assert golden(shop, "shop", "7")[0] == E164
    phone, shown = golden(shop, "pos", "1")
    assert phone is None
    assert (shown["value"], shown["flags"], shown["shared_with"]) == (E164, ["reassigned"], 0)


def test_a_look_up_by_phone_finds_the_present_holder(shop):
    assert explain(shop, SETTINGS, PHONE)["golden"]["golden_id"] == customers(shop)["shop", "7"]


@pytest.mark.parametrize(("language", "words"), [("en", "changed hands"), ("vi", "đã đổi chủ")])
def test_the_change_of_hands_is_told_with_its_dates(shop, language, words):
    told = explain(shop, settings_of("pos", "shop", language=language), "pos:1")["refusals"]
    assert [one["reason"] for one in told] == ["reassigned"]
    assert all(part in told[0]["evidence"] for part in (words, "2019-01-01", "2022-01-01", E164))


def test_every_phone_once_reaches_the_present_holder_only(shop):
    out = io.BytesIO()
    export(shop, "customers", "csv", out, one_per_phone=True)
    rows = pl.read_csv(io.BytesIO(out.getvalue().removeprefix(b"\xef\xbb\xbf")), infer_schema=False)
    assert rows.select("golden_id", "phone").rows() == [(customers(shop)["shop", "7"], E164)]


def test_a_new_holder_who_comes_later_takes_the_phone(store):
    load(store, "pos", old_holder())
    grow(store, SETTINGS)
    assert golden(store, "pos", "1")[0] == E164
    load(store, "shop", new_holder(), number=2)
    grow(store, SETTINGS, 2)
    assert golden(store, "pos", "1")[0] is None
    assert lost(store) == [(E164, "2019-01-01", "2022-01-01")]


def test_the_former_holder_seen_again_shares_the_phone(shop):
    again = person("1", "Trần Văn Hùng", PHONE, None, "2022-06-01T00:00:00.000Z", **OLD, note="back")
    load(shop, "pos", again, number=2)
    grow(shop, SETTINGS, 2)
    assert lost(shop) == []
    assert golden(shop, "pos", "1")[1]["shared_with"] == 1


def test_an_order_says_that_the_former_holder_is_still_there_until_it_is_gone(shop, monkeypatch):
    monkeypatch.setattr("hub.flow.match.FULL_SHARE", 2.0)
    load(shop, "pos", orders=(sale("2022-06-01T00:00:00.000Z", "2022-06-01T00:00:00.000Z"),), number=2)
    grow(shop, SETTINGS, 2)
    assert (lost(shop), golden(shop, "shop", "7")[0]) == ([], None)
    load(shop, "pos", orders=(sale("2018-06-01T00:00:00.000Z", "2022-06-02T00:00:00.000Z"),), number=3)
    grow(shop, SETTINGS, 3)
    assert (lost(shop), golden(shop, "shop", "7")[0]) == ([(E164, "2019-01-01", "2022-01-01")], E164)


def test_one_address_says_that_they_are_a_household(store):
    home = {"addresses": [{"line": "12 Lê Lợi", "province": "Huế"}]}
    load(store, "pos", old_holder(**home))
    load(store, "shop", new_holder(**home))
    grow(store, SETTINGS)
    assert lost(store) == []
