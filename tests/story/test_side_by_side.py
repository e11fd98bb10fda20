"""Destinations of one run at the same time, over real HTTP: a hanging one delays no other (behaviour 5.8), on both stores."""

from __future__ import annotations

import threading
import uuid
from pathlib import Path

import pytest
from world import World, made, opened

from hub.connectors.pos_kiotviet.writes import Writer
from hub.flow import sync
from hub.flow.lock import lock, start_run
from hub.flow.run import Run

PATIENCE = 20.0


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("people") / "world", 20, 5)


@pytest.fixture
def world(people: Path, tmp_path: Path, store_url: str):
    database = None if store_url.startswith("sqlite") else store_url
    with World(tmp_path / "world", people, database) as made_world:
        made_world.inside("sync")
        yield made_world


def test_a_destination_that_hangs_delays_no_other(world, monkeypatch):
    free, real = threading.Event(), Writer.write
    monkeypatch.setattr(Writer, "write", lambda self, writes: (free.wait(PATIENCE), real(self, writes))[1])
    with opened(world.folder) as workspace:
        run = Run(str(uuid.uuid4()))
        with lock(workspace.store, run):
            start_run(workspace.store, run)
            order = []
            for name, report in sync.each_destination(workspace, run, list(workspace.settings.destinations), yes=True):
                order.append((name, report.state))
                if len(order) == len(workspace.settings.destinations) - 1:
                    assert not free.is_set()
                    free.set()
            told = sync.finish(workspace, run)
    assert order[-1] == ("pos", "applied")
    assert list(told["push"]) == list(workspace.settings.destinations)


def test_destinations_into_one_system_go_one_after_another(world):
    toml = world.folder / "hub.toml"
    toml.write_text(toml.read_text() + '\n[destinations.again]\nsource = "pos"\nfields = ["email"]\n', encoding="utf-8")
    under_way, overlaps, real = [], [], sync.destination_step

    def step(workspace, run, name, **more):
        system = workspace.settings.destinations[name].source
        overlaps.extend([name] if system in under_way else [])
        under_way.append(system)
        told = real(workspace, run, name, **more)
        under_way.remove(system)
        return told

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sync, "destination_step", step)
        report = world.inside("push")
    assert overlaps == []
    assert {"pos", "again"} <= set(report["push"])
