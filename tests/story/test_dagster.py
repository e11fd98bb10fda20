"""A sync as a Dagster run: the same report, checks and tags, a lock, dead runs closed, nobody's data in Dagster's storage."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from pathlib import Path

import dagster as dg
import pytest
from world import World, made, opened

from hub import definitions
from hub.assets.dead import close_dead
from hub.connectors.pos_kiotviet import KiotViet
from hub.errors import InvariantError
from hub.flow import resolve
from hub.flow.lock import lock
from hub.flow.run import Run
from hub.flow.status import status

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("people") / "world", 20, 5)


@pytest.fixture
def world(people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    with World(tmp_path / "world", people) as made_world:
        yield made_world


def sync(world: World) -> tuple[dict, dg.DagsterRun, bool]:
    """One Dagster run in this process; the hub's report, Dagster's run, and whether it succeeded."""
    with opened(world.folder) as workspace:
        run = Run(str(uuid.uuid4()))
        with lock(workspace.store, run):
            succeeded = definitions.run(workspace.settings, run)
    with dg.DagsterInstance.get() as instance:
        told = instance.get_run_by_id(run.run_id)
    assert told is not None
    return run.parts["document"], told, succeeded


def stored(world: World) -> bytes:
    """Every byte that Dagster keeps."""
    return b"".join(path.read_bytes() for path in (world.folder / "data" / "dagster").rglob("*") if path.is_file())


def test_a_run_reports_as_the_direct_way_does_and_holds_nobodys_data(world, people, tmp_path):
    report, run, succeeded = sync(world)
    with World(tmp_path / "direct", people) as other:
        direct = other.inside("sync")
    assert succeeded
    assert run.status is dg.DagsterRunStatus.SUCCESS
    assert {key: report[key] for key in ("match", "golden")} == {key: direct[key] for key in ("match", "golden")}
    with opened(world.folder) as workspace, workspace.store.read() as conn:
        sql = "SELECT full_name, phone, email FROM customers WHERE full_name IS NOT NULL LIMIT 50"
        personal = {text for row in conn.exec_driver_sql(sql) for text in row if text}
    kept = stored(world)
    assert personal
    assert not [text for text in personal if text.encode() in kept]


def test_a_source_that_is_down_degrades_its_own_step_only(world):
    world.box.hostile.set("down", vendor="kiotviet")
    report, run, succeeded = sync(world)
    assert succeeded
    assert report["status"] == "degraded"
    assert report["sources"]["pos"]["status"] in ("failed", "degraded")
    assert report["golden"]["created"] > 0
    assert run.tags["hub/degraded"] == "yes"
    assert run.tags["hub/degraded.pos"]


def test_a_failed_proof_promotes_nothing_and_fails_the_run(world, monkeypatch):
    def broken(*_: object) -> None:
        raise InvariantError("2 records have no customer")

    monkeypatch.setattr(resolve, "resolve", broken)
    report, run, succeeded = sync(world)
    assert not succeeded
    assert (report["status"], report["failure"]["code"]) == ("failed", "invariant")
    assert run.status is dg.DagsterRunStatus.FAILURE
    assert report["push"] == {}


def test_a_run_whose_process_is_gone_is_closed_by_the_next_sync(world):
    sync(world)
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()
    with dg.DagsterInstance.get() as instance:
        tags = {"hub/pid": str(gone.pid)}
        dead = dg.DagsterRun(job_name="sync", run_id=str(uuid.uuid4()), status=dg.DagsterRunStatus.STARTED, tags=tags)
        mine = dg.DagsterRun(
            job_name="sync",
            run_id=str(uuid.uuid4()),
            status=dg.DagsterRunStatus.STARTED,
            tags={"hub/pid": str(os.getpid())},
        )
        instance.add_run(dead)
        instance.add_run(mine)
        assert close_dead(instance) == 1
        assert instance.get_run_by_id(dead.run_id).status is dg.DagsterRunStatus.FAILURE
        assert instance.get_run_by_id(mine.run_id).status is dg.DagsterRunStatus.STARTED


def test_jobs_and_schedules_come_from_the_settings(world):
    with opened(world.folder) as workspace:
        made_defs = definitions.build_defs(workspace.settings)
        repository = made_defs.get_repository_def()
        schedules = {one.name: one.cron_schedule for one in repository.schedule_defs}
    assert schedules == {"every_pos": "*/15 * * * *", "every_shop": "0 * * * *"}
    assert {"sync", "sync_pos", "sync_shop", "rebuild"} <= set(repository.job_names)
    assert [sensor.name for sensor in repository.sensor_defs] == ["rebuild_after_crash"]


def test_a_destination_is_read_back_on_its_schedule(world):
    toml = world.folder / "hub.toml"
    toml.write_text(toml.read_text().replace("[destinations.shop]", '[destinations.shop]\nreconcile = "1d"', 1))
    sync(world)
    with opened(world.folder) as workspace:
        repository = definitions.build_defs(workspace.settings).get_repository_def()
        job = repository.get_job("reconcile_shop")
        workspace.store.dispose()
        with dg.DagsterInstance.get() as instance:
            result = job.execute_in_process(instance=instance)
            (told,) = [one for one in result.all_events if one.event_type_value == "STEP_OUTPUT"]
    assert {one.name: one.cron_schedule for one in repository.schedule_defs}["reconcile_shop_schedule"] == "0 3 * * *"
    assert told.step_output_data.metadata["whole"].value
    with opened(world.folder) as workspace:
        assert "shop" in status(workspace.store, workspace.settings)["drift"]


def test_no_workspace_means_empty_definitions(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HUB_CONFIG", raising=False)
    assert list(definitions.defs().resolve_asset_graph().get_all_asset_keys()) == []


def test_each_asset_has_its_own_metadata_and_failure(world, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("a connector's bug")

    monkeypatch.setattr(KiotViet, "__init__", broken)
    report, _, succeeded = sync(world)
    names = list(report["push"])
    with dg.DagsterInstance.get() as instance:
        told = {
            name: instance.get_latest_materialization_event(dg.AssetKey([f"{name}_push"])).asset_materialization
            for name in names
        }
    assert succeeded
    assert {name: told[name].metadata["state"].value for name in names} == {
        name: part["state"] for name, part in report["push"].items()
    }


def test_a_job_may_carry_some_destinations_only(world):
    sync(world)
    with opened(world.folder) as workspace:
        made_defs = definitions.build_defs(workspace.settings)
        workspace.store.dispose()
        definitions.instance_home(world.folder)
        with dg.DagsterInstance.get() as instance:
            job = made_defs.resolve_job_def("rebuild")
            result = job.execute_in_process(instance=instance, asset_selection=[dg.AssetKey(["shop_push"])])
            done = {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}
    assert done == {"shop_push"}
