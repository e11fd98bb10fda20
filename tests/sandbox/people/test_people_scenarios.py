"""Every scenario is there, documented, and what it says it is."""

from __future__ import annotations

import polars as pl
import pytest

from hub.sandbox.people import World, tables
from hub.sandbox.people.scenarios import scenarios

NAMES = [row["name"] for row in tables.rows("scenarios")]


def of(world: World, scenario: str, source: str | None = None) -> pl.DataFrame:
    rows = world.records.filter(pl.col("scenario") == scenario)
    return rows if source is None else rows.filter(pl.col("source") == source)


def test_the_table_repeats_each_functions_own_sentence() -> None:
    told = {row["name"]: row["what"] for row in tables.rows("scenarios")}
    assert told == {scenario.name: scenario.make.__doc__ for scenario in scenarios()}


def test_every_function_that_makes_records_stands_in_the_table() -> None:
    from hub.sandbox.people.scenarios import _ROOMS

    makers = {
        name
        for room in _ROOMS
        for name, value in vars(room).items()
        if getattr(value, "__module__", "") == room.__name__
        and list(getattr(value, "__annotations__", {})) == ["draw", "count", "return"]
        and not name.startswith("_")
    }
    assert makers == set(NAMES)


def test_the_shares_of_persons_sum_to_all_of_them() -> None:
    assert sum(scenario.share for scenario in scenarios() if scenario.persons) == pytest.approx(10_000, rel=0.01)


@pytest.mark.parametrize("name", NAMES)
def test_a_world_of_2000_people_holds_the_scenario_with_its_answer(world: World, name: str) -> None:
    answer = next(scenario.answer for scenario in scenarios() if scenario.name == name)
    cases = of(world, name).group_by("case").agg(pl.col("cluster").n_unique().alias("who"))["who"]
    assert len(cases) > 0
    assert (cases == 1).all() if answer == "join" else (cases > 1).all()


def test_nine_in_ten_people_are_vietnamese(world: World) -> None:
    people = world.records.filter(pl.col("cluster").str.starts_with("p")).unique("cluster")
    assert 0.88 < len(people.filter(pl.col("country") == "VN")) / len(people) < 0.92


def test_hundreds_of_nameless_walk_ins_bear_the_shops_own_phone(world: World) -> None:
    rows = of(world, "shop_phone")
    assert rows["cluster"].n_unique() == len(rows) >= 200


def test_one_guest_has_sixty_orders(world: World) -> None:
    assert of(world, "guest_many_orders", "guest")["orders"].to_list() == [60]


def test_a_family_shares_one_phone_and_no_name(world: World) -> None:
    case = of(world, "family_phone").filter(pl.col("case") == 0)
    assert case["cluster"].n_unique() == case["name"].n_unique() == 3


def test_old_prefixes_give_eleven_digits_at_the_till(world: World) -> None:
    assert of(world, "old_prefixes", "pos")["phone"].str.contains(r"^01\d{9}$").all()


def test_lost_zeros_give_nine_digits_in_the_sheet(world: World) -> None:
    assert of(world, "lost_zeros", "events")["phone"].str.contains(r"^[35789]\d{8}$").all()


def test_destroyed_phones_of_two_people_read_alike(world: World) -> None:
    assert of(world, "scientific_notation", "events")["phone"].unique().to_list() == ["8.49E+10"]


def test_five_colleagues_bear_their_employers_tax_code(world: World) -> None:
    counts = of(world, "employers_tax_code").group_by("tax_code").len()["len"]
    assert (counts == 5).all()


def test_a_swapped_date_has_day_and_month_exchanged(world: World) -> None:
    rows = of(world, "swapped_day_and_month").pivot("source", index="case", values="birth")
    turned = rows["events"].str.replace(r"(\d{4})-(\d\d)-(\d\d)", "$1-$3-$2")
    assert turned.to_list() == rows["pos"].to_list()


def test_a_mothers_name_is_on_her_childs_orders_only(world: World) -> None:
    rows = of(world, "mothers_phone_on_delivery")
    assert set(rows.filter(pl.col("recipient").is_not_null())["source"]) == {"guest", "pos"}
