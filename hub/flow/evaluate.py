"""Evaluate: the hub's customers against a labelled file.

Belongs here: leading the two frames together, what cannot be compared. Does not: measures (matching.evaluate), reading (store).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hub.errors import ConfigError
from hub.flow import scoring
from hub.matching import evaluate as measures
from hub.matching import score
from hub.model import Json
from hub.store import scope, scored, truth
from hub.store.engine import Store

if TYPE_CHECKING:
    import polars as pl


def evaluate(store: Store, path: Path, compare_up_to: int) -> dict[str, Json]:
    """The JSON of `hub evaluate`: measures over the records that both know.

    missing: rows of the file that are no record here. left_out: records here that the file does not name. blocking: how
    many of the true pairs the score looks at, and how many of all pairs it need not; None above `compare_up_to` records.
    Raises ConfigError when the file cannot be used, or when not one of its rows is a record of the hub.
    """
    labelled = truth.read_truth(path)
    with store.read() as conn:
        here = truth.clusters(conn)
    told: dict[str, Json] = dict(measures.evaluate(here, labelled))
    if not told["records"]:
        raise ConfigError(
            "not one row of the file is a record of the hub", hint="source is a source's name in hub.toml"
        )
    told["blocking"] = _blocking(store, labelled) if here.height <= compare_up_to else None
    order = ("pairs", "b_cubed", "largest_cluster", "records", "missing")
    return {name: told[name] for name in order} | {"left_out": here.height - told["records"]} | told


def _blocking(store: Store, labelled: pl.DataFrame) -> dict[str, Json]:
    """Pairs completeness and reduction ratio of the blocks in which the score compares records."""
    with store.read() as conn:
        taken = scope.everything(conn)
        people = taken.records.join(scored.details(conn), on="rid", how="left", maintain_order="left")
        scorer = score.Scorer(people, taken.identifiers, scored.blocked(conn), scoring.parameters(conn))
    reach = score.blocking_quality(scorer, truth.numbered(taken.records, labelled))
    return {"pairs": reach.pairs, "pairs_completeness": reach.completeness, "reduction_ratio": reach.reduction}
