"""The main job in plain Python: pull and normalize every source, match, resolve, plan and push every destination.

Belongs here: the order of steps, what one failure may not stop, the report of a run. Does not: what a step does.
Dagster runs the same `*_step` functions as assets; both ways write their report into `runs`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict

from hub.errors import GuardError, HubError
from hub.flow import land, match, normalize, plan, push, resolve
from hub.flow.outlet import Outlet
from hub.flow.report import failing, record
from hub.flow.run import GoldenReport, MatchReport, PushReport, Run, SourceReport
from hub.flow.workspace import Workspace

PULL_SLICE = 1200.0
PUSH_SLICE = 600.0
"""Seconds after which a pull or a push stops at a committed page or batch, and goes on in the next run."""


def _timer(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end


def source_step(workspace: Workspace, run: Run, name: str, *, full: bool = False) -> SourceReport:
    """Pull and normalize one source. Never raises for what the source does: its report says degraded or failed."""
    source = workspace.settings.sources[name]
    capabilities = workspace.connector(source.connector).description.capabilities
    try:
        with workspace.connect(source, run, _timer(PULL_SLICE)) as connection:
            report = land.pull(workspace.store, source, connection, run, capabilities=capabilities, full=full)
            report = normalize.normalize(workspace.store, workspace.settings, source, connection, run, report)
    except HubError as error:
        report = SourceReport(status="failed", error={"code": error.code, "sentence": str(error)})
    record(run, ("sources", name), asdict(report))
    return report


def match_step(workspace: Workspace, run: Run, *, rebuild: bool = False) -> MatchReport:
    """Who is who, for what changed (or all): writes the candidate."""
    started = time.perf_counter()
    with failing(run, "match"):
        report = match.match(workspace.store, workspace.settings, run, rebuild=rebuild)
    report.seconds = time.perf_counter() - started
    record(run, ("match",), asdict(report))
    return report


def resolve_step(workspace: Workspace, run: Run) -> GoldenReport:
    """Prove the candidate and promote it; InvariantError when the proof fails (nothing is promoted)."""
    started = time.perf_counter()
    with failing(run, "resolve"):
        report = resolve.resolve(workspace.store, workspace.settings, run)
    report.seconds = time.perf_counter() - started
    record(run, ("golden",), asdict(report))
    return report


def destination_step(
    workspace: Workspace, run: Run, name: str, *, yes: bool = False, plan_only: bool = False, plan_id: str | None = None
) -> PushReport:
    """Plan one destination, and push when it may (`yes`: a person says so). Never raises for what the destination does."""
    destination = workspace.settings.destinations[name]
    started = time.perf_counter()
    capabilities = workspace.connector(destination.connector).description.capabilities
    over = _timer(PUSH_SLICE)
    try:
        with workspace.connect(destination, run, over) as connection:
            outlet = Outlet(workspace.store, workspace.settings, destination, capabilities, connection, run)
            report = plan.plan(outlet)
            if plan_id is not None and report.plan_id != plan_id:
                report.plan_id = plan_id
            if not plan_only:
                push.push(outlet, report, yes=yes, deadline=over)
    except GuardError as error:
        report = PushReport(state="held", error={"code": error.code, "sentence": str(error)})
    except HubError as error:
        report = PushReport(state="failed", error={"code": error.code, "sentence": str(error)})
    report.seconds = time.perf_counter() - started
    record(run, ("push", name), asdict(report))
    return report


def steps(
    workspace: Workspace, run: Run, sources: Sequence[str] = (), *, full: bool = False, no_push: bool = False
) -> None:
    """All steps in order, inside a run that the caller has begun and will end."""
    for name in sources or workspace.settings.sources:
        source_step(workspace, run, name, full=full)
    match_step(workspace, run)
    resolve_step(workspace, run)
    for name in () if no_push else workspace.settings.destinations:
        destination_step(workspace, run, name)
