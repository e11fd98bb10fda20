"""Long work that a page begins: it goes on in a thread, the page of its run tells how far it is.

Belongs here: starting it. Does not: what it does (flow). A server that ends leaves the run to be closed by the next one.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable

from hub.errors import HubError
from hub.flow import sync
from hub.flow.lock import lock, start_run
from hub.flow.run import Run
from hub.flow.workspace import Workspace

log = logging.getLogger("hub.web")


def begin(workspace: Workspace, steps: Callable[[Run], None], trigger: str, actor: str) -> str:
    """Begin steps as one run under the workspace's lock; its id. A run that goes on is waited for."""
    run = Run(str(uuid.uuid4()), trigger=trigger, actor=actor)
    threading.Thread(target=_carry_on, args=(workspace, steps, run), daemon=True, name=f"run-{run.run_id[:8]}").start()
    return run.run_id


def _carry_on(workspace: Workspace, steps: Callable[[Run], None], run: Run) -> None:
    try:
        with lock(workspace.store, run):
            start_run(workspace.store, run)
            try:
                steps(run)
            except HubError as error:
                run.parts.setdefault("failure", {"step": "run", "code": error.code, "sentence": str(error)})
            finally:
                sync.finish(workspace, run)
    except HubError as error:
        log.error("run %s could not begin or end: %s", run.run_id, error.code)  # noqa: TRY400  # a trace may quote values
