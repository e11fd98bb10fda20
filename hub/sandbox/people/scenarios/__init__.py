"""Every way in which one person looks like two, or two like one: a named function each, in the order of scenarios.tsv.

A scenario takes its stream of chance and a count of cases and gives records (hub.sandbox.people.record). Its docstring
says what it is, and data/scenarios.tsv repeats it beside the right answer, how many persons one case has, its share of
all persons (per 10,000; of records where a case has no person) and the least number of cases in any world.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from hub.sandbox.people import tables
from hub.sandbox.people.draw import Draw
from hub.sandbox.people.scenarios import (
    counter,
    dates,
    emails,
    foreign,
    guests,
    households,
    mistakes,
    names,
    ordinary,
    papers,
)

Make = Callable[[Draw, int], pl.DataFrame]
_ROOMS = (ordinary, names, mistakes, households, counter, guests, emails, papers, dates, foreign)


@dataclass(frozen=True)
class Scenario:
    """One row of scenarios.tsv with its function; `answer` is join, do_not_join or related."""

    name: str
    answer: str
    persons: int
    share: float
    least: int
    make: Make

    def cases(self, people: int) -> int:
        """How many cases a world of PEOPLE persons holds."""
        return max(self.least, round(people * self.share / 10_000 / max(self.persons, 1)))


def scenarios() -> tuple[Scenario, ...]:
    """All scenarios in the order of the table; raises KeyError for a row without its function."""
    functions = {name: value for room in _ROOMS for name, value in vars(room).items() if callable(value)}
    return tuple(_scenario(row, functions) for row in tables.rows("scenarios"))


def _scenario(row: dict[str, str], functions: dict[str, Make]) -> Scenario:
    return Scenario(
        name=row["name"],
        answer=row["answer"],
        persons=int(row["persons"]),
        share=float(row["share"]),
        least=int(row["least"]),
        make=functions[row["name"]],
    )
