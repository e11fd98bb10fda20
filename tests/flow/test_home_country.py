"""An address that names no country is at home: no difference, and no country is emptied at a system that keeps one."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from shop import SHOP, Shop, golden, outlet, put_customer, put_record
from sqlalchemy import select

from hub.flow.plan import plan
from hub.flow.push import push
from hub.store import tables

ABLE = replace(SHOP, write_fields=frozenset({"full_name", "address"}), requires=frozenset())
LINE = {"line": "1 Lê Lợi", "province": "Hà Nội"}


def planned(store, shop, tmp_path, ours, theirs, region="VN"):
    """The plan for one customer whose golden address is `ours`, with a record there that holds `theirs` ({}: none)."""
    put_customer(store, golden("g1", "Nguyễn Thị Lan", email="lan@example.vn", addresses=[ours]))
    held = {"source_id": "1", "full_name": "Nguyễn Thị Lan", "addresses": [theirs] if theirs else []}
    put_record(store, 1, "g1", held)
    shop.rows["1"] = dict(held)
    return reached(store, shop, tmp_path, region)


def reached(store, shop, tmp_path, region="VN", number=1):
    to = outlet(store, shop, tmp_path, number, fields={"full_name": "hub", "address": "hub"})
    source = replace(to.settings.sources["shop"], region=region)
    to = replace(to, capabilities=ABLE, settings=replace(to.settings, sources={"shop": source}))
    return to, plan(to)


def addresses(store, plan_id):
    with store.read() as conn:
        rows = conn.scalars(select(tables.plan_items.c.changes).where(tables.plan_items.c.plan_id == plan_id))
        return [orjson.loads(row).get("address") for row in rows]


@pytest.mark.parametrize(
    ("ours", "theirs"), [(LINE, {**LINE, "country": "VN"}), ({**LINE, "country": "VN"}, LINE)], ids=["ours", "theirs"]
)
def test_the_home_country_named_on_one_side_only_is_no_difference(store, tmp_path, ours, theirs):
    _, report = planned(store, Shop(), tmp_path, ours, theirs)
    assert [one for one in addresses(store, report.plan_id) if one] == []


def test_another_street_goes_out_with_the_country_that_stands_there(store, tmp_path):
    _, report = planned(store, Shop(), tmp_path, LINE, {"line": "9 Hai Bà Trưng", "country": "VN"})
    assert addresses(store, report.plan_id)[0][1] == {**LINE, "country": "VN"}


def test_a_country_abroad_is_a_difference(store, tmp_path):
    _, report = planned(store, Shop(), tmp_path, LINE, {**LINE, "country": "US"})
    assert addresses(store, report.plan_id)[0][1] == {**LINE, "country": "VN"}


def test_a_system_of_another_region_gets_no_country_that_nobody_named(store, tmp_path):
    _, report = planned(store, Shop(), tmp_path, LINE, {}, region="US")
    assert addresses(store, report.plan_id)[0][1] == LINE


def test_after_it_was_sent_nothing_more_is(store, tmp_path):
    shop = Shop()
    to, report = planned(store, shop, tmp_path, LINE, {})
    push(to, report, yes=True)
    assert [write.fields["address"] for write in shop.writes] == [{**LINE, "country": "VN"}]
    _, report = reached(store, shop, tmp_path, number=2)
    assert [one for one in addresses(store, report.plan_id) if one] == []


class Countryless(Shop):
    """Keeps all of an address but the country."""

    def _one(self, write, mood):
        told = super()._one(write, mood)
        kept = {part: text for part, text in write.fields["address"].items() if part != "country"}
        self.rows["1"]["addresses"] = [kept]
        return told


def test_a_lost_answer_is_read_back_where_the_country_is_not_kept(store, tmp_path):
    shop = Countryless()
    shop.moods = ["swallow"]
    to, report = planned(store, shop, tmp_path, LINE, {})
    push(to, report, yes=True)
    to, report = reached(store, shop, tmp_path, number=2)
    push(to, report, yes=True)
    assert len(shop.writes) == 1
