"""Carrying out what a person decides, from a page or a program: written, matched and resolved in a run of its own.

Belongs here: the run around a decision. Does not: what it means (judge, review_decide, hold, consenting), the command line's way.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from hub.errors import HubError
from hub.flow import judge, sync
from hub.flow.lock import lock, start_run
from hub.flow.run import Run
from hub.flow.workspace import Workspace
from hub.model import Json
from hub.store.engine import StoreConnection

PATIENCE = 20.0
"""Seconds that somebody waits for a run that goes on; then LockedError says to try again."""


def carry_out(
    workspace: Workspace, plan: judge.Plan, author: str, reason: str | None, trigger: str, *, effective: bool = True
) -> dict[str, Json]:
    """Write the decision and let it take effect. Gives decision_id, subjects, run_id, golden (counts of what changed).

    effective: match and resolve follow (a hold needs neither). Raises ConfigError when it cannot be meant (no run begins
    then), LockedError while another run goes on.
    """
    with workspace.store.read() as conn:
        plan(conn)
    made: dict[str, Json] = {}

    def write(conn: StoreConnection, run: Run) -> None:
        act = plan(conn)
        made["decision_id"] = judge.write(conn, act, run, author, reason)
        made["subjects"] = list(act.subjects)

    def steps(run: Run) -> None:
        with workspace.store.begin() as conn:
            write(conn, run)
        if effective:
            sync.match_step(workspace, run)
            made["golden"] = _counts(sync.resolve_step(workspace, run))

    made["run_id"] = in_run(workspace, steps, trigger, author)
    return made


def in_run(workspace: Workspace, steps: Callable[[Run], None], trigger: str, actor: str) -> str:
    """Some steps as one run under the workspace's lock; its id. An error of the hub ends it as failed."""
    run = Run(str(uuid.uuid4()), trigger=trigger, actor=actor)
    with lock(workspace.store, run, seconds=PATIENCE):
        start_run(workspace.store, run)
        try:
            steps(run)
        except HubError as error:
            run.parts.setdefault("failure", {"step": "run", "code": error.code, "sentence": error.code})
            raise
        finally:
            sync.finish(workspace, run)
    return run.run_id


def _counts(report: object) -> dict[str, int]:
    return {name: getattr(report, name) for name in ("created", "updated", "merged", "split")}
