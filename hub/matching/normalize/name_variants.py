"""Which foreign names stand for each other (nicknames, spellings) and which are names in their own right.

Belongs here: look-ups in nicknames.tsv and given_names.tsv. Does not: the comparison that uses them
(matching/names.py).
"""

from __future__ import annotations

from functools import cache

from hub.matching.normalize.tables import read_table


@cache
def groups() -> dict[str, frozenset[int]]:
    """ASCII name -> the numbers of the groups it stands in."""
    found: dict[str, set[int]] = {}
    for number, row in enumerate(read_table("nicknames.tsv")):
        for name in row["group"].split():
            found.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


def stands_for(a: str, b: str) -> bool:
    """Whether some group holds both ASCII names."""
    table = groups()
    return not table.get(a, frozenset()).isdisjoint(table.get(b, frozenset()))


@cache
def known_names() -> frozenset[str]:
    """ASCII names that are spelt right as they are: given names of the list and all members of the groups."""
    return frozenset(row["name"] for row in read_table("given_names.tsv")) | frozenset(groups())
