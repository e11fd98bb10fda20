"""What two birth dates say about two records.

Belongs here: the comparison. Does not: parsing (normalize), when it counts (cluster).
"""

from __future__ import annotations

WHOLE = 10
"""Length of a whole date `YYYY-MM-DD`; shorter ones never speak against anybody."""


def birth_conflict(a: str | None, b: str | None) -> bool:
    """True when both are whole and differ after swapping day and month, changing one digit or dropping 01/01."""
    if not a or not b or len(a) != WHOLE or len(b) != WHOLE or a == b:
        return False
    if a[:4] == b[:4] and (a[5:] == "01-01" or b[5:] == "01-01" or (a[5:7], a[8:]) == (b[8:], b[5:7])):
        return False
    return sum(x != y for x, y in zip(a, b, strict=True)) > 1
