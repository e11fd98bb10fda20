"""Walking a list that people edit: nothing is lost, marks come from data, sweeps know when they are whole."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.connectors.kit.feeds import follow
from hub.connectors.kit.paging import Batch, Row, Window, back, read, window_from
from hub.errors import PermanentError, TransientError

NOW = "2026-11-21T10:00:00.000Z"


def rows_of(ids, changed=None):
    return [Row(str(n), {"id": n}, changed, n) for n in ids]


def fetch_from(held, size, before=lambda: None):
    def fetch(position):
        before()
        return Batch(rows_of(held[position : position + size]), len(held), NOW)

    return fetch


def ids(steps):
    return {row.id for batch, _ in steps for row in batch.rows}


def test_a_quiet_list_is_read_once():
    steps = list(read(fetch_from(list(range(23)), 10), Window(), 10, overlap=2))
    assert [row.id for batch, _ in steps for row in batch.rows] == [str(n) for n in range(23)]
    assert steps[-1][1].done
    assert not steps[-1][1].short


def test_an_empty_list_ends_at_once():
    steps = list(read(fetch_from([], 10), Window(), 10))
    assert len(steps) == 1
    assert steps[0][1].done


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_deleted_and_added_between_pages_rows_that_stay_are_seen(data):
    held = list(range(0, data.draw(st.integers(0, 80))))
    stays = set(held)

    def edit():
        for _ in range(data.draw(st.integers(0, 6))):
            if held and data.draw(st.booleans()):
                stays.discard(held.pop(data.draw(st.integers(0, len(held) - 1))))
        held.extend(range(1000 + len(held) * 7, 1000 + len(held) * 7 + data.draw(st.integers(0, 2))))

    walk = read(fetch_from(held, 10, edit), Window(), 10, overlap=3)
    try:
        steps = [step for step, _ in zip(walk, range(200), strict=False)]
    except TransientError:
        return
    assert ids(steps) >= {str(n) for n in stays}


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 60), st.integers(0, 8), st.sets(st.integers(0, 59)))
def test_a_walk_resumed_from_a_stored_cursor_loses_nothing(count, stop, gone):
    held = list(range(count))
    first = []
    for n, step in enumerate(read(fetch_from(held, 10), Window(), 10, overlap=3)):
        first.append(step)
        if n == stop:
            break
    window = window_from(json.loads(json.dumps(first[-1][1].to_json())))
    left = [n for n in held if n not in gone]
    rest = list(read(fetch_from(left, 10), window, 10, overlap=3))
    assert ids(first) | ids(rest) >= {str(n) for n in left}


def test_a_vendor_that_ignores_the_position_is_found_out():
    with pytest.raises(PermanentError) as caught:
        list(read(lambda position: Batch(rows_of(range(10)), 1000, NOW), Window(), 10, overlap=2))
    assert caught.value.code == "paging"


def test_a_list_that_ends_before_its_total_is_short():
    def fetch(position):
        return Batch(rows_of(list(range(15))[position : position + 10]), 99, NOW)

    steps = list(read(fetch, Window(), 10, overlap=2))
    assert ids(steps) == {str(n) for n in range(15)}
    assert steps[-1][1].short


def test_a_vendor_that_caps_its_pages_is_read_to_the_end():
    steps = list(read(fetch_from(list(range(50)), 7), Window(), 10, overlap=2))
    assert ids(steps) == {str(n) for n in range(50)}


def test_rows_without_an_id_still_count_as_places():
    def fetch(position):
        held = [None if n == 3 else n for n in range(14)][position : position + 10]
        good = [n for n in held if n is not None]
        return Batch(rows_of(good), 14, NOW, skipped=len(held) - len(good))

    steps = list(read(fetch, Window(), 10, overlap=2))
    assert len(ids(steps)) == 13
    assert not steps[-1][1].short


def feed(changes, state=None, **how):
    """One pass of a feed over rows with these times of change."""
    asked = []

    def fetch(since, position):
        asked.append(since)
        held = [Row(str(n), {}, at, n) for n, at in enumerate(changes) if since is None or at >= since]
        return Batch(held[position : position + 10], len(held), NOW)

    steps = list(follow(fetch, state, size=10, **how))
    return steps, asked


def test_the_mark_is_the_newest_change_seen():
    steps, _ = feed(["2026-11-20T08:00:00.000Z", "2026-11-20T09:00:00.000Z"])
    assert steps[-1].state["mark"] == "2026-11-20T09:00:00.000Z"


def test_the_mark_never_passes_the_moment_at_which_the_window_began():
    steps, _ = feed(["2026-11-21T10:30:00.000Z"])
    assert steps[-1].state["mark"] == NOW


def test_a_row_from_the_far_future_moves_no_mark():
    steps, _ = feed(["2026-11-20T08:00:00.000Z", "2030-01-01T00:00:00.000Z"])
    assert steps[-1].state["mark"] == "2026-11-20T08:00:00.000Z"


def test_the_next_window_starts_at_the_mark_and_an_empty_one_leaves_it():
    first, _ = feed(["2026-11-20T08:00:00.000Z"])
    second, asked = feed([], first[-1].state)
    assert asked == ["2026-11-20T08:00:00.000Z"]
    assert second[-1].state["mark"] == "2026-11-20T08:00:00.000Z"


def test_the_mark_never_moves_back():
    state = {"mark": "2026-11-20T08:00:00.000Z", "sweeps": 1, "window": None}
    steps, _ = feed(["2026-11-01T08:00:00.000Z"], state, whole=True)
    assert steps[-1].state["mark"] == "2026-11-20T08:00:00.000Z"


def test_an_unfinished_window_keeps_its_beginning():
    steps, _ = feed(["2026-11-20T08:00:00.000Z"] * 25, first="2026-11-01T00:00:00.000Z")
    _, asked = feed(["2026-11-20T08:00:00.000Z"] * 25, steps[0].state, first="2026-11-09T00:00:00.000Z")
    assert set(asked) == {"2026-11-01T00:00:00.000Z"}


def test_whole_readings_have_snapshots_of_their_own_and_windows_have_none():
    first, _ = feed(["2026-11-20T08:00:00.000Z"])
    window, _ = feed(["2026-11-20T08:00:00.000Z"], first[-1].state)
    whole, _ = feed(["2026-11-20T08:00:00.000Z"], window[-1].state, whole=True)
    assert window[-1].snapshot is None
    assert None not in {first[-1].snapshot, whole[-1].snapshot}
    assert first[-1].snapshot != whole[-1].snapshot


def test_a_whole_reading_without_a_total_is_never_called_complete():
    steps = list(follow(lambda since, at: Batch(rows_of(range(3))[at:], None, NOW), None, size=10))
    assert steps[-1].done
    assert not steps[-1].complete


def test_overlap_is_taken_off_the_mark():
    assert back("2026-11-20T08:00:00.000Z") == "2026-11-20T07:55:00.000Z"
    assert back(None) is None


@pytest.mark.parametrize("cursor", [None, [], {"position": "7"}, {"other": 1}, "x"])
def test_an_unreadable_window_is_none(cursor):
    assert window_from(cursor) is None
