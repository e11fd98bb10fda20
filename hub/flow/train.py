"""Train: learn from all records how much each agreement between two of them says, and keep it.

Belongs here: leading all records through `hub.matching.score.train`, what is told of it. Does not: the estimation (hub.matching.
score), matching anew by what was learnt (flow.match). Learning begins with the shipped parameters every time, so that it is
a function of the records that are there and of the program.
"""

from __future__ import annotations

import time

from hub.errors import ConfigError
from hub.flow import scoring
from hub.flow.match import policy_of
from hub.flow.run import Run
from hub.matching import score
from hub.matching.guards import bearers, blocked_values
from hub.model import CUSTOMER_KINDS, Json
from hub.settings import Settings
from hub.store import audit, normalized, scope, scored
from hub.store.engine import Store

LEAST = 100
"""From fewer customers' records nothing is learnt: what they say about names and numbers is chance."""


def train(store: Store, settings: Settings, run: Run) -> dict[str, Json]:
    """Learn from all records that are there, keep the parameters, and tell what was learnt (`train` of the run's report).

    Raises ConfigError when there are too few records.
    """
    began = time.monotonic()
    normalized.index(store)
    with store.read() as conn:
        taken = scope.everything(conn)
        people = taken.records.join(scored.details(conn), on="rid", how="left", maintain_order="left")
        before = scoring.parameters(conn)
    count = people.filter(people["kind"].is_in(CUSTOMER_KINDS)).height
    if count < LEAST:
        raise ConfigError(f"{count} records are too few to learn from", hint=f"at least {LEAST}", code="train.few")
    run.progress("train", "", 0, count, None)
    blocked = blocked_values(bearers(people, taken.identifiers), policy_of(settings))
    learnt = score.train(people, taken.identifiers, blocked, score.shipped())
    told = {
        "records": count,
        "pairs": learnt.candidates,
        "expected_matches": round(learnt.expected_matches),
        "digest": learnt.parameters.digest,
        "was": before.digest,
        "changed": learnt.parameters.digest != before.digest,
        "recommended": round(learnt.parameters.thresholds.careful, 1),
        "levels": _levels(learnt.parameters, before),
        "sessions": [[list(rule), pairs, round(share, 4)] for rule, pairs, share in learnt.sessions],
        "at": run.now(),
        "seconds": round(time.monotonic() - began, 3),
    }
    kept = {name: told[name] for name in ("digest", "records", "pairs", "recommended", "levels", "at")}
    with store.begin() as conn:
        scored.learn(conn, {**kept, "run_id": run.run_id}, score.dump(learnt.parameters).decode())
        changed = {"digest": told["digest"], "was": told["was"]}
        audit.write(conn, at=run.now(), actor=run.actor, action="match.train", details=changed)
    return told


def _levels(learnt: score.Parameters, before: score.Parameters) -> dict[str, Json]:
    """What each level merges from, now and before."""
    was = scoring.levels(before)
    return {name: told | {"was": was[name]["bits"]} for name, told in scoring.levels(learnt).items()}
