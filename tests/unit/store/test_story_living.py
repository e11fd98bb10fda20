"""Who answers for an id: one by one and for many at once alike."""

from __future__ import annotations

from sqlalchemy import insert

from hub.store import story
from hub.store.engine import Store
from hub.store.tables import customers

AT = "2026-01-01T00:00:00.000Z"
LED = {"a": "b", "b": "c", "c": None, "d": None, "e": "c", "f": "g"}
"""Id → what it was merged into; g was never given."""


def test_many_are_led_as_each_by_itself(store: Store) -> None:
    row = {
        "kind": "person", "version": 1, "record_count": 1, "doc": "{}", "digest": "x", "created_at": AT, "updated_at": AT,
        "run_id": "r",
    }  # fmt: skip
    rows = [
        row
        | {"golden_id": one, "customer_code": "KH" + one, "status": "merged" if into else "active", "merged_into": into}
        for one, into in LED.items()
    ]
    with store.begin() as conn:
        conn.execute(insert(customers), rows)
    with store.read() as conn:
        assert story.living(conn, [*LED, "never"]) == {one: story.live(conn, one) for one in "abcde"}
        assert story.live(conn, "f") is None
        assert story.living(conn, []) == {}
