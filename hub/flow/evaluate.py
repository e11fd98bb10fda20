"""Evaluate: the hub's customers against a labelled file.

Belongs here: leading the two frames together, what cannot be compared. Does not: measures (matching.evaluate), reading (store).
"""

from __future__ import annotations

from pathlib import Path

from hub.errors import ConfigError
from hub.matching import evaluate as measures
from hub.model import Json
from hub.store import truth
from hub.store.engine import Store


def evaluate(store: Store, path: Path) -> dict[str, Json]:
    """The JSON of `hub evaluate`: measures over the records that both know.

    missing: rows of the file that are no record here. left_out: records here that the file does not name.
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
    order = ("pairs", "b_cubed", "largest_cluster", "records", "missing")
    return {name: told[name] for name in order} | {"left_out": here.height - told["records"]} | told
