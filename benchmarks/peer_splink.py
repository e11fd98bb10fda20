"""The peer for who is who: Splink's deterministic_link over the same keys, then its clustering, on DuckDB.

    python -m benchmarks.peer_splink KEYS.parquet

Two records are linked when they share a phone or an e-mail; Splink has none of the hub's guards. Loading is not timed.
"""

from __future__ import annotations

import json
import sys

import duckdb
from splink import Linker, SettingsCreator, block_on
from splink.internals.duckdb.database_api import DuckDBAPI

from benchmarks.inside import part

RULES = [block_on(name, arrays_to_explode=[name]) for name in ("phones", "emails")]


def _count(connection: duckdb.DuckDBPyConnection, what: str, table: str) -> int:
    ((count,),) = connection.execute(f"SELECT count({what}) FROM {table}").fetchall()
    return int(count)


def main() -> int:
    """Prints what was measured as JSON."""
    connection = duckdb.connect()
    connection.execute("CREATE TABLE given AS SELECT * FROM read_parquet(?)", [sys.argv[1]]).fetchall()
    rows = _count(connection, "*", "given")
    api = DuckDBAPI(connection=connection)
    settings = SettingsCreator(link_type="dedupe_only", blocking_rules_to_generate_predictions=RULES)
    linker = Linker(api.register(connection.table("given"), dataset_display_name="people"), settings, log_level=40)
    told: dict[str, dict[str, float]] = {}
    with part(told, "customers"):
        pairs = linker.inference.deterministic_link()
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs)
    found = _count(connection, "DISTINCT cluster_id", clusters.physical_name)
    print(json.dumps({"rows": rows, "customers": found, "steps": told}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
