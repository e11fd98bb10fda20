"""What the tests of the client share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import insert

from hub.flow.workspace import Workspace
from hub.store.engine import Store
from hub.store.tables import changes

EVENTS = 400


@dataclass
class Hub:
    """url: where it answers. token: of an admin who may see and take everything. place: its workspace."""

    url: str
    token: str
    place: Workspace


def tell(store: Store, numbers: Iterable[int]) -> None:
    """Events of the feed, in one transaction."""
    same = {"at": "2026-01-01T00:00:00.000Z", "kind": "updated", "version": 1, "run_id": "r"}
    with store.begin() as conn:
        conn.execute(insert(changes), [{**same, "golden_id": f"g{n}"} for n in numbers])
