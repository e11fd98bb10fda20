"""The main job in plain Python: pull and normalize every source, match, resolve, plan and push every destination.

Belongs here: the order of steps, what one failure may not stop, the report of a run. Does not: what a step does.
Dagster runs the same `*_step` functions as assets; both ways write their report into `runs`.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial

from hub.errors import GuardError, HubError
from hub.flow import (
    alerts,
    export_set,
    forget,
    forget_tell,
    land,
    match,
    normalize,
    one,
    plan,
    push,
    report,
    resolve,
    segments,
    train,
    webhooks,
    withdraw_tell,
    withdrawing,
)
from hub.flow.abreast import abreast
from hub.flow.forget_screen import guard_of
from hub.flow.outlet import Outlet
from hub.flow.report import failing, record, trouble
from hub.flow.run import GoldenReport, MatchReport, PushReport, Run, SourceReport
from hub.flow.slices import Others, Slice
from hub.flow.workspace import Workspace
from hub.model import Json
from hub.store.engine import StoreError

PULL_SLICE = 1200.0
"""Seconds after which a pull stops at a committed page, and goes on in the next run."""


def _timer(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end


def source_step(workspace: Workspace, run: Run, name: str, *, full: bool = False) -> SourceReport:
    """Pull and normalize one source. Never raises for what the source does: its report says degraded or failed."""
    source = workspace.settings.sources[name]
    told = SourceReport()
    try:
        forget.catch_up(workspace, run)
        capabilities = workspace.connector(source.connector).description.capabilities
        guard = guard_of(workspace.store, workspace.settings, source)
        with workspace.connect(source, run, _timer(PULL_SLICE)) as connection:
            told = land.pull(
                workspace.store, source, connection, run, capabilities=capabilities, full=full, guard=guard
            )
            if capabilities.receives:
                one.land_arrivals(workspace.store, source, run, told)
            told = normalize.normalize(workspace.store, workspace.settings, source, connection, run, told)
    except StoreError:
        raise
    except Exception as error:  # a connector's bug is only its own source's problem
        told.status, told.error = "failed", trouble(error)
    told.notices = [_worded(workspace, source.connector, notice) for notice in told.notices]
    record(run, ("sources", name), asdict(told))
    return told


def _worded(workspace: Workspace, connector: str, notice: Mapping[str, Json]) -> dict[str, Json]:
    """A notice with its sentence in the workspace's language; one without a sentence shows its code and values."""
    words = workspace.connector(connector).sentences().get(notice["code"])
    values = defaultdict(str, {name: str(value) for name, value in notice["args"].items()})
    plain = notice["code"] + "".join(f", {name} {value}" for name, value in values.items())
    sentence = words[workspace.settings.language == "vi"].format_map(values) if words else plain
    return {**notice, "sentence": sentence}


def match_step(workspace: Workspace, run: Run, *, rebuild: bool = False, thorough: bool = False) -> MatchReport:
    """Who is who, for what changed (or all): writes the candidate. thorough: all, every pair compared by score."""
    started = time.perf_counter()
    with failing(run, "match"):
        forget.catch_up(workspace, run)
        told = match.match(workspace.store, workspace.settings, run, rebuild=rebuild, thorough=thorough)
    told.seconds = time.perf_counter() - started
    record(run, ("match",), asdict(told))
    return told


def train_step(workspace: Workspace, run: Run) -> dict[str, Json]:
    """Learn what agreements weigh, match everything anew by it, and tell what scores would join at each level."""
    with failing(run, "train"):
        told = train.train(workspace.store, workspace.settings, run)
    matched = match_step(workspace, run, thorough=True)
    for level, more in matched.outlook.items():
        told["levels"][level] |= more
    record(run, ("train",), told)
    return told


def resolve_step(workspace: Workspace, run: Run) -> GoldenReport:
    """Prove the candidate and promote it; InvariantError when the proof fails (nothing is promoted)."""
    started = time.perf_counter()
    with failing(run, "resolve"):
        told = resolve.resolve(workspace.store, workspace.settings, run)
    with failing(run, "withdrawals"):
        withdrawing.track(workspace, run)
    told.seconds = time.perf_counter() - started
    record(run, ("golden",), asdict(told))
    if "match" in run.parts:
        run.parts["match"]["reviews_opened"] = told.reviews_opened
    return told


def destination_step(
    workspace: Workspace,
    run: Run,
    name: str,
    *,
    yes: bool = False,
    plan_only: bool = False,
    plan_id: str | None = None,
    others: Others | None = None,
) -> PushReport:
    """Plan one destination, and push when it may (`yes`: a person says so). Never raises for what the destination does.

    plan_id: apply exactly this plan, or be held because it is stale. others: the destinations that are pushed meanwhile.
    """
    destination = workspace.settings.destinations[name]
    started, over, told = time.perf_counter(), Slice(destination.slice, others or Others()), PushReport()
    more = partial(workspace.connect, destination, run, over, common={})
    withdrawn: dict[str, int] = {}
    try:
        capabilities = workspace.connector(destination.connector).description.capabilities
        with more() as connection:
            outlet = Outlet(
                workspace.store, workspace.settings, destination, capabilities, connection, run, more=more, turn=over
            )
            if not plan_only:
                forget_tell.work(workspace.store, name, connection, run)
                withdrawn = withdraw_tell.work(outlet, over)
            told = plan.plan(outlet)
            told.withdrawn = withdrawn
            told.plan_id = plan_id or told.plan_id
            if not plan_only:
                push.push(outlet, told, yes=yes, deadline=over)
    except StoreError:
        raise
    except Exception as error:  # one broken destination stops no other
        told.state, told.error = "held" if isinstance(error, GuardError) else "failed", trouble(error)
    told.seconds = time.perf_counter() - started
    record(run, ("push", name), asdict(told))
    return told


def all_destinations(
    workspace: Workspace, run: Run, names: Sequence[str], *, yes: bool = False
) -> dict[str, PushReport]:
    """`destination_step` of these at the same time; the reports by name."""
    return dict(each_destination(workspace, run, names, yes=yes))


def each_destination(
    workspace: Workspace, run: Run, names: Sequence[str], *, yes: bool = False
) -> Iterator[tuple[str, PushReport]]:
    """`destination_step` of these at the same time, each as it ends; those into one system go one after another."""
    systems: dict[str, list[str]] = {}
    for name in names:
        systems.setdefault(workspace.settings.destinations[name].source or name, []).append(name)
    others = Others()
    work = partial(destination_step, workspace, run, yes=yes, others=others)
    yield from abreast(list(systems.values()), work, others.stop)
    told = run.parts.get("push", {})
    run.parts["push"] = {name: told[name] for name in sorted(told, key=list(workspace.settings.destinations).index)}


def finish(workspace: Workspace, run: Run) -> dict[str, Json]:
    """End the run: what was handed in meanwhile taken in, its report judged and stored, and those told who want to know of
    a change. Gives the JSON of `hub sync`."""
    if "failure" not in run.parts:
        with suppress(HubError):  # it stays where it waits, for the next run
            one.take_in(workspace.store, workspace.settings, run)
    if "golden" in run.parts:
        with suppress(HubError):  # whoever asks next sees to it
            segments.keep_up(workspace.store, workspace.settings, run.now())
    if "golden" in run.parts and workspace.settings.exports:
        record(run, ("exports",), export_set.after_sync(workspace, run))
    told = report.finish(workspace.store, run)
    webhooks.deliver(workspace.store, workspace.settings)
    alerts.notify(workspace, run, told)
    return told


def steps(
    workspace: Workspace, run: Run, sources: Sequence[str] = (), *, full: bool = False, no_push: bool = False
) -> None:
    """All steps in order, inside a run that the caller has begun and will end."""
    for name in sources or workspace.settings.sources:
        source_step(workspace, run, name, full=full)
    match_step(workspace, run)
    resolve_step(workspace, run)
    if not no_push:
        all_destinations(workspace, run, list(workspace.settings.destinations))
