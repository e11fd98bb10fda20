"""Who held a phone when: numbers that an operator gave to somebody else.

Belongs here: telling the holders of one identifier apart by the times of its records, and why not. Does not: what follows
for joins (cluster), reading times (store.scope).
Without the sources' own times nothing is inferred, and a household that takes turns is not mistaken for strangers: who
shares anything else – a cluster, an identifier, an address – stays RELATED by the shared number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from hub.matching.book import EXCLUDE
from hub.matching.component import Component, Group, Span
from hub.matching.state import State


@dataclass(frozen=True, slots=True)
class Era:
    """The records of one holder, sorted, and from when to when the sources saw it (canonical UTC text)."""

    members: tuple[int, ...]
    first: str
    last: str


def eras(group: Group, component: Component, state: State) -> list[Era]:
    """The holders of the group's identifier, oldest first; [] unless it changed hands beyond doubt.

    All named records are dated; names are of one script and fall into classes, incompatible between and nowhere
    incompatible within; the classes lie `component.gap` days apart; nothing else ties two of them. Nameless records
    belong to the holder in whose own time they lie wholly (the present one's has no end), else to nobody.
    """
    spans = dict(zip(group.members, group.spans, strict=False))
    named = [i for i in group.members if component.items[i].name]
    if not spans or not component.gap or not all(all(spans[i]) for i in named):
        return []
    classes = _classes(named, component, state)
    found = sorted((_era(members, spans) for members in classes), key=lambda era: era.first)
    if len(found) < 2 or any(days(a.last, b.first) < component.gap for a, b in pairwise(found)):
        return []
    if _tied([era.members for era in found], group, component, state):
        return []
    return [_with_nameless(n, found, group, spans, component) for n in range(len(found))]


def days(earlier: str, later: str) -> int:
    """Whole days from one time to another; below 0 when they lie the other way round."""
    return (date.fromisoformat(later[:10]) - date.fromisoformat(earlier[:10])).days


def _classes(named: list[int], component: Component, state: State) -> list[list[int]]:
    """Records whose names do not exclude each other; [] when such a chain holds two names that do, or in two scripts."""
    kind = component.items[named[0]].kind if named else ""
    apart: list[list[str]] = []
    names = sorted({component.items[i].name for i in named})
    if len({state.book.form(name).bare.isascii() for name in names}) > 1:
        return []
    for name in names:
        near = [one for one in apart if any(state.book.verdict(kind, name, other) not in EXCLUDE for other in one)]
        if any(state.book.verdict(kind, name, other) in EXCLUDE for one in near for other in one) or len(near) > 1:
            return []
        if near:
            near[0].append(name)
        else:
            apart.append([name])
    return [[i for i in named if component.items[i].name in mine] for mine in apart]


def _era(members: Iterable[int], spans: dict[int, Span]) -> Era:
    mine = sorted(members)
    return Era(tuple(mine), min(spans[i][0] for i in mine), max(spans[i][1] for i in mine))


def _tied(sides: list[tuple[int, ...]], group: Group, component: Component, state: State) -> bool:
    """Whether records of two holders are one customer already, live at one address or share another identifier."""
    side = {i: n for n, members in enumerate(sides) for i in members}

    def across(members: Iterable[int]) -> bool:
        return len({side[i] for i in members if i in side}) > 1

    if len({(state.root[i], n) for i, n in side.items()}) > len({state.root[i] for i in side}):
        return True
    homes = [{home for i in members for home in component.items[i].homes} for members in sides]
    if sum(map(len, homes)) > len(set().union(*homes)):
        return True
    return any(across(other.members) for other in component.groups if other is not group)


def _with_nameless(n: int, found: list[Era], group: Group, spans: dict[int, Span], component: Component) -> Era:
    """The n-th era with the nameless records of its own time."""
    era = found[n]
    more = [
        i
        for i in group.members
        if not component.items[i].name
        and all(spans[i])
        and (n == 0 or spans[i][0] >= era.first)
        and (n == len(found) - 1 or spans[i][1] <= era.last)
    ]
    return Era(tuple(sorted((*era.members, *more))), era.first, era.last)
