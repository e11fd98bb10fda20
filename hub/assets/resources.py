"""The one resource: this run of this workspace, open and locked from the first step to the last."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass

import dagster as dg

from hub.flow.lock import lock, start_run
from hub.flow.report import finish
from hub.flow.run import Progress, Run, no_progress
from hub.flow.workspace import Workspace, open_workspace


@dataclass(frozen=True, slots=True)
class HubRun:
    """A locked workspace and its run, whose id is Dagster's. full: sweep sources whole."""

    workspace: Workspace
    run: Run
    full: bool = False


def hub_run(
    config: str, *, full: bool = False, trigger: str = "dagster", locked: bool = False, progress: Progress = no_progress
) -> dg.ResourceDefinition:
    """The resource for the workspace at `config`. locked: this process holds the workspace's lock already."""

    @dg.resource
    def hub(context: dg.InitResourceContext) -> Iterator[HubRun]:
        run_id, instance = str(context.run_id), context.instance
        workspace = open_workspace(config)
        run = Run(run_id, trigger=trigger, progress=progress)
        _tag(instance, run_id, "hub/pid", str(os.getpid()))
        with nullcontext() if locked else lock(workspace.store, run):
            start_run(workspace.store, run)
            try:
                yield HubRun(workspace, run, full)
            finally:
                status = finish(workspace.store, run)["status"]
                workspace.store.dispose()
        if status != "ok":
            _tag(instance, run_id, f"hub/{status}", "yes")

    return hub


def _tag(instance: dg.DagsterInstance | None, run_id: str, name: str, value: str) -> None:
    if instance is not None and instance.has_run(run_id):
        instance.add_run_tags(run_id, {name: value})
