"""Jobs, schedules, the sensors that rebuild after a hard crash and that pull when a vendor tells of a change.

Belongs here: when something runs. Does not: what it does (flow), the assets (sources, golden, destinations).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from hub.assets import destinations, sources
from hub.assets.golden import GOLDEN, MATCHES
from hub.assets.resources import HubRun
from hub.flow.reconcile import reconcile
from hub.settings import Destination, Settings, Source
from hub.settings.units import cron
from hub.store import nudges
from hub.store.engine import StoreError, open_store

TAGS = {"hub/kind": "sync"}
Job = Any
"""What `define_asset_job` returns; Dagster does not make the type public."""


def _downstream(settings: Settings) -> list[dg.AssetKey]:
    return [MATCHES, GOLDEN, *(destinations.key_of(name) for name in settings.destinations)]


def jobs(settings: Settings) -> Mapping[str, Job]:
    """`sync` (all), `sync_<source>` for each source with a schedule or webhooks, `reconcile_<destination>` for each with a
    schedule, `rebuild` (golden and destinations, no pull)."""
    select = dg.AssetSelection.assets
    made: dict[str, Job] = {"sync": dg.define_asset_job("sync", dg.AssetSelection.all(), tags=TAGS)}
    for name, source in settings.sources.items():
        if source.every or _tells(source):
            selection = select(sources.key_of(name), *_downstream(settings))
            made[f"sync_{name}"] = dg.define_asset_job(f"sync_{name}", selection, tags={**TAGS, "hub/source": name})
    for name, destination in settings.destinations.items():
        if destination.reconcile:
            made[f"reconcile_{name}"] = reconcile_job(destination)
    made["rebuild"] = dg.define_asset_job("rebuild", select(*_downstream(settings)), tags={"hub/kind": "rebuild"})
    return made


def schedules(settings: Settings, made: Mapping[str, Job]) -> Sequence[dg.ScheduleDefinition]:
    """One running schedule per source with `every` and per destination with `reconcile`, in the workspace's time zone."""
    told = [(f"every_{name}", f"sync_{name}", one.every) for name, one in settings.sources.items()]
    told += [(f"reconcile_{name}", f"reconcile_{name}", one.reconcile) for name, one in settings.destinations.items()]
    return [
        dg.ScheduleDefinition(
            name=f"{name}_schedule" if name == job else name,
            job=made[job],
            cron_schedule=str(cron(when)),
            execution_timezone=settings.timezone,
            default_status=dg.DefaultScheduleStatus.RUNNING,
        )
        for name, job, when in told
        if when
    ]


def reconcile_job(destination: Destination) -> Job:
    """Read a destination back whole and tell how far it drifted; the repair is a plan, nothing is written there."""

    @dg.op(name=f"read_back_{destination.name}", description="Drift of what was acknowledged, in counts and percent.")
    def _read_back(context: dg.OpExecutionContext, hub: dg.ResourceParam[HubRun]) -> None:
        told = reconcile(hub.workspace, hub.run, [destination.name])[destination.name]
        shown = {name: told[name] for name in ("whole", "readable", "held", "written", "drifted", "missing", "percent")}
        context.add_output_metadata(shown)

    @dg.job(name=f"reconcile_{destination.name}", tags={"hub/kind": "reconcile"})
    def _job() -> None:
        _read_back()

    return _job


def _tells(source: Source) -> bool:
    """Whether the vendor tells by webhooks that something changed."""
    return bool(source.options.get("webhook_secret"))


def nudge_sensors(settings: Settings, made: Mapping[str, Job]) -> Sequence[dg.SensorDefinition]:
    """Pull a source whose vendor has told that something changed, within half a minute and once for all that came since."""
    told = {name: made[f"sync_{name}"] for name, source in settings.sources.items() if _tells(source)}
    if not told:
        return []

    @dg.sensor(
        name="pull_when_told",
        jobs=list(told.values()),
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
    )
    def _pull() -> Iterator[dg.RunRequest | dg.SkipReason]:
        waiting = {name: at for name, at in _standing(settings).items() if name in told}
        if not waiting:
            yield dg.SkipReason("no vendor has told of a change")
        for name, at in waiting.items():
            yield dg.RunRequest(run_key=f"{name}-{at}", job_name=f"sync_{name}")

    return [_pull]


def _standing(settings: Settings) -> Mapping[str, str]:
    store = open_store(settings.database)
    try:
        with store.read() as conn:
            return nudges.standing(conn)
    except StoreError:
        return {}
    finally:
        store.dispose()


def rebuild_sensor(made: Mapping[str, Job]) -> dg.SensorDefinition:
    """After a sync that died before the golden record was made: rebuild it from what has landed, once per failed run."""
    watched = [job for name, job in made.items() if name != "rebuild" and not name.startswith("reconcile_")]

    @dg.run_failure_sensor(
        name="rebuild_after_crash",
        monitored_jobs=watched,
        request_job=made["rebuild"],
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
    )
    def _rebuild(context: dg.RunFailureSensorContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        run = context.dagster_run
        if _materialized(context.instance, run.run_id):
            yield dg.SkipReason("the golden record was made before the run failed")
        else:
            yield dg.RunRequest(run_key=f"rebuild-{run.run_id}")

    return _rebuild


def _materialized(instance: dg.DagsterInstance, run_id: str) -> bool:
    event = instance.get_latest_materialization_event(GOLDEN)
    return event is not None and event.run_id == run_id
