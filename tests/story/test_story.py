"""The whole way, over real HTTP, on both stores, with calm and with hostile vendors: five systems, one customer, and back."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from world import World, made

PEOPLE, SEED = 40, 3


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("people") / "world", PEOPLE, SEED)


def tell(world: World) -> list[dict]:
    """Sync, yes, sync, yes, sync, and (hostile vendors leave outcomes open) once more."""
    reports = []
    for _ in range(3):
        reports.append(world.inside("sync"))
        world.inside("push")
    reports.append(world.inside("sync"))
    return reports


@pytest.fixture(params=["calm", "hostile"])
def world(request: pytest.FixtureRequest, people: Path, tmp_path: Path, store_url: str):
    database = None if store_url.startswith("sqlite") else store_url
    with World(tmp_path / "world", people, database) as made_world:
        made_world.profile = request.param
        if request.param == "hostile":
            made_world.box.hostile.set("hostile", retry_after=0, stall=0.05)
        yield made_world


@pytest.fixture(scope="module")
def calm_state(people: Path, tmp_path_factory: pytest.TempPathFactory):
    with World(tmp_path_factory.mktemp("calm") / "world", people) as calm:
        tell(calm)
        return calm.state()


def test_the_story_ends_the_same_whatever_the_vendors_do(world, calm_state):
    reports = tell(world)
    assert bool(world.box.journal.faults) == (world.profile == "hostile")
    world.box.hostile.calm()
    before = world.box.journal.position
    last = world.inside("sync")
    assert reports[0]["match"]["customers"] > PEOPLE / 2
    assert world.box.journal.of(after=before) == []
    assert all(part["plan_id"] is None for part in last["push"].values())
    state = world.state()
    for part in ("records", "partition", "golden"):
        assert state[part] == calm_state[part], part
    assert state["vendors"] == calm_state["vendors"]


def test_no_join_is_wrong_and_no_family_phone_fuses_two_named_people(people, calm_state):
    truth = {}
    with (people / "truth.csv").open(encoding="utf-8-sig") as lines:
        for row in csv.DictReader(lines):
            truth[f"{row['source']}:{row['source_id']}"] = (row["cluster"], row["scenario"])
    wrong = defaultdict(int)
    for keys in calm_state["partition"]:
        clusters = {truth[key][0] for key in keys if key in truth}
        if len(clusters) > 1:
            wrong[tuple(sorted({truth[key][1] for key in keys if key in truth}))] += 1
    assert not wrong
    known = [key for keys in calm_state["partition"] for key in keys if key in truth]
    assert len(known) > 0.9 * sum(map(len, calm_state["partition"]))
    assert sum(len(keys) > 1 for keys in calm_state["partition"]) > 50
