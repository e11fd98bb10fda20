"""One POST to a receiver whose address somebody else has given, with care for where it leads.

Belongs here: which addresses may be reached, one attempt with short patience. Does not: what is told, and when (flow.webhooks).
The name is asked for once and that very address is reached, so that it cannot change in between; no proxy, no redirect; of the
answer only the status is read.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from urllib.parse import urlsplit

CONNECT, TOTAL = 5.0, 10.0
"""Seconds until a connection stands, and until all is over."""
MOST = 2
"""Addresses of a name that are tried."""


class Unreachable(Exception):
    """`code`: address | network | timeout | tls."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def post(url: str, headers: Mapping[str, str], body: bytes, *, private: bool, total: float = TOTAL) -> int:
    """POST the body once; the answer's status, whatever it is. private: addresses of this machine and of private networks,
    and plain http, are allowed. Raises Unreachable."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise Unreachable("address")
    late, connection = threading.Event(), _connection(url, private, total)
    over = threading.Timer(total, _cut, (connection, late))
    over.start()
    try:
        connection.connect()
        connection.request("POST", _path(url), body, dict(headers))
        status = connection.getresponse().status
    except ssl.SSLError as error:
        raise Unreachable("tls") from error
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        raise Unreachable("timeout" if late.is_set() or isinstance(error, TimeoutError) else "network") from error
    finally:
        over.cancel()
        connection.close()
    if late.is_set():
        raise Unreachable("timeout")
    return status


def _path(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    """End a connection that takes too long, wherever it stands."""
    late.set()
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _connection(url: str, private: bool, total: float) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    kind = _Plain if parts.scheme == "http" else _Secure
    try:
        made = kind(parts.hostname or "", parts.port or kind.default_port, timeout=min(CONNECT, total))
    except (ValueError, http.client.HTTPException) as error:
        raise Unreachable("address") from error
    made.private = private
    return made


class _Plain(http.client.HTTPConnection):
    private = False

    def connect(self) -> None:
        """Reach an address that is allowed."""
        self.sock = _reached(self.host, self.port, self.timeout or CONNECT, self.private)


class _Secure(http.client.HTTPSConnection):
    private = False

    def connect(self) -> None:
        """Reach an address that is allowed, and prove whose it is."""
        self.sock = _reached(self.host, self.port, self.timeout or CONNECT, self.private)
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _reached(host: str, port: int, timeout: float, private: bool) -> socket.socket:
    """A connection to the first allowed address of a host that answers."""
    last: OSError = OSError("no address")
    for family, kind, protocol, _, address in _allowed(host, port, private)[:MOST]:
        made = socket.socket(family, kind, protocol)
        made.settimeout(timeout)
        try:
            made.connect(address)
        except OSError as error:
            made.close()
            last = error
        else:
            return made
    raise last


def _allowed(host: str, port: int, private: bool) -> list[tuple[int, int, int, str, tuple[str, int]]]:
    """The addresses of a host. Raises Unreachable when one of them is not allowed: a name that mixes them is not honest."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("network") from error
    if not private and not all(public(str(one[4][0])) for one in found):
        raise Unreachable("address")
    return found  # type: ignore[return-value]  # of TCP, the address begins with host and port


def public(address: str) -> bool:
    """Whether an address is one of the internet's: no loopback, private, link-local, shared or reserved one."""
    told = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(told, "ipv4_mapped", None) or getattr(told, "sixtofour", None)
    return told.is_global and not told.is_multicast and (inner is None or inner.is_global)
