"""What normalizing does with records of people who were forgotten: not kept, or asked about.

Belongs here: acting on the verdicts of forget_screen.py, in the transaction of a chunk. Does not: finding them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hub.flow.forget_screen import Guard, Verdicts
from hub.model import Json
from hub.store import erasing, erasures, reviews, scrub
from hub.store.engine import StoreConnection
from hub.store.quarantine import Bad

if TYPE_CHECKING:
    import polars as pl

KIND = "erased"
"""The kind of the question, and the first word of its codes in quarantine."""


def refuse(
    conn: StoreConnection, guard: Guard, now: pl.DataFrame, told: Verdicts, at: str, run_id: str
) -> tuple[pl.DataFrame, list[Bad]]:
    """The chunk (rid, source_id, …) without those who were forgotten, and entries for quarantine of those asked about.

    A record that is somebody's already is never taken away here: it is asked about.
    """
    rids = dict(now.filter(now["source_id"].is_in([*told.out, *told.ask])).select("source_id", "rid").iter_rows())
    there = erasing.held(conn, list(rids.values()))
    ask = told.ask | {one: ("name", erasure) for one, erasure in told.out.items() if rids.get(one) in there}
    out = {one: erasure for one, erasure in told.out.items() if one not in ask}
    aliases = {}
    for source_id, erasure_id in out.items():
        digest = guard.key.record(guard.source.name, "customers", source_id)
        erasures.add_keys(conn, erasure_id, [(digest, "record")])
        aliases[rids[source_id]] = f"{erasing.GONE}{digest[: erasing.SHORT]}.{rids[source_id]}"
    if out:
        erasing.refuse(conn, aliases)
        scrub.want(conn, at)
    for source_id, (code, erasure_id) in ask.items():
        _question(conn, f"{guard.source.name}:{source_id}", f"{code}.{erasure_id}", at, run_id)
    bad: list[Bad] = [(source_id, f"{KIND}.{code}", None) for source_id, (code, _) in sorted(ask.items())]
    return now.filter(~now["source_id"].is_in([*out, *ask])), bad


def _question(conn: StoreConnection, name: str, about: str, at: str, run_id: str) -> None:
    named = reviews.review_id(KIND, name, about)
    if any(row["state"] in reviews.WAITING for row in reviews.found(conn, named)):
        return
    numbers = {"rank": 0, "money": 0, "total": 0, "bits": None, "shared": 0, "records": 1}
    state = {"state": "open", "until": None, "opened_at": at, "run_id": run_id, "comment": None}
    reviews.put(conn, {"review_id": named, "kind": KIND, "a": name, "b": "", "about": about, **numbers, **state})


def anonymous(
    conn: StoreConnection, guard: Guard, now: pl.DataFrame, rows: Sequence[Mapping[str, Json]], at: str
) -> list[dict[str, Json]]:
    """Orders as they are kept: those of people who were forgotten as amounts only, without their payload."""
    whose = guard.buyers(conn, rows)
    if whose:
        rids = now.filter(now["source_id"].is_in(list(whose)))["rid"].to_list()
        erasing.blank_payloads(conn, rids)
        for source_id, erasure_id in whose.items():
            erasures.add_keys(conn, erasure_id, [(guard.key.record(guard.source.name, "orders", source_id), "record")])
        scrub.want(conn, at)
    return [erasing.bare(row) if row["source_id"] in whose else dict(row) for row in rows]
