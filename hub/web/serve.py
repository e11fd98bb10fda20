"""Running the application: one process, one event loop, on an address of this machine.

Belongs here: the socket, logs, an orderly end. Does not: routes (app.py).
"""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import uvicorn

from hub.errors import HubError
from hub.flow.workspace import Workspace
from hub.store import search
from hub.web.address import url
from hub.web.app import LOOPBACK, build

log = logging.getLogger("hub.web")
GRACE, GRACE_BESIDE = 10, 3
"""Seconds that open requests get to end; alone, and where all must have ended within ten."""
LONGEST_MESSAGE = 1_048_576
"""Bytes of a websocket's message."""


def serve(
    workspace: Workspace, host: str, listening: socket.socket, said: Callable[[str], None], beside: Path | None = None
) -> None:
    """Answer until a signal comes. said: told the address. beside: the states of `hub up`, which keeps this process."""
    config = uvicorn.Config(
        build(workspace, hosts=[host], beside=beside),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_BESIDE if beside else GRACE,
        lifespan="on",
        ws_max_size=LONGEST_MESSAGE,
    )
    server = uvicorn.Server(config)
    with listening, _logs(), _quiet_end(server):
        threading.Thread(target=_searchable, args=(workspace,), daemon=True, name="search").start()
        said(url(listening))
        server.run(sockets=[listening])


def _searchable(workspace: Workspace) -> None:
    """Index customers before the first one searches."""
    try:
        search.ready(workspace.store)
    except HubError as error:
        log.warning("customers are not indexed yet: %s", error.code)


def local(host: str) -> bool:
    """Whether only this machine can reach the address."""
    return host in LOOPBACK or host == "::1"


class _Lines(logging.Formatter):
    """Writes the second of many lines out once."""

    _second, _told = 0, ""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """As logging does it."""
        second = int(record.created)
        if second != self._second:
            self._second, self._told = second, super().formatTime(record, datefmt)[:-4]
        return f"{self._told},{int(record.msecs):03d}"


@contextmanager
def _logs() -> Iterator[None]:
    """Lines of requests and errors on stderr, as long as it serves."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines("%(asctime)s %(levelname)s %(name)s %(message)s"))
    for name in ("hub.access", "hub.web", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO if name.startswith("hub") else logging.WARNING)
        logger.addHandler(handler)
    try:
        yield
    finally:
        for name in ("hub.access", "hub.web", "uvicorn.error"):
            logging.getLogger(name).removeHandler(handler)


@contextmanager
def _quiet_end(server: uvicorn.Server) -> Iterator[None]:
    """A signal ends the server in order, also one that comes before it listens to signals itself; when it raises the signal
    again at its end, nothing more happens."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    kept = {one: signal.signal(one, end) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in kept.items():
            signal.signal(one, handler)
