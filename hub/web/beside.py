"""The processes beside this one, when `hub up` keeps them.

Belongs here: reading how they do, not more often than it changes. Does not: keeping them (cli).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from hub.flow import together

FRESH = 0.5
"""Seconds that what was read is believed."""


class Beside:
    """path: the file of states; None: this process stands alone."""

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._clock = path, clock
        self._until = 0.0
        self._table: Mapping[str, together.Process] = {}

    @property
    def kept(self) -> bool:
        """Whether there are processes beside this one."""
        return self._path is not None

    def processes(self) -> Mapping[str, together.Process]:
        """Each by its name."""
        if self._path is not None and self._clock() >= self._until:
            self._table, self._until = together.told(self._path), self._clock() + FRESH
        return self._table

    def dagster(self) -> int | None:
        """The port of Dagster's pages; None while they do not answer."""
        found = self.processes().get("dagster")
        return found.port if found and found.state == "running" else None
