"""Destinations at the same time: none holds up another, those into one system go one after another (behaviour 5.8)."""

from __future__ import annotations

import threading
import time

import pytest

from hub.flow.abreast import abreast
from hub.flow.slices import Others, Slice

PATIENCE = 5.0


def nothing() -> None:
    """Nobody is to be stopped."""


def test_one_that_hangs_holds_up_no_other():
    free = threading.Event()

    def work(name):
        return free.wait(PATIENCE) if name == "slow" else name

    told = abreast([["slow"], ["quick"], ["other"]], work, nothing)
    assert {next(told)[0], next(told)[0]} == {"quick", "other"}
    free.set()
    assert next(told) == ("slow", True)


def test_names_of_one_group_go_one_after_another():
    under_way, overlaps = [], []

    def work(name):
        overlaps.extend(under_way)
        under_way.append(name)
        time.sleep(0.01)
        under_way.remove(name)
        return name

    assert [name for name, _ in abreast([["a", "b", "c"]], work, nothing)] == ["a", "b", "c"]
    assert overlaps == []


def test_what_one_raises_comes_after_all_others_have_ended():
    def work(name):
        if name == "bad":
            raise ValueError(name)
        return name

    told = []
    with pytest.raises(ValueError, match="bad"):
        told.extend(abreast([["bad", "behind"], ["good"]], work, nothing))
    assert sorted(told) == [("behind", "behind"), ("good", "good")]


def test_when_nobody_listens_any_more_all_are_stopped_and_waited_for():
    others, ended = Others(), []

    def work(name):
        others.stopped.wait(PATIENCE if name == "slow" else 0)
        ended.append(name)
        return name

    told = abreast([["quick"], ["slow"]], work, others.stop)
    assert next(told)[0] == "quick"
    told.close()
    assert (others.stopped.is_set(), sorted(ended)) == (True, ["quick", "slow"])


def test_a_slice_ends_when_its_time_is_over_or_all_are_stopped():
    others = Others()
    assert Slice(0.0, others)()
    running = Slice(PATIENCE, others)
    assert not running()
    others.stop()
    assert running()


def test_waiting_for_the_turn_to_plan_does_not_count():
    others, turn = Others(), threading.Event()
    mine = Slice(0.05, others)

    def hold():
        with Slice(PATIENCE, others):
            turn.set()
            time.sleep(0.15)

    holder = threading.Thread(target=hold)
    holder.start()
    turn.wait(PATIENCE)
    with mine:
        over = mine()
    holder.join()
    assert not over
