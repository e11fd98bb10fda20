"""The numbers of `hub status`, counted at most every ten seconds, whoever asks for them.

Belongs here: keeping them. Does not: counting (flow.status), showing (metrics, pages).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from threading import Lock

from hub.flow import status
from hub.flow.workspace import Workspace
from hub.model import Json

FRESH = 10.0
"""Seconds for which they are told again without counting anew."""


class Numbers:
    """What was counted last."""

    def __init__(self) -> None:
        self._lock, self._at = Lock(), 0.0
        self._told: Mapping[str, Json] = {}

    def told(self, workspace: Workspace) -> Mapping[str, Json]:
        """The JSON of `hub status`, counted at most every ten seconds."""
        with self._lock:
            if not self._told or time.monotonic() - self._at > FRESH:
                self._told, self._at = status.status(workspace.store, workspace.settings), time.monotonic()
            return self._told
