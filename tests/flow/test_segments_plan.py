"""Destinations that are meant for a segment: who is planned for, and who came or went since the last plan."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import make_run
from shop import Shop, golden, outlet, put_customer, put_record

from hub.errors import GuardError
from hub.flow.decide import decide
from hub.flow.plan import plan
from hub.settings.conditions import declared
from hub.store import plan_members

MEANT = {"asked": {"created": "<10d"}}


@pytest.fixture
def two(store):
    """Two customers whose names differ there."""
    for number, name in enumerate(("Nguyễn Thị Lan", "Trần Văn Hùng"), 1):
        put_customer(store, golden(f"g{number}", name))
        put_record(store, number, f"g{number}", {"source_id": str(number), "full_name": "Khác"})
    return store


def asked(store, tmp_path, day, name="asked", **table):
    """The shop as a destination for a segment, on a day of November 2026."""
    made = outlet(store, Shop(), tmp_path, only={"segment": name})
    settings = replace(made.settings, segments=declared({"asked": table or MEANT["asked"]}))
    return replace(made, settings=settings, run=make_run(day, day))


def test_only_members_are_planned_for(two, tmp_path):
    assert plan(asked(two, tmp_path, 2)).planned["update"] == 2
    assert plan(asked(two, tmp_path, 20)).planned["update"] == 0


def test_who_came_or_went_is_looked_at_although_nothing_of_theirs_changed(two, tmp_path):
    plan(asked(two, tmp_path, 20))
    later = plan(asked(two, tmp_path, 25, created=">10d"))
    assert later.planned["update"] == 2
    assert plan(asked(two, tmp_path, 26)).planned["update"] == 0


def test_what_the_last_plan_saw_and_a_whole_look_agree(two, tmp_path):
    for day in (5, 9, 15):
        here = asked(two, tmp_path, day)
        plan(here)
        with two.read() as conn:
            quick, thorough = decide(conn, here), decide(conn, here, thorough=True)
        assert {item.golden_id for item in quick.items} == {item.golden_id for item in thorough.items}


def test_one_of_several_segments_is_enough(two, tmp_path):
    assert plan(asked(two, tmp_path, 2, name=["companies", "asked"])).planned["update"] == 2


def test_members_are_kept_for_the_next_plan(two, tmp_path):
    plan(asked(two, tmp_path, 2))
    with two.read() as conn:
        assert plan_members.held(conn, "shop") == {"g1", "g2"}


def test_nothing_is_decided_before_segments_are_put_together(two, tmp_path):
    with two.read() as conn, pytest.raises(GuardError):
        decide(conn, asked(two, tmp_path, 2))
