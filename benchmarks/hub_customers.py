"""Normalized identifiers to customers with all guards: the hub's matching over a store, measured; and the same keys for a peer.

    python -m benchmarks.hub_customers WORKSPACE KEYS.parquet

Reading the store is not timed, nor is writing KEYS: one row a record (unique_id, phones, emails), only those identifiers
that may join, so that a peer without guards is not drowned in pairs of a shop's own number.
"""

from __future__ import annotations

import json
import sys
import uuid

import polars as pl

from benchmarks.inside import part
from hub.flow import match
from hub.flow.run import Run
from hub.flow.workspace import open_workspace
from hub.store import scope


def keys_of(taken: scope.Scope, blocked: pl.DataFrame) -> pl.DataFrame:
    """unique_id, phones, emails (lists) of every record."""
    free = taken.identifiers.filter("key").join(blocked, on=scope.VALUE, how="anti")
    lists = [
        free.filter(pl.col("type") == kind).group_by("rid").agg(pl.col("value").unique().sort().alias(f"{kind}s"))
        for kind in ("phone", "email")
    ]
    rows = taken.records.select("rid").sort("rid")
    for one in lists:
        rows = rows.join(one, on="rid", how="left", maintain_order="left")
    return rows.rename({"rid": "unique_id"})


def main() -> int:
    """Prints what was measured as JSON."""
    workspace = open_workspace(sys.argv[1])
    told: dict[str, dict[str, float]] = {}
    with workspace.store.read() as conn:
        taken = scope.everything(conn)
        policy, known = match.policy_of(workspace.settings), match.facts_of(conn)
        taken.previous, taken.own_ids = taken.previous.clear(), taken.own_ids.clear()
        with part(told, "customers"):
            proposal, _ = match.propose(taken, policy, Run(str(uuid.uuid4())), known)
    keys_of(taken, proposal.blocked).write_parquet(sys.argv[2])
    customers = proposal.assigned["golden_id"].n_unique()
    print(json.dumps({"rows": taken.records.height, "customers": customers, "steps": told}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
