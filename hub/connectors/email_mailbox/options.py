"""The settings of one `mailbox` source, checked.

Belongs here: reading the source's table of hub.toml. Does not: connecting (imap), reading files (mbox, maildir).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hub.errors import ConfigError
from hub.model import Json

Tls = Literal["implicit", "starttls", "none"]
PORTS: Mapping[str, int] = {"implicit": 993, "starttls": 143, "none": 143}


@dataclass(frozen=True, slots=True)
class Options:
    """Either `path` (mbox file, Maildir folder or a folder of mbox files) or a server.

    own: lower-case addresses and `@domain`s that are the shop itself. folders: names as people see them, or `\\Sent`.
    """

    path: str | None = None
    host: str = ""
    port: int = 993
    tls: Tls = "implicit"
    user: str = ""
    password: str = field(default="", repr=False)
    folders: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()

    def is_own(self, address: str) -> bool:
        """Whether a lower-case address belongs to the shop."""
        return address in self.own or "@" + address.rpartition("@")[2] in self.own


def read_options(table: Mapping[str, Json]) -> Options:
    """Options from the source's table. Raises ConfigError with the key."""
    own = {str(o).strip().lower() for o in table.get("own") or () if "@" in str(o)}
    user = str(table.get("user") or "")
    if "@" in user:
        own.add(user.strip().lower())
    path, host = table.get("path"), str(table.get("host") or "")
    if bool(path) == bool(host):
        raise ConfigError("either path or host is needed, and not both", path="path")
    if path:
        return Options(path=str(path), own=frozenset(own))
    tls = table.get("tls", "implicit")
    if tls not in PORTS:
        raise ConfigError("tls is implicit, starttls or none", path="tls")
    if tls == "none" and not _loopback(host):
        raise ConfigError("without tls only a server on this machine is allowed", path="tls", hint='tls = "implicit"')
    if not user or not table.get("password"):
        raise ConfigError("user and password are needed", path="user" if not user else "password")
    return Options(
        None,
        host,
        int(table.get("port") or PORTS[tls]),
        tls,
        user,
        str(table["password"]),
        tuple(table.get("folders") or ()),
        frozenset(own),
    )


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
