"""Vanished records: promises 1.5 and 1.6 of the design."""

from __future__ import annotations

from fakes import make_run, page, record
from landing_steps import land, rows, state_of

from hub.store import sources
from hub.store.tables import scopes


def sweep(name, *ids, complete=True, scope=""):
    return page([record(i) for i in ids], snapshot=name, complete=complete, scope=scope)


def test_a_vanished_record_is_missing_then_removed_by_a_second_sweep(store):
    land(store, sweep("s1", "a", "b", "c"), run=make_run(1))
    assert land(store, sweep("s2", "b", "c"), run=make_run(2)).removed == 0
    assert state_of(store) == "missing"
    assert land(store, sweep("s3", "b", "c"), run=make_run(3)).removed == 1
    assert state_of(store) == "removed"


def test_a_missing_record_seen_again_is_current(store):
    land(store, sweep("s1", "a", "b", "c"), run=make_run(1))
    land(store, sweep("s2", "b", "c"), run=make_run(2))
    land(store, sweep("s3", "a", "b", "c"), run=make_run(3))
    assert state_of(store) == "current"
    assert land(store, sweep("s4", "b", "c"), run=make_run(4)).removed == 0


def test_two_sweeps_of_one_run_do_not_confirm_each_other(store):
    land(store, sweep("s1", "a", "b", "c"), run=make_run(1))
    assert land(store, sweep("s2", "b", "c"), sweep("s3", "b", "c"), run=make_run(2)).removed == 0


def test_the_same_content_confirms_only_a_day_later(store):
    land(store, sweep("s1", "a", "b", "c"), run=make_run(1, day=1))
    land(store, sweep("s2", "b", "c"), run=make_run(2, day=1))
    assert land(store, sweep("s2", "b", "c"), run=make_run(3, day=1)).removed == 0
    assert land(store, sweep("s2", "b", "c"), run=make_run(4, day=3)).removed == 1


def test_an_unfinished_sweep_concludes_nothing(store):
    land(store, sweep("s1", "a", "b", "c"))
    land(store, sweep("s2", "b", complete=False), run=make_run(2))
    assert state_of(store) == "current"


def test_a_sweep_goes_on_in_a_later_run(store):
    land(store, sweep("s1", "a", "b", "c"))
    land(store, sweep("s2", "a", complete=False), run=make_run(2))
    land(store, sweep("s2", "b"), run=make_run(3))
    assert [state_of(store, i) for i in "abc"] == ["current", "current", "missing"]


def test_a_collapsed_sweep_removes_nothing_and_degrades(store):
    land(store, sweep("s1", "a", "b", "c", "d"), run=make_run(1))
    for number in (2, 3):
        report = land(store, sweep(f"s{number}", "a"), run=make_run(number))
        assert (report.status, report.removed) == ("degraded", 0)
        assert report.error["code"] == "pull.collapsed"
    assert state_of(store, "b") == "current"


def test_an_empty_sweep_removes_nothing(store):
    land(store, sweep("s1", "a"), run=make_run(1))
    assert land(store, sweep("s2"), run=make_run(2)).status == "degraded"


def test_a_sweep_of_one_file_leaves_other_files_alone(store):
    land(store, sweep("f1", "a", "b", scope="x.csv"), sweep("g1", "c", "d", scope="y.csv"))
    for number in (2, 3):
        land(store, sweep(f"f{number}", "a", scope="x.csv"), run=make_run(number))
    assert [state_of(store, i) for i in "abcd"] == ["current", "removed", "current", "current"]
    assert rows(store, scopes) == 2


def test_known_ids_are_those_of_the_scope(store):
    land(store, sweep("f1", "b", "a", scope="x.csv"), sweep("g1", "c", scope="y.csv"))
    assert list(sources.known_ids(store, "pos", "x.csv")) == ["a", "b"]
    assert list(sources.known_ids(store, "pos", "")) == ["a", "b", "c"]
