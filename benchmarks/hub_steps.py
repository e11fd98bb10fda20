"""The hub's own steps over a workspace, each measured: a first sync, or everything once more over the store that holds it.

    python -m benchmarks.hub_steps WORKSPACE first|again

`first` is what `hub sync --direct --no-push` does, by the same functions. `again` normalizes, matches and resolves every stored
payload anew, so that only differences (none) are written.
"""

from __future__ import annotations

import json
import sys
import uuid

from benchmarks.inside import part
from hub.flow import land, match, normalize, resolve
from hub.flow.lock import lock
from hub.flow.run import Run
from hub.flow.workspace import Workspace, open_workspace
from hub.store import chunks


def pulled(workspace: Workspace, run: Run) -> int:
    """Pull every source; how many records came."""
    read = 0
    for source in workspace.settings.sources.values():
        capabilities = workspace.connector(source.connector).description.capabilities
        with workspace.connect(source, run) as connection:
            read += land.pull(workspace.store, source, connection, run, capabilities=capabilities).read
    return read


def all_again(workspace: Workspace) -> None:
    """Let every stored payload wait to be normalized."""
    with workspace.store.begin() as conn:
        for name in workspace.settings.sources:
            chunks.all_again(conn, name)


def normalized(workspace: Workspace, run: Run) -> None:
    """Normalize what waits of every source."""
    for source in workspace.settings.sources.values():
        with workspace.connect(source, run) as connection:
            normalize.normalize(workspace.store, workspace.settings, source, connection, run)


def main() -> int:
    """Prints the steps, and the counts of the result, as JSON."""
    workspace, kind = open_workspace(sys.argv[1]), sys.argv[2]
    store, settings, run = workspace.store, workspace.settings, Run(str(uuid.uuid4()))
    told: dict[str, dict[str, float]] = {}
    with lock(store, run):
        if kind == "first":
            with part(told, "pull"):
                pulled(workspace, run)
        else:
            all_again(workspace)
        with part(told, "normalize"):
            normalized(workspace, run)
        with part(told, "match"):
            matched = match.match(store, settings, run, rebuild=kind == "again")
        with part(told, "resolve"):
            golden = resolve.resolve(store, settings, run)
    counts = {"customers": matched.customers, "created": golden.created, "updated": golden.updated}
    print(json.dumps({"rows": matched.records, **counts, "steps": told}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
