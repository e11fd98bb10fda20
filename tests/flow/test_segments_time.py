"""Segments as days pass and data changes: what is kept up is what would be built anew."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, timedelta

import orjson
import pytest
from buyers import NOON, NOW, TODAY, Buyers, ago, order
from databases import fresh
from fakes import make_run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from steps import SETTINGS, decide, person, whose

from hub.errors import LockedError
from hub.flow import export, forget, judge, segments
from hub.flow.workspace import Workspace
from hub.settings.conditions import declared
from hub.store import notes, tables, traits
from hub.store.engine import open_store
from hub.store.segment_terms import birthdays

KEPT = (tables.traits, tables.purchases, tables.spending)


@pytest.fixture
def shop(store):
    return Buyers(store)


def kept(store):
    with store.read() as conn:
        return [sorted(map(tuple, conn.execute(select(table)))) for table in KEPT]


def number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def on(day: date) -> str:
    return f"{day}{NOON}"


def test_tomorrow_is_right_without_any_change(shop):
    shop.people("1", birth_date="1990-11-30")
    shop.buys("1", 60, 90, 120, 364)
    shop.deliver()
    assert shop.within(birthday="next 7d") == set()
    tomorrow = on(TODAY + timedelta(days=1))
    assert shop.within(tomorrow, birthday="next 7d") == {"1"}
    assert shop.within(lapsed={"times": 2, "least": "60d"}) == set()
    assert shop.within(tomorrow, lapsed={"times": 2, "least": "60d"}) == {"1"}


def test_what_leaves_the_last_365_days_is_spent_no_more(shop):
    shop.people("1")
    shop.buys("1", 364, 10)
    shop.deliver()
    assert shop.within(spent_year={"VND": "200000"}) == {"1"}
    assert shop.within(on(TODAY + timedelta(days=1)), spent_year={"VND": "100000"}) == {"1"}
    assert shop.within(on(TODAY + timedelta(days=400)), spent_year={"VND": "0"}) == {"1"}
    assert shop.within(NOW, spent_year={"VND": "200000"}) == {"1"}


@pytest.mark.parametrize(("zone", "who"), [("Asia/Ho_Chi_Minh", {"1"}), ("America/New_York", set())])
def test_the_shops_clock_says_which_day_it_is(shop, zone, who):
    shop.people("1", birth_date="1990-11-22")
    here = replace(SETTINGS, timezone=zone)
    assert shop.within("2026-11-21T18:00:00.000Z", here, birthday="today") == who


def test_another_time_zone_moves_purchases_to_its_days(shop):
    shop.people("1")
    shop.deliver(order("o1", "1", "2026-11-20T18:00:00.000Z"), order("o2", "1", "2026-11-21T03:00:00.000Z"))
    assert shop.within(last_order="<2d") == {"1"}
    shop.within(NOW, replace(SETTINGS, timezone="America/New_York"), orders=2)
    with shop.store.read() as conn:
        assert {row.day for row in conn.execute(select(tables.purchases))} == {number(date(2026, 11, 20))}
    shop.within(orders=2)
    with shop.store.read() as conn:
        assert {row.day for row in conn.execute(select(tables.purchases))} == {number(date(2026, 11, 21))}


@pytest.mark.parametrize(
    ("day", "kept_on"),
    [("2027-02-28", True), ("2027-03-01", False), ("2028-02-28", False), ("2028-02-29", True), ("2028-03-01", False)],
)
def test_who_was_born_on_a_leap_day_is_remembered_every_year(day, kept_on):
    assert ("02-29" in birthdays(number(date.fromisoformat(day)), 0)) is kept_on


def test_birthdays_go_on_over_the_end_of_the_year():
    assert birthdays(number(date(2026, 12, 30)), 3) == ["01-01", "01-02", "12-30", "12-31"]


def test_who_spent_the_same_has_the_same_rank(shop):
    people = [str(one) for one in range(1, 11)]
    shop.people(*people)
    for one in people:
        shop.buys(one, 5, total=1_000_000 if int(one) <= 3 else int(one))
    shop.deliver()
    assert shop.within(rank="top 10%") == {"1", "2", "3"}
    assert shop.within(rank="10%-40%") == {"10"}
    ranks = [shop.within(rank=text) for text in ("top 10%", "10%-40%", "40%-100%")]
    assert sorted(one for part in ranks for one in part) == sorted(people)


def test_currencies_are_never_added_together(shop):
    shop.people("1", "2")
    shop.buys("1", 3, total=600_000)
    shop.deliver(order("u1", "1", ago(3), 40_000, currency="USD"), order("u2", "2", ago(3), 99_999, currency="USD"))
    assert shop.within(spent={"VND": ">600000"}) == set()
    assert shop.within(spent={"VND": "600000", "USD": "400"}) == {"1"}
    assert shop.within(rank="top 50%") == {"1", "2"}


def test_new_orders_changed_orders_and_orders_that_change_hands_are_kept_up(shop):
    shop.people("1", "2")
    shop.deliver(order("o1", "1", ago(3), 100))
    assert shop.within(orders=1) == {"1"}
    shop.deliver(order("o2", "2", ago(2), 200))
    assert shop.within(orders=1) == {"1", "2"}
    shop.deliver(order("o1", "2", ago(3), 150))
    assert shop.within(orders=0) == {"1"}
    assert shop.within(spent={"VND": 350}) == {"2"}
    shop.deliver(order("o2", "2", ago(2), 200, kind="cancelled"))
    assert shop.within(spent={"VND": 150}) == {"2"}


def test_merged_customers_are_one_and_their_purchases_too(shop):
    shop.people("1", "2")
    shop.buys("1", 3)
    shop.buys("2", 9)
    shop.deliver()
    assert shop.within(orders=1) == {"1", "2"}
    decide(shop.store, judge.merge(SETTINGS, ["pos:1", "pos:2"]))
    assert len(shop.within(orders=2)) == 1
    assert shop.within(orders=1) == set()


def test_who_is_erased_is_in_nothing(shop, tmp_path):
    shop.people("1", "2", birth_date="1990-11-22")
    shop.buys("1", 3)
    shop.deliver()
    assert shop.within(birthday="today") == {"1", "2"}
    golden_id = whose(shop.store)["pos:1"]
    shop.deliver(order("o9", "1", ago(2)))
    place = Workspace(replace(SETTINGS, path=tmp_path / "hub.toml"), shop.store)
    forget.forget(place, make_run(90), golden_id, "asked", "an")
    with shop.store.read() as conn:
        assert all(conn.execute(select(t).where(t.c.golden_id == golden_id)).first() is None for t in KEPT)
        assert conn.execute(select(tables.dirty_buyers)).first() is None
    assert shop.within(birthday="today") == {"2"}


def test_anonymous_masked_staff_and_test_records_are_in_nothing(shop):
    kinds = {"1": "person", "3": "masked", "4": "staff", "5": "test"}
    shop.bring(
        person("2", "khách lẻ"),
        *[person(one, f"Lan {one}", f"091200000{one}", kind=kind) for one, kind in kinds.items()],
    )
    for one in ("2", *kinds):
        shop.buys(one, 1)
    shop.deliver()
    assert shop.within(orders=">=0") == {"1"}


def test_nothing_is_written_when_nothing_changed(shop):
    shop.people("1")
    shop.within(orders=0)
    with shop.store.read() as conn:
        before = traits.state(conn)
    shop.within(orders=0)
    with shop.store.read() as conn:
        assert traits.state(conn) == before
        assert traits.fresh(conn, SETTINGS.timezone, before["day"])


def test_an_export_holds_the_segment_alone(shop):
    shop.people("1", "2")
    shop.buys("1", 3, total=5_000_000)
    shop.deliver()
    here = replace(
        SETTINGS,
        segments=declared({"big": {"spent": {"VND": ">=4999999.5"}, "province": "x"}, "all_big": {"none": ["big"]}}),
    )
    for name, who in (("once", {"1"}), ("big", set()), ("all_big", {"1", "2"}), ("top", {"1"})):
        out = io.BytesIO()
        export.export(shop.store, "customers", "csv", out, among=segments.for_export(shop.store, here, name))
        told = {row["golden_id"] for row in csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig")))}
        assert {shop.ids()[one] for one in told} == who


def test_why_says_how_long_ago_and_how_often_before(shop):
    shop.people("1", birth_date="1990-11-25")
    shop.buys("1", 204, 235, 266, 297)
    shop.deliver()
    told = shop.why("1")
    assert told["lapsed"] == "Mua lần cuối 204 ngày trước, trước đây cứ 31 ngày một lần"
    assert told["birthday"] == "Sinh nhật 25/11, còn 3 ngày"
    assert told["top"] == "Mua 400.000 VND trong 365 ngày qua; trong 5% mua nhiều nhất"
    english = shop.why("1", settings=replace(SETTINGS, language="en"))
    assert english["lapsed"] == "Last bought 204 days ago, used to every 31 days"


def test_months_of_lapsing_say_how_many_and_what_they_used_to_spend(shop):
    shop.people("1", "2", "3")
    shop.buys("1", 204, 235, 266, 297)
    shop.buys("2", 800, 830, 860, total=1_000)
    shop.buys("3", 5)
    shop.deliver()
    shop.within(orders=0)
    told = segments.lapsed_by_month(shop.store, SETTINGS, "lapsed", NOW)
    assert [(one["month"], one["before"], one["customers"], one["worth"]) for one in told if one["customers"]] == [
        ("2025-12", True, 1, 3_000),
        ("2026-08", False, 1, 400_000),
    ]


STEP = st.tuples(st.sampled_from(["people", "buys", "returns", "moves", "day"]), st.integers(1, 4), st.integers(0, 800))


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, min_size=2, max_size=5))
def test_what_is_kept_up_is_what_would_be_built_anew(request, store_kind, tmp_path_factory, steps):
    with fresh(request, store_kind, tmp_path_factory.mktemp("hunt") / "data") as url:
        store = open_store(url)
        shop, now = Buyers(store), TODAY
        shop.people("1", "2")
        segments.ready(store, SETTINGS, on(now))
        for count, (what, who, days) in enumerate(steps):
            now = _step(shop, now, what, str(who), days, count)
            segments.ready(store, SETTINGS, on(now))
        held = kept(store)
        traits.build(store, SETTINGS.timezone, number(now))
        assert kept(store) == held
        store.dispose()


def _step(shop, now, what, who, days, count):
    if what == "people":
        shop.people(who, tags=[str(days)])
    elif what == "day":
        return now + timedelta(days=days)
    else:
        name = "o0" if what == "moves" else f"o{count}"
        shop.deliver(order(name, who, ago(days), days * 10, kind="return" if what == "returns" else "sale"))
    return now


def test_a_removed_record_takes_its_customer_out(shop):
    shop.people("1", "2")
    assert shop.within(orders=0) == {"1", "2"}
    shop.bring(gone=["1"])
    assert shop.within(orders=0) == {"2"}


def test_of_two_that_put_them_together_at_once_the_later_goes_on(shop, monkeypatch):
    shop.people("1")
    real = traits._after

    def meanwhile(conn, last):
        notes.put(conn, traits.NOTE, orjson.dumps({"by": "another"}).decode())
        return real(conn, last)

    with monkeypatch.context() as patch:
        patch.setattr(traits, "_after", meanwhile)
        assert not traits.build(shop.store, SETTINGS.timezone, number(TODAY))
        with pytest.raises(LockedError):
            segments.ready(shop.store, SETTINGS, NOW)
    assert shop.within(orders=0) == {"1"}


def test_who_looks_while_the_store_is_written_sees_what_stood(shop, monkeypatch):
    shop.people("1")
    shop.within(orders=0)
    monkeypatch.setattr(segments, "PATIENCE", 0.05)
    with shop.store.begin() as conn:
        notes.put(conn, "some", "thing")
        assert segments.ready(shop.store, SETTINGS, on(TODAY + timedelta(days=1)), wait=False)


def test_a_run_keeps_them_up_once_somebody_has_asked(shop):
    shop.people("1")
    segments.keep_up(shop.store, SETTINGS, NOW)
    assert not segments.standing(shop.store, SETTINGS)
    shop.within(orders=0)
    shop.people("2")
    segments.keep_up(shop.store, SETTINGS, NOW)
    with shop.store.read() as conn:
        assert traits.fresh(conn, SETTINGS.timezone, number(TODAY))
