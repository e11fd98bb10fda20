"""Which faults a sandbox gives, how often. Belongs here: the profiles and their numbers; giving faults is hostile.py.

Kinds of fault. Refused before anything happens: `limit` (429), `error` (500), `html` (503 with an HTML page).
After the vendor did what was asked: `cut` (connection dropped without an answer), `stall` (silence, then dropped),
`truncated` (half of the JSON). Answered rightly but awkwardly: `slow`, `shift` (rows inserted before the page, so
that its first rows were on the page before), `repeat` (a whole page inserted: the same page comes again), `touch`
(somebody opens and saves a record of the page before, so its modified time moves).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

REFUSED = ("limit", "error", "html")
AFTER_COMMIT = ("cut", "stall", "truncated")
FAILING = (*REFUSED, *AFTER_COMMIT)
PAGED = ("shift", "repeat", "touch")
KINDS = (*FAILING, "slow", *PAGED)

_USUAL = {
    "limit": 0.05,
    "error": 0.05,
    "html": 0.04,
    "cut": 0.03,
    "stall": 0.02,
    "truncated": 0.04,
    "slow": 0.03,
    "shift": 0.05,
    "repeat": 0.04,
}


@dataclass(frozen=True)
class Profile:
    """`rates`: kind → probability per request. `in_a_row`: at most so many failing answers one after the other on one
    endpoint, and on one request (same method, path and query). Seconds: `retry_after` (whole), `stall`, `slow`;
    `skew`: the vendors' clocks are off by up to so many seconds, each by its own amount, the same all the time."""

    name: str
    rates: Mapping[str, float] = field(default_factory=dict)
    in_a_row: int = 2
    retry_after: int = 1
    stall: float = 0.1
    slow: float = 0.05
    skew: float = 0.0

    def __post_init__(self) -> None:
        unknown = set(self.rates) - set(KINDS)
        if unknown:
            raise ValueError(f"unknown kinds of fault: {', '.join(sorted(unknown))}")


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("calm"),
        Profile("hostile", _USUAL, skew=90.0),
        Profile("busy", {**_USUAL, "touch": 0.05}, skew=90.0),
        Profile("down"),
        Profile("expired"),
    )
}
