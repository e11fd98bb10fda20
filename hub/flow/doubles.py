"""Several records of one customer in one system: what the hub does about them, and what it cannot do.

Belongs here: the sentence. Does not: finding them (decide.py). The hub gives all of them the same name, birth date, address
and tags, never each other's phones and e-mails; no vendor's interface that it knows lets one be merged into the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.flow.texts import texts
from hub.model import Json

TABLE = "doubles.tsv"


def sentence(title: str, targets: Sequence[str], points: Sequence[Json], language: str) -> str:
    """`Two cards stay in KiotViet (1, 2); their points 120 and 45 are not added.`; points that nobody told are left out."""
    rows, told = texts(TABLE), [str(one) for one in points if one]
    head = rows["stay"][language].format(count=len(targets), title=title, targets=", ".join(targets))
    if len(told) < 2:
        return head
    return head + rows["points"][language].format(points=rows["and"][language].join(told))
