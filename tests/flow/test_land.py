"""Landing: promises 1.1, 1.2, 1.5 to 1.8 and 1.10 of the design."""

from __future__ import annotations

import polars as pl
import pytest
from fakes import CAPABILITIES, CUSTOMERS, ORDERS, FakeConnection, make_run, make_source, page, record
from landing_steps import T1, T2, T3, done, land, newest, rows, state_of

from hub.connectors.kit.port import Capabilities
from hub.errors import AuthError, TransientError
from hub.flow.land import pull
from hub.model import Notice, RawRecord, Tombstone
from hub.store import sources
from hub.store.tables import raw_records, scopes, waiting


def test_a_page_lands_rows_and_cursor_together(store):
    report = land(store, page([record("a"), record("b")], cursor={"at": 7}))
    assert (report.status, report.read, report.new) == ("ok", 2, 2)
    with store.read() as conn:
        assert sources.cursor(conn, "pos", "customers") == {"at": 7}
    assert rows(store, waiting) == 2


def test_an_unchanged_second_pull_adds_no_raw_row(store):
    first = page([record("a", T1, full_name="Lan"), record("b", T1)])
    land(store, first)
    done(store)
    report = land(store, first, run=make_run(2))
    assert (report.new, report.changed, report.unchanged) == (0, 0, 2)
    assert rows(store, raw_records) == 2
    assert rows(store, waiting) == 0


def test_changed_content_adds_one_version(store):
    land(store, page([record("a", T1, full_name="Lan")]))
    report = land(store, page([record("a", T2, full_name="Hoa")]))
    assert report.changed == 1
    assert rows(store, raw_records) == 2
    assert "Hoa" in newest(store)


def test_a_repeated_older_page_never_replaces_a_newer_version(store):
    old, new = page([record("a", T1, full_name="Lan")]), page([record("a", T2, full_name="Hoa")])
    land(store, old, new, old, old)
    assert "Hoa" in newest(store)
    assert rows(store, raw_records) == 2


def test_an_older_version_never_seen_is_kept_as_history_only(store):
    land(store, page([record("a", T2, full_name="Hoa")]))
    report = land(store, page([record("a", T1, full_name="Lan")]))
    assert report.unchanged == 1
    assert "Hoa" in newest(store)
    assert rows(store, raw_records) == 2


def test_without_times_landing_order_decides(store):
    land(store, page([record("a", full_name="Lan")]), page([record("a", full_name="Hoa")]))
    assert "Hoa" in newest(store)


def test_a_time_in_the_future_never_blocks_later_versions(store):
    land(store, page([record("a", "2031-01-01T00:00:00.000Z", full_name="Lan")], server_time=T1))
    land(store, page([record("a", T2, full_name="Hoa")], server_time=T2))
    assert "Hoa" in newest(store)


def test_several_versions_in_one_page_land_in_order(store):
    land(store, page([record("a", full_name="Lan"), record("b"), record("a", full_name="Hoa")]))
    assert rows(store, raw_records) == 3
    assert "Hoa" in newest(store)


def test_strings_stay_as_they_came(store):
    land(store, page([RawRecord("a", '{"phone": "0912345678", "x": "8.49E+10"}')]))
    assert newest(store) == '{"phone": "0912345678", "x": "8.49E+10"}'


def test_broken_text_is_landed_with_replacement(store):
    land(store, page([RawRecord("a", '{"x": "\ud83d"}'), RawRecord("b", '{"x": "a\x00b"}')]))
    assert newest(store) == '{"x": "?"}'
    assert newest(store, "b") == '{"x": "a\ufffdb"}'


def test_a_frame_page_lands_like_rows(store):
    frame = pl.DataFrame(
        {"source_id": ["a", "b"], "payload": ['{"n":1}', '{"n":2}'], "updated_at": [None, T1]},
        schema_overrides={"updated_at": pl.String},
    )
    assert land(store, page(frame)).new == 2
    assert land(store, page([RawRecord("b", '{"n":2}', T1)])).unchanged == 1


def test_a_tombstone_removes_at_once(store):
    land(store, page([record("a", T1), record("b", T1)]))
    report = land(store, page(tombstones=[Tombstone("a", T2), Tombstone("unknown")]))
    assert report.removed == 1
    assert (state_of(store, "a"), state_of(store, "b")) == ("removed", "current")


def test_an_older_tombstone_does_not_remove_a_newer_version(store):
    land(store, page([record("a", T3)]))
    assert land(store, page(tombstones=[Tombstone("a", T2)])).removed == 0


def test_an_older_page_does_not_bring_back_what_a_tombstone_removed(store):
    old = page([record("a", T1)])
    land(store, old, page(tombstones=[Tombstone("a", T2)]), old)
    assert state_of(store) == "removed"


def test_a_newer_version_brings_a_removed_record_back(store):
    land(store, page([record("a", T1)]), page(tombstones=[Tombstone("a", T2)]))
    done(store)
    land(store, page([record("a", T3, full_name="Lan")]))
    assert state_of(store) == "current"
    assert rows(store, waiting) == 1


def test_a_failing_source_keeps_what_landed_and_says_why(store):
    report = land(store, page([record("a")]), TransientError("the till does not answer", code="network"))
    assert (report.status, report.new) == ("failed", 1)
    assert report.error == {"code": "network", "sentence": "the till does not answer"}
    with store.read() as conn:
        state = sources.state(conn, "pos")
    assert state["status"] == "failed"
    assert state["last_success"] is None


def test_an_unexpected_error_never_quotes_its_message(store):
    report = land(store, ValueError("bad phone 0912345678"))
    assert report.error == {"code": "unexpected", "sentence": "unexpected ValueError"}


def test_customers_come_before_orders_and_orders_wait_for_a_failed_source(store):
    both = Capabilities(streams=(ORDERS, CUSTOMERS))
    connection = FakeConnection()
    pull(store, make_source(), connection, make_run(), capabilities=both)
    assert [asked[0] for asked in connection.asked] == ["customers", "orders"]
    broken = FakeConnection([AuthError("refused")])
    pull(store, make_source(), broken, make_run(2), capabilities=both)
    assert [asked[0] for asked in broken.asked] == ["customers"]


def test_a_slice_stops_at_a_committed_page_and_the_next_run_goes_on(store):
    ticks = iter([0.0, 5.0, 50.0, 50.0, 50.0])
    report = land(
        store,
        page([record("a")], cursor={"p": 1}),
        page([record("b")], cursor={"p": 2}),
        page([record("c")], cursor={"p": 3}),
        slice_seconds=20,
        clock=lambda: next(ticks),
    )
    assert (report.status, report.new) == ("partial", 2)
    connection = FakeConnection()
    pull(store, make_source(), connection, make_run(2), capabilities=CAPABILITIES)
    assert connection.asked == [("customers", {"p": 2}, False)]


def test_an_error_notice_degrades_the_source(store):
    notice = Notice("sheet.column_gone", "error", {"file": "a.xlsx"})
    report = land(store, page([record("a")], notices=[notice]))
    assert (report.status, report.error["code"]) == ("degraded", "sheet.column_gone")


@pytest.mark.parametrize("boundary", range(6))
def test_killed_at_any_commit_the_next_run_ends_the_same(store, boundary, monkeypatch):
    pages = [
        page([record("a", T1), record("b", T1)], cursor={"p": 1}, snapshot="s"),
        page([record("a", T2, full_name="Lan"), record("c", T1)], cursor={"p": 2}, snapshot="s"),
        page([record("d", T1)], cursor={"p": 3}, snapshot="s", complete=True),
    ]
    calls = iter(range(100))
    save = sources.save_cursor

    def dies(*given):
        number = next(calls)
        if number * 2 == boundary:
            raise KeyboardInterrupt
        save(*given)
        if number * 2 + 1 == boundary:
            raise KeyboardInterrupt

    monkeypatch.setattr(sources, "save_cursor", dies)
    with pytest.raises(KeyboardInterrupt):
        land(store, *pages)
    monkeypatch.setattr(sources, "save_cursor", save)
    with store.read() as conn:
        at = sources.cursor(conn, "pos", "customers") or {"p": 0}
    land(store, *pages[at["p"] :], run=make_run(2))
    assert rows(store, raw_records) == 5
    assert [state_of(store, i) for i in "abcd"] == ["current"] * 4
    assert rows(store, scopes) == 1
