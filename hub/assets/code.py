"""`python -m hub.assets.code SOCKET`: serves the definitions to Dagster's programs, after dead runs are closed.

Runs are children of this process: when it begins, those of the one before it are gone.
"""

import runpy
import sys

import dagster as dg

from hub.assets.dead import close_dead


def main(socket: str) -> None:
    """Close what died, then serve until a signal comes."""
    with dg.DagsterInstance.get() as instance:
        close_dead(instance)
    where = ["-m", "hub.definitions", "-s", socket, "--location-name", "hub"]
    sys.argv = ["dagster", "api", "grpc", *where, "--use-python-environment-entry-point", "--log-level", "warning"]
    runpy.run_module("dagster", run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1])
