"""Receivers of webhooks are told while the application serves, each in a thread of its own: a slow one holds up nobody.

Belongs here: the threads. Does not: when and what (flow.webhooks).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from hub.flow import webhooks
from hub.flow.workspace import Workspace
from hub.settings import Webhook

STEP = 2.0
"""Seconds between two looks at the feed."""


@contextmanager
def told(workspace: Workspace, step: float = STEP) -> Iterator[None]:
    """Tell them until the end."""
    over = threading.Event()
    for hook in workspace.settings.webhooks.values():
        threading.Thread(
            target=_tell, args=(workspace, hook, over, step), daemon=True, name=f"tell-{hook.name}"
        ).start()
    try:
        yield
    finally:
        over.set()


def _tell(workspace: Workspace, hook: Webhook, over: threading.Event, step: float) -> None:
    while not over.wait(step):
        webhooks.tell(workspace.store, hook)
