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
    with listening, _logs(), _quiet_end():
        app = build(workspace, hosts=[host], beside=beside)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_BESIDE if beside else GRACE,
            lifespan="on",
            ws_max_size=LONGEST_MESSAGE,
        )
        threading.Thread(target=_searchable, args=(workspace,), daemon=True, name="search").start()
        said(url(listening))
        uvicorn.Server(config).run(sockets=[listening])


def _searchable(workspace: Workspace) -> None:
    """Index customers before the first one searches."""
    try:
        search.ready(workspace.store)
    except HubError as error:
        log.warning("customers are not indexed yet: %s", error.code)


def local(host: str) -> bool:
    """Whether only this machine can reach the address."""
    return host in LOOPBACK or host == "::1"


@contextmanager
def _logs() -> Iterator[None]:
    """Lines of requests and errors on stderr, as long as it serves."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
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
def _quiet_end() -> Iterator[None]:
    """A signal ends the server in order; when it raises the signal again afterwards, nothing more happens."""
    kept = {one: signal.signal(one, _nothing) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in kept.items():
            signal.signal(one, handler)


def _nothing(_signal: int, _frame: FrameType | None) -> None:
    """The server has ended already."""
