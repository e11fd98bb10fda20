"""What a rule is.

Belongs here: the noun Rule and the classes of strength. Does not: any one rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Need = Literal["judged", "sent", "number", "loyal", "contact"]
"""What must not stand against a join: judged – a later word; sent – cannot-link, national ids; number – also kinds;
loyal – also incompatible names; contact – also unsure names and birth dates."""

JUDGEMENT, SENT, NUMBER, PHONE_EMAIL, ONE, SCORE = range(6)
"""Classes of strength; a class is closed before the next one begins."""


@dataclass(frozen=True, slots=True)
class Rule:
    """strength: class, 0 strongest. types: identifier types that carry it. kinds: kinds of records that it joins."""

    name: str
    strength: int
    need: Need
    types: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ("person", "organisation")
