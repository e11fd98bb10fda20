"""How long to try: patience with one request, and what waiting means.

Belongs here: when it is enough, how long to pause. Does not: sending (kit.http), budgets (kit.limits).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import tenacity

from hub.connectors.kit.answers import UNREACHABLE
from hub.connectors.kit.port import Context
from hub.errors import TransientError


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often. attempts: tries of one request; base, cap: seconds of the exponential backoff.

    knocks, reach: tries, and seconds after which no further one begins, when nobody can be reached at all.
    longest: a Retry-After above it (seconds) ends the slice instead of being slept; connect, silence: socket time-outs;
    total: seconds for one answer to arrive whole; max_bytes: its greatest size, unpacked.
    """

    attempts: int = 6
    knocks: int = 4
    reach: float = 8.0
    base: float = 0.5
    cap: float = 30.0
    longest: float = 120.0
    connect: float = 4.0
    silence: float = 60.0
    total: float = 180.0
    max_bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Waiting:
    """How a client waits and when it gives up. deadline: no more retries once True; jitter: 0 to 1.

    on_wait: told the seconds before each pause. clock: seconds, monotonic.
    """

    wait: Callable[[float], None] = time.sleep
    on_wait: Callable[[float], None] = lambda seconds: None
    deadline: Callable[[], bool] = lambda: False
    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random

    @classmethod
    def of(cls, context: Context) -> Waiting:
        """As the hub's context says."""
        told = partial(_tell, context.progress)
        return cls(wait=context.wait or time.sleep, on_wait=told, deadline=context.deadline)


def _tell(progress: Callable[[int, int | None, float | None], None], seconds: float) -> None:
    progress(0, None, seconds)


USUAL, REAL = Patience(), Waiting()
"""With vendors; with the clock on the wall."""


def enough(patience: Patience, state: tenacity.RetryCallState) -> bool:
    """Whether it was tried often enough; a vendor that is not there at all holds nobody up for long."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, TransientError) and error.code == UNREACHABLE:
        late = (state.seconds_since_start or 0.0) >= patience.reach
        return late or state.attempt_number >= min(patience.knocks, patience.attempts)
    return state.attempt_number >= patience.attempts


def how_long(patience: Patience, jitter: Callable[[], float], state: tenacity.RetryCallState) -> float:
    """Seconds until the next try: as the other side says and a little more, else exponential with jitter."""
    error = state.outcome.exception() if state.outcome else None
    told = error.retry_after if isinstance(error, TransientError) else None
    backoff = min(patience.cap, patience.base * 2 ** (state.attempt_number - 1))
    return told + min(1.0, told / 10) * jitter() if told else backoff * (0.5 + 0.5 * jitter())
