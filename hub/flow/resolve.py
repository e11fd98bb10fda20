"""Resolve: prove the candidate, then promote it: the crosswalk, golden records, their history and the change feed.

Belongs here: proof before promotion, both in one transaction. Does not: SQL (store.proof, store.promote, store.links),
survivorship (hub.matching.golden).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hub.errors import InvariantError
from hub.flow.match import bystanders
from hub.flow.review_refresh import refresh
from hub.flow.run import GoldenReport, Run
from hub.matching.codes import customer_code
from hub.matching.golden import golden_parts
from hub.matching.rules.personal_number import national_conflict
from hub.settings import Settings
from hub.store import candidate, consents, pins, promote
from hub.store.engine import Store, StoreConnection
from hub.store.proof import prove

if TYPE_CHECKING:
    import polars as pl


def proof(store: Store) -> dict[str, int]:
    """Invariant → violations of the candidate that waits; {} when none waits. Writes nothing."""
    with store.read() as conn:
        waiting = candidate.waiting(conn)
        return prove(conn, waiting, candidate.load(conn, waiting), national_conflict) if waiting is not None else {}


def resolve(store: Store, settings: Settings, run: Run) -> GoldenReport:
    """Prove the candidate that waits and promote it, in one transaction.

    Raises InvariantError when the proof fails; then nothing is promoted, the candidate and what is dirty stay.
    """
    began = time.monotonic()
    with store.begin() as conn:
        waiting = candidate.waiting(conn)
        if waiting is None:
            opened = refresh(conn, settings, run, ())
            return GoldenReport(unchanged=promote.live(conn), reviews_opened=opened)
        loaded = candidate.load(conn, waiting)
        found = prove(conn, waiting, loaded, national_conflict)
        if any(found.values()):
            raise InvariantError(
                f"the golden candidate fails its proof: {_violations(found)}", hint="nothing was promoted"
            )
        done = _promote(conn, waiting, loaded, settings, run)
        touched = None if waiting.full else [*loaded.new["rid"].to_list(), *waiting.gone]
        opened = refresh(conn, settings, run, touched)
    counts = (done.created, done.updated, done.merged, done.split, done.unchanged, opened)
    return GoldenReport(*counts, found, round(time.monotonic() - began, 3))


def _violations(found: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in found.items() if count)


def decider(conn: StoreConnection, settings: Settings) -> promote.Frames:
    """What decides golden values: members, identifiers and shared values to rows, under the pins and consents that stand."""
    standing = pins.standing(conn)

    def decide(members: pl.DataFrame, identifiers: pl.DataFrame, shared: pl.DataFrame) -> Iterator[pl.DataFrame]:
        pinned = pins.by_customer(standing, members)
        said = consents.standing(conn, members)
        return golden_parts(members, identifiers, settings.survivorship, shared=shared, pins=pinned, said=said)

    return decide


def _promote(
    conn: StoreConnection, waiting: candidate.Waiting, loaded: candidate.Loaded, settings: Settings, run: Run
) -> promote.Promoted:
    def progress(done: int, total: int) -> None:
        run.progress("resolve", "", done, total, None)

    by = promote.Deciders(decider(conn, settings), customer_code, bystanders(settings), run.now(), run.run_id, progress)
    return promote.promote(conn, waiting, loaded, by)
