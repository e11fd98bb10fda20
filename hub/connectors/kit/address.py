"""Whether an address out of the settings may be talked to.

Belongs here: form, plain http, credentials inside. Does not: requests (kit.http).
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from hub.errors import ConfigError


def is_loopback(host: str) -> bool:
    """Whether a host name or address never leaves this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def check_address(url: str, path: str, confidential: bool = True) -> str:
    """The address without its last slash; ConfigError (`path`: key of the settings) when it is unfit."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https"):
        raise ConfigError("not a web address", hint="write it with https://", path=path)
    if parts.username or parts.password:
        raise ConfigError("credentials do not belong into an address", hint="use the keys made for them", path=path)
    if confidential and parts.scheme == "http" and not is_loopback(host):
        raise ConfigError("credentials are not sent over plain http", hint="use https://", path=path)
    if parts.query or parts.fragment:
        raise ConfigError("an address ends before ? and #", hint="leave out what follows", path=path)
    return url.strip().rstrip("/")
