"""The blast radius of a run: joins of customers that were there are held back when there are far too many of them.

Belongs here: asking `hub.matching.blast` with what the store knows, and letting a person decide. Does not: the rule, SQL.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from hub.errors import ConfigError
from hub.flow.judge import Act, Plan
from hub.matching import blast
from hub.store import candidate, held, scope, tally
from hub.store.engine import Store, StoreConnection

if TYPE_CHECKING:
    import polars as pl


def suspicious(
    store: Store, taken: scope.Scope, proposal: candidate.Proposal, welcome: Collection[str] = ()
) -> pl.DataFrame:
    """Pairs of records (rid_a, rid_b) whose join the run must hold back; mostly none.

    welcome: rules whose joins a person has just asked for.
    """
    with store.read() as conn:
        return blast.suspicious(
            proposal.assigned,
            taken.previous,
            proposal.edges,
            taken.records,
            first=held.first_matched(conn),
            approved=held.approved(conn),
            welcome=welcome,
            most=blast.limit(tally.totals(conn).get("customers", 0), held.usual(conn)),
        )


def approve(run_id: str) -> Plan:
    """Let the joins that a run held back go on."""

    def plan(conn: StoreConnection) -> Act:
        _pairs(conn, run_id)
        return Act("approve", (), held=run_id)

    return plan


def refuse(run_id: str) -> Plan:
    """Those that a run held back are different customers, for good."""

    def plan(conn: StoreConnection) -> Act:
        return Act("refuse", (), [(a, b, "different") for a, b in _pairs(conn, run_id)], held=run_id)

    return plan


def _pairs(conn: StoreConnection, run_id: str) -> list[tuple[str, str]]:
    found = held.of_run(conn, run_id)
    if not found:
        runs = ", ".join(row["run_id"] for row in held.waiting(conn))
        raise ConfigError(f"run {run_id} holds nothing back", hint=f"waiting: {runs or 'none'}", code="held.none")
    return found
