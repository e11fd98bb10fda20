"""Killed while it creates, changes and takes out: destinations of every mode end as undisturbed ones (behaviour 5, 7.4).

Several writes are under way to each of four destinations when the process dies.
"""

from __future__ import annotations

import random

import pytest
from databases import fresh
from giving import ACTS, Giving

DEATHS = (
    ("before", 9),  # results that came are lost with the transaction that would have kept them
    ("after", 7),  # announced, and perhaps never left
    ("hub.connectors.sheet_file.writer:_save", 1),  # the list is written, nobody knows
    ("!hub.flow.send:note", 3),
)
"""Where each of these falls hangs on how the threads run; wherever it does, the end is the same."""
PUSH = ("push", "--yes")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory):
    """The end of both acts when nothing happens."""
    with Giving(tmp_path_factory.mktemp("calm") / "w") as world:
        for number in range(len(ACTS)):
            world.act(number)
            world.settled()
        assert {(one.vendor, one.action) for one in world.box.journal.writes} >= {
            ("kiotviet", "create"), ("kiotviet", "delete"), ("woocommerce", "create"), ("mailchimp", "create"),
            ("mailchimp", "update"),
        }  # fmt: skip
        assert {row["action"] for row in world.listed()} == {"create", "update", "deactivate"}
        yield world.end()


@pytest.fixture(params=["sqlite", "postgres"])
def world(request: pytest.FixtureRequest, tmp_path):
    with (
        fresh(request, request.param, tmp_path / "store") as url,
        Giving(tmp_path / "w", None if request.param == "sqlite" else url) as one,
    ):
        yield one


def played(world: Giving, kills) -> int:
    """Both acts, with these kills (each a function of the world; those of an act go one after another); how many hit."""
    hits = 0
    for number, deaths in enumerate(kills):
        world.act(number)
        hits += sum(death(world) for death in deaths)
        world.settled()
    return hits


def same(world: Giving, undisturbed) -> None:
    end = world.end()
    for part, rows in undisturbed.items():
        assert end[part] == rows, part
    assert {what: places for what, places in world.unaccounted().items() if places} == {}


def at(place: str, number: int):
    return lambda world: world.dying(place, number, *PUSH)


def among(number: int, pause: float):
    return lambda world: world.kill_among_writes(number, pause, *PUSH)


def test_killed_in_the_middle_of_every_kind_of_write_the_end_is_the_same(world, undisturbed):
    creating, taking_out = (at(*DEATHS[0]), at(*DEATHS[2])), (at(*DEATHS[1]), at(*DEATHS[3]))
    assert played(world, (creating, taking_out)) > 0
    same(world, undisturbed)


@pytest.mark.crash
@pytest.mark.parametrize("seed", range(10))
def test_killed_ten_times_at_random(world, undisturbed, seed):
    dice = random.Random(f"giving {seed}")

    def death():
        if dice.random() < 0.5:
            return among(dice.randint(0, 12), dice.uniform(0.0, 0.05))
        return at(dice.choice(("before", "after")), dice.randint(2, 16))

    assert played(world, [[death() for _ in range(5)] for _ in ACTS]) > 0
    same(world, undisturbed)
