"""The one resource: this run of this workspace, open and locked from the first step to the last."""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass

import dagster as dg

from hub.flow import sync as flow
from hub.flow.lock import lock, start_run
from hub.flow.run import Run
from hub.flow.workspace import Workspace, open_workspace


@dataclass(frozen=True, slots=True)
class HubRun:
    """A locked workspace and its run, whose id is Dagster's. full: sweep sources whole."""

    workspace: Workspace
    run: Run
    full: bool = False


def hub_run(config: str, *, full: bool = False, run: Run | None = None) -> dg.ResourceDefinition:
    """The resource for the workspace at `config`.

    run: a run that this process has begun, its lock held (the command line); None: Dagster began it, so lock here.
    """

    @dg.resource
    def hub(context: dg.InitResourceContext) -> Iterator[HubRun]:
        instance, mine = context.instance, run or _begun(context)
        workspace = open_workspace(config)
        _tag(instance, mine.run_id, "hub/pid", str(os.getpid()))
        with nullcontext() if run else lock(workspace.store, mine):
            start_run(workspace.store, mine)
            try:
                yield HubRun(workspace, mine, full)
            finally:
                mine.parts["document"] = flow.finish(workspace, mine)
                workspace.store.dispose()
        status = mine.parts["document"]["status"]
        if status != "ok":
            _tag(instance, mine.run_id, f"hub/{status}", "yes")

    return hub


def _begun(context: dg.InitResourceContext) -> Run:
    """A run that Dagster began; the tag `hub/by` names who asked for it, when somebody did."""
    tags = context.run.tags if context.run else {}
    return Run(str(context.run_id), trigger="dagster", actor=tags.get("hub/by", "hub"))


def _tag(instance: dg.DagsterInstance | None, run_id: str, name: str, value: str) -> None:
    if instance is not None and instance.has_run(run_id):
        instance.add_run_tags(run_id, {name: value})
