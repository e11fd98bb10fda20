"""The audit log says who did what to whom, and never a personal value; nothing in it can be changed."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, text, update

from hub.store import audit
from hub.store.engine import StoreError
from hub.store.tables import audit as table
from hub.store.tables import customers

AT = "2026-11-01T00:00:00.000Z"


def line(store, **values):
    with store.begin() as conn:
        audit.write(conn, **{"at": AT, "actor": "an", "action": "merge", **values})


def lines(store, **asked):
    with store.read() as conn:
        return audit.read(conn, **asked)


def test_a_line_says_who_when_what_and_why(store):
    line(store, subjects=["g1", "g2"], reason="same card", details={"count": 2})
    (told,) = lines(store)
    assert told["subjects"] == ["g1", "g2"]
    assert told["details"] == {"count": 2}
    assert (told["at"], told["actor"], told["action"], told["reason"]) == (AT, "an", "merge", "same card")


def test_lines_are_found_by_subject_and_action_newest_first(store):
    line(store, subjects=["g1"])
    line(store, subjects=["g2"], action="forget")
    line(store, subjects=["g1"], action="forget")
    assert [one["seq"] for one in lines(store, subject="g1")] == [3, 1]
    assert [one["seq"] for one in lines(store, action="forget", before=3)] == [2]


@pytest.mark.parametrize("change", [update(table).values(actor="else"), delete(table)])
def test_no_line_is_ever_changed_or_taken_out(store, change):
    line(store)
    with pytest.raises(StoreError), store.begin() as conn:
        conn.execute(change)
    assert len(lines(store)) == 1


def test_postgresql_truncates_no_audit_log(store):
    line(store)
    if not store.sqlite:
        with pytest.raises(StoreError), store.begin() as conn:
            conn.execute(text("TRUNCATE audit"))
    assert len(lines(store)) == 1


def test_a_reason_is_kept_without_contacts_and_without_the_subjects_names(store):
    needed = [c.name for c in customers.columns if not c.nullable]
    row = dict.fromkeys(needed, "") | {"golden_id": "g1", "version": 1, "record_count": 1}
    with store.begin() as conn:
        conn.execute(insert(customers).values(row | {"full_name": "Nguyễn Thị Lan"}))
    line(store, subjects=["g1"], reason="chị LAN gọi từ 0912 345 678, viết lan@example.com, đơn 1234 ngày 2026-11-01")
    assert lines(store)[0]["reason"] == "chị … gọi từ …, viết …, đơn 1234 ngày …"
