"""A run and its reports: what every step is given and what it gives back.

Belongs here: Run, the report dataclasses and their JSON. Does not: the steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hub.model import Json, utc_text


def utc_now() -> str:
    """The local clock as canonical text."""
    return utc_text(datetime.now(UTC))


Progress = Callable[[str, str, int, int | None, float | None], None]
"""Called with (step, subject, done, total or None, seconds it waits for a vendor or None)."""


def no_progress(step: str, subject: str, done: int, total: int | None, waiting: float | None) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run. run_id: one UUID for the hub's and Dagster's run. now: clock (canonical text), replaceable in tests.

    parts: what the steps report (flow.report). started: when it began. actor: who asked for it, `hub` when no person did.
    """

    run_id: str
    now: Callable[[], str] = utc_now
    trigger: str = "cli"
    progress: Progress = no_progress
    parts: dict[str, Json] = field(default_factory=dict, compare=False)
    started: str = ""
    actor: str = "hub"

    def __post_init__(self) -> None:
        if not self.started:
            object.__setattr__(self, "started", self.now())


@dataclass(slots=True)
class SourceReport:
    """Counts of one source in one run, exactly the JSON of `hub sync`. error: {"code", "sentence"} or None."""

    status: str = "ok"  # ok | partial | degraded | failed | skipped
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    quarantined: int = 0
    fields_refused: int = 0
    error: Mapping[str, Json] | None = None
    notices: list[Mapping[str, Json]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


GUARDS = ("blocked_value", "own", "generic_identifier", "cannot_link", "conflict", "name", "held")


@dataclass(slots=True)
class MatchReport:
    """Counts of matching; guards by name of behaviour 3.

    suggestions: pairs that may be one by their score. not_compared: records whose pairs the scores have not all seen.
    merge_above: the level in force. untrained: it is `careful` only because nothing was learnt for `balanced`.
    outlook: level → what scores would join above it, when that was asked.
    """

    records: int = 0
    customers: int = 0
    links: int = 0
    related: int = 0
    reviews_opened: int = 0
    guards: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GUARDS, 0))
    seconds: float = 0.0
    suggestions: int = 0
    not_compared: int = 0
    merge_above: str = "never"
    untrained: bool = False
    outlook: dict[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class GoldenReport:
    """Counts of the golden record; proof: invariant → number of violations (all 0 when promoted).

    reviews_opened: new questions among those asked; `hub sync` tells it with the counts of matching.
    """

    created: int = 0
    updated: int = 0
    merged: int = 0
    split: int = 0
    unchanged: int = 0
    reviews_opened: int = 0
    proof: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(slots=True)
class PushReport:
    """Plan and push of one destination. state: applied | waiting | held | failed.

    reasons: what happened → code → count. effects: what the planned writes set off there (account_mail, contact_cost).
    takes: seconds that the planned writes need at the vendor's rate, None when that is not known. there: records that the
    system holds. doubled: customers with several records there; doubles: the first of them (flow.decide.Double).
    withdrawn: state → tasks of withdrawals that ended so, of those that were told (flow.withdraw_tell).
    """

    plan_id: str | None = None
    state: str = "applied"
    planned: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("create", "update", "deactivate", "delete", "noop", "blocked", "conflict"), 0
        )
    )
    acked: int = 0
    rejected: int = 0
    retry: int = 0
    unknown: int = 0
    error: Mapping[str, Json] | None = None
    reasons: dict[str, dict[str, int]] = field(default_factory=dict)
    effects: list[str] = field(default_factory=list)
    takes: float | None = None
    there: int = 0
    doubled: int = 0
    doubles: list[Mapping[str, Json]] = field(default_factory=list)
    withdrawn: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def because(self, what: str, reason: str) -> None:
        """Count a reason under what happened: blocked, rejected, retry, unknown."""
        counts = self.reasons.setdefault(what, {})
        counts[reason] = counts.get(reason, 0) + 1
