"""The address that the application listens on.

Belongs here: the socket. Does not: answering (serve.py).
"""

from __future__ import annotations

import socket

from hub.errors import ConfigError

BACKLOG = 2048


def opened(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ConfigError when the address is taken or not this machine's."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise ConfigError(
            f"cannot listen on {host}:{port}: {error.strerror}", hint="another --host or --port", code="serve.address"
        ) from None
    made.listen(BACKLOG)
    return made


def handed(number: int) -> socket.socket:
    """A listening socket that this process was handed."""
    return socket.socket(fileno=number)


def url(listening: socket.socket) -> str:
    """Where it answers."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
