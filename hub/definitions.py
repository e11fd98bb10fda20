"""Assembles everything for Dagster: `build_defs(settings)`, the lazy `defs`, and `run` for the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import dagster as dg

from hub.assets import automation, destinations, golden, sources
from hub.assets.dead import close_dead
from hub.assets.home import instance_home
from hub.assets.resources import hub_run
from hub.errors import ConfigError
from hub.flow.run import Run
from hub.flow.workspace import RegistryCatalogue
from hub.settings import Settings, find_config, load

DAY = 86_400


def build_defs(settings: Settings, overrides: Mapping[str, object] | None = None) -> dg.Definitions:
    """All assets, checks, jobs, schedules and sensors that `settings` ask for. overrides: resources by name, for tests."""
    pulls = [sources.source_asset(source) for source in settings.sources.values()]
    freshest = min((source.freshness or DAY for source in settings.sources.values()), default=DAY)
    made, pushed = automation.jobs(settings), list(settings.destinations.values())
    return dg.Definitions(
        assets=[
            *pulls,
            golden.matches_asset([sources.key_of(name) for name in settings.sources]),
            golden.golden_asset(timedelta(seconds=max(freshest, 3600))),
            *([destinations.destination_assets(pushed)] if pushed else []),
        ],
        jobs=list(made.values()),
        schedules=automation.schedules(settings, made),
        sensors=[automation.rebuild_sensor(made), *automation.nudge_sensors(settings, made)],
        resources={"hub": hub_run(str(settings.path)), **(overrides or {})},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads: the workspace of HUB_CONFIG or the current folder; empty where there is none."""
    try:
        path = find_config(None)
    except ConfigError:
        return dg.Definitions(metadata={"hub": "no hub.toml here: run `hub init`"})
    return build_defs(load(path, RegistryCatalogue()))


def run(settings: Settings, run: Run, *, only: Sequence[str] = (), push: bool = True, full: bool = False) -> bool:
    """One sync as a Dagster run in this process, in the workspace's instance; whether every step succeeded.

    The caller holds the workspace's lock and gives the hub's run, whose id becomes Dagster's; its report is in `run.parts`
    under "document". only: names of sources (empty: all).
    """
    instance_home(settings.workspace)
    with dg.DagsterInstance.get() as instance:
        close_dead(instance)
        hub = hub_run(str(settings.path), full=full, run=run)
        job = build_defs(settings, {"hub": hub}).resolve_job_def("sync")
        result = job.execute_in_process(
            run_id=run.run_id,
            instance=instance,
            raise_on_error=False,
            asset_selection=_selection(settings, only, push),
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    return result.success


def _selection(settings: Settings, only: Sequence[str], push: bool) -> list[dg.AssetKey]:
    pushes = [destinations.key_of(name) for name in settings.destinations] if push else []
    return [*(sources.key_of(name) for name in only or settings.sources), golden.MATCHES, golden.GOLDEN, *pushes]
