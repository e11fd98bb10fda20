"""The delivery ledger, read: what became of a wish so far, and what people ask for one customer at one destination.

Belongs here: deliveries by key, push_wishes. Does not: plans (plans.py), appending to the ledger (plans.add_deliveries).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, func, select

from hub.store.bulk import among, insert_rows
from hub.store.tables import deliveries, push_wishes

GIVE_UP = 5
"""Runs in which a write failed while others to the same system succeeded, after which it is left alone."""
KEPT = 3
"""Times that a system acknowledged a value and did not keep it, after which it is left alone."""
PASSING = frozenset({"changed_there"})
"""Reasons of a refusal that say nothing about the wish itself."""


@dataclass(slots=True)
class Tried:
    """What became of one wish. failed: runs in which it was lost or put off."""

    rejected: str | None = None
    acked: int = 0
    failed: set[str] = field(default_factory=set)
    last: str = ""
    fruitful: int = 0

    def verdict(self, *, again: bool) -> str | None:
        """Why the wish is not sent again; None when it may be. again: it stood there once and stands there no more."""
        if self.rejected is not None:
            return f"rejected:{self.rejected}"
        if again and self.acked >= KEPT:
            return "not_kept"
        return f"given_up:{self.last}" if self.fruitful >= GIVE_UP else None


def tried(conn: Connection, destination: str, keys: Sequence[str]) -> dict[str, Tried]:
    """Idempotency key → what became of it, for those that were ever sent; what a person asked to try again begins anew."""
    found: dict[str, Tried] = {}
    fresh = wished(conn, destination, "retry")
    columns = [deliveries.c[name] for name in ("idempotency_key", "golden_id", "state", "reason", "run_id", "at")]
    for part in _parts(keys):
        where = (deliveries.c.destination == destination, among(conn, deliveries.c.idempotency_key, part))
        for key, golden_id, state, reason, run_id, at in conn.execute(
            select(*columns).where(*where).order_by(deliveries.c.seq)
        ):
            if at > fresh.get(golden_id, ""):
                _note(found.setdefault(key, Tried()), state, reason, run_id)
    _count(conn, destination, found)
    return found


def _note(one: Tried, state: str, reason: str | None, run_id: str) -> None:
    if state == "rejected" and reason not in PASSING:
        one.rejected = reason or ""
    elif state == "acked":
        one.rejected, one.acked = None, one.acked + (reason != "stood_already")
        one.failed.clear()
    elif state in ("retry", "unknown"):
        one.failed.add(run_id)
        one.last = reason or state


def _count(conn: Connection, destination: str, found: Mapping[str, Tried]) -> None:
    """How many of the runs in which a wish failed saw others succeed: that is no trouble of the whole system."""
    suspects = [one for one in found.values() if len(one.failed) >= GIVE_UP]
    runs = sorted({run for one in suspects for run in one.failed})
    good = {
        run
        for part in _parts(runs)
        for run in conn.scalars(
            select(deliveries.c.run_id)
            .where(
                deliveries.c.destination == destination,
                deliveries.c.state == "acked",
                among(conn, deliveries.c.run_id, part),
            )
            .distinct()
        )
    }
    for one in suspects:
        one.fruitful = len(one.failed & good)


def sent_at(conn: Connection, plan_id: str, n: int) -> str:
    """When an item of a plan was announced last."""
    where = (deliveries.c.plan_id == plan_id, deliveries.c.n == n, deliveries.c.state == "sent")
    return str(conn.scalar(select(func.max(deliveries.c.at)).where(*where)) or "")


def unanswered(conn: Connection, plan_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The newest lines of these that tell of a sending and not of what became of it."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for part in _parts(plan_ids):
        for row in conn.execute(
            select(deliveries).where(among(conn, deliveries.c.plan_id, part)).order_by(deliveries.c.seq)
        ).mappings():
            found[row["plan_id"], row["n"]] = {str(name): value for name, value in row.items() if name != "seq"}
    return [row for row in found.values() if row["state"] in ("sent", "unknown")]


def _parts(values: Sequence[str], size: int = 5_000) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def wished(conn: Connection, destination: str, what: str) -> dict[str, str]:
    """Customers for whom a person asked this → when."""
    where = (push_wishes.c.destination == destination, push_wishes.c.what == what)
    rows = conn.execute(select(push_wishes.c.golden_id, push_wishes.c.at).where(*where))
    return {row.golden_id: row.at for row in rows}


def wish(conn: Connection, destination: str, golden_id: str, what: str, at: str, author: str) -> None:
    """Keep what a person asks for; asked again, the later time counts."""
    fulfil(conn, destination, golden_id, what)
    row = {"destination": destination, "golden_id": golden_id, "what": what, "at": at, "author": author}
    insert_rows(conn, push_wishes, [row])


def fulfil(conn: Connection, destination: str, golden_id: str, what: str) -> None:
    """It is done: the wish is gone."""
    where = (push_wishes.c.destination, push_wishes.c.golden_id, push_wishes.c.what)
    wanted = (destination, golden_id, what)
    conn.execute(delete(push_wishes).where(*(column == value for column, value in zip(where, wanted, strict=True))))
