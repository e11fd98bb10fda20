"""Kill -9 at random moments: nothing lost, nothing doubled, the same end (behaviour 7.4). A hundred of them: `make crash`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from world import STORY, World, made

PEOPLE, SEED = 25, 7
LONGEST = 4.0
"""Seconds: about what one command of the story takes, so that a kill can fall anywhere in it."""


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("people") / "world", PEOPLE, SEED)


@pytest.fixture(scope="module")
def undisturbed(people: Path, tmp_path_factory: pytest.TempPathFactory):
    with World(tmp_path_factory.mktemp("calm") / "w", people) as world:
        world.story()
        return world.state()


def killed(world: World, seed: int, times: int) -> int:
    """Kill the story's commands `times` times, then let it end; how many kills hit a living process."""
    dice, hits = random.Random(seed), 0
    for number in range(times):
        hits += world.kill_after(dice.uniform(0.5, LONGEST), *STORY[number % len(STORY)])
    world.story()
    return hits


def check(world: World, undisturbed) -> None:
    state = world.state()
    for part in ("records", "partition", "golden"):
        assert state[part] == undisturbed[part], part
    for vendor, rows in undisturbed["vendors"].items():
        assert state["vendors"][vendor] == rows, vendor
    assert world.doubled() == []


def test_killed_ten_times_the_end_is_the_same(people, undisturbed, tmp_path):
    with World(tmp_path / "w", people) as world:
        hits = killed(world, 1, 10)
        check(world, undisturbed)
    assert hits > 0


@pytest.mark.crash
@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_kills(people, undisturbed, tmp_path, seed):
    with World(tmp_path / "w", people) as world:
        killed(world, 100 + seed, 10)
        check(world, undisturbed)
