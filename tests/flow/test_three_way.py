"""The three-way merge of one field: what was sent last, what we hold, what stands there (behaviour 5.3)."""

from __future__ import annotations

import pytest

from hub.flow.three_way import Sides, merge

A, B, C = "Lan", "Hoa", "Mai"
OLD, NEW = "2026-09-01T00:00:00.000Z", "2026-10-20T00:00:00.000Z"


def told(owner, ours, theirs, **more):
    verdict = merge(Sides(owner, ours, theirs, **more))
    return verdict.what if verdict.what != "conflict" else verdict.reason


def sent(owner, ours, theirs, base, **more):
    return told(owner, ours, theirs, base=base, sent=True, **more)


@pytest.mark.parametrize("owner", ["hub", "destination", "fill_if_blank", "newest"])
def test_equal_values_are_nothing_to_do_whoever_owns_them(owner):
    assert (told(owner, A, A), sent(owner, A, A, B)) == ("nothing", "nothing")


@pytest.mark.parametrize("owner", ["hub", "fill_if_blank", "newest"])
def test_no_value_of_ours_takes_nothing_away(owner):
    assert (told(owner, None, A), sent(owner, None, A, A), sent(owner, None, A, B)) == ("nothing",) * 3


def test_a_field_of_the_hub_is_written_over_an_edit_there():
    assert sent("hub", A, B, A) == "write"


def test_a_field_of_the_destination_is_never_written():
    assert (told("destination", A, None), sent("destination", A, B, C)) == ("nothing", "nothing")


def test_a_blank_is_filled_once_and_stays_blank_when_somebody_clears_it():
    assert (told("fill_if_blank", A, None), sent("fill_if_blank", A, None, A)) == ("write", "nothing")


def test_a_filled_value_is_never_replaced_by_a_newer_one_of_ours():
    assert sent("fill_if_blank", B, A, A) == "nothing"


@pytest.mark.parametrize(
    ("times", "what"),
    [
        ((NEW, OLD), "write"),
        ((OLD, NEW), "nothing"),
        ((NEW, NEW), "nothing"),
        ((NEW, None), "write"),
        ((None, OLD), "nothing"),
    ],
)
def test_the_newest_value_wins_by_its_own_time_and_one_without_a_time_is_older(times, what):
    assert told("newest", A, B, times=lambda: times) == what


def test_two_values_without_times_are_a_conflict():
    assert told("newest", A, B) == "no_times"


def test_a_value_that_only_we_changed_is_written_and_one_that_only_they_changed_stands():
    assert (sent("newest", A, B, B), sent("newest", A, B, A)) == ("write", "nothing")


def test_both_changed_and_no_times_to_tell_is_a_conflict():
    assert sent("newest", A, B, C, times=lambda: (NEW, None)) == "both_changed"


def test_both_changed_with_times_is_decided_by_them():
    assert sent("newest", A, B, C, times=lambda: (NEW, OLD)) == "write"


def test_what_a_person_pinned_settles_a_conflict():
    assert sent("newest", A, B, C, pinned=True) == "write"


@pytest.mark.parametrize("owner", ["hub", "fill_if_blank", "newest"])
class TestAstray:
    """The value that was sent belonged to a record that is another customer's now."""

    def test_our_own_value_takes_its_place(self, owner):
        assert sent(owner, B, A, A, astray=True) == "write"

    def test_without_one_what_stood_there_before_comes_back(self, owner):
        verdict = merge(Sides(owner, None, A, base=A, before=C, sent=True, astray=True))
        assert (verdict.what, verdict.value) == ("back", C)

    def test_a_value_that_was_blank_before_is_cleared(self, owner):
        verdict = merge(Sides(owner, None, A, base=A, before=None, sent=True, astray=True))
        assert (verdict.what, verdict.value) == ("back", None)

    def test_what_cannot_be_cleared_there_is_a_conflict(self, owner):
        assert sent(owner, None, A, A, astray=True, clears=False) == "cannot_clear"

    def test_an_edit_there_since_is_never_overwritten(self, owner):
        assert sent(owner, B, C, A, astray=True, times=lambda: (OLD, NEW)) in ("nothing", "edited_since")


def test_an_edit_of_a_field_of_ours_since_a_wrong_merge_is_shown_as_a_conflict():
    assert sent("hub", B, C, A, astray=True) == "edited_since"


def test_an_edit_of_a_field_of_the_destination_stays_even_then():
    assert sent("destination", B, A, A, astray=True) == "nothing"
