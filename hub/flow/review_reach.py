"""Which questions somebody may be asked who sees the customers of some stores only.

Belongs here: reach by stores. Does not: choosing and telling questions (review.py), rights (flow.access).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import orjson

from hub.store import serving
from hub.store.engine import StoreConnection
from hub.store.review_facts import holders

Row = Mapping[str, Any]
SIDES = ("a", "b")


def within(conn: StoreConnection, rows: Sequence[Row], stores: AbstractSet[str] | None) -> Sequence[Row]:
    """Those of the questions of which every customer is one of these stores; never a run's held joins. None: all stores."""
    if stores is None:
        return rows
    asked = [row for row in rows if row["kind"] != "held"]
    whose = holders(conn, sorted({row[side] for row in asked for side in SIDES if row[side]}))
    seen = {
        row["golden_id"]
        for row in serving.of_ids(conn, sorted(set(whose.values())))
        if not stores.isdisjoint(orjson.loads(row["doc"]).get("stores", ()))
    }
    borne = [[whose.get(row[side]) for side in SIDES if row[side]] for row in asked]
    return [row for row, ids in zip(asked, borne, strict=True) if ids and seen.issuperset(ids)]
