"""Two persons with one national id, passport or driving licence are one, whatever their names.

Belongs here: this rule, conflicts of national ids. Does not: closure (cluster), sentences (data/sentences.tsv).
"""

from __future__ import annotations

from collections.abc import Iterable

from hub.matching.rules.base import NUMBER, Rule

RULE = Rule("personal_number", NUMBER, "number", ("national_id", "passport", "driving_licence"), ("person",))

NationalIds = tuple[tuple[str, str, str], ...]
"""(country, generation, value), sorted."""


def nearly_equal(a: str, b: str) -> bool:
    """Equal up to one changed, lost or doubled character, or one transposition of neighbours."""
    if a == b:
        return True
    if len(a) > len(b):
        a, b = b, a
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) + 1 == len(b):
        return a[start:] == b[start + 1 :]
    if len(a) != len(b):
        return False
    return a[start + 1 :] == b[start + 1 :] or (
        a[start + 2 :] == b[start + 2 :] and a[start : start + 2] == b[start : start + 2][::-1]
    )


def national_conflict(a: NationalIds, b: NationalIds) -> bool:
    """True when both bear national ids of one country and generation and no two of them nearly agree."""
    return any(not _agree(_of(a, group), _of(b, group)) for group in {i[:2] for i in a} & {i[:2] for i in b})


def _of(ids: NationalIds, group: tuple[str, str]) -> list[str]:
    return [value for *of, value in ids if tuple(of) == group]


def _agree(a: Iterable[str], b: Iterable[str]) -> bool:
    others = list(b)
    return any(nearly_equal(x, y) for x in a for y in others)
