"""Is this the server that its owner wrote down? Asked before any password leaves.

Belongs here: an SSH server's key against `host_key` or a known_hosts file. Does not: files (remote.py).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hub.errors import AuthError, ConfigError

PORT = 22


def told(key: bytes) -> str:
    """A key as `ssh-keygen -lf` tells it: `SHA256:…`."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def watched(host: str, port: int, options: Mapping[str, str], workspace: Path) -> Callable[..., Any]:
    """Makes paramiko's transports, which end with an error when the server shows another key than the owner wrote down.

    options: host_key (`SHA256:…`), known_hosts (a file as OpenSSH writes it). With neither no server is trusted: ConfigError,
    with the key that the server shows.
    """
    import paramiko

    known = _known(options, workspace, host if port == PORT else f"[{host}]:{port}")

    def transport(line: Any, **more: Any) -> Any:
        made = paramiko.Transport(line, **more)
        begin = made.start_client
        if known:
            _prefer(made.get_security_options(), known)

        def start_client(*args: Any, **more: Any) -> None:
            begin(*args, **more)
            try:
                _judge(made.get_remote_server_key(), options.get("host_key"), known)
            except BaseException:
                made.close()
                raise

        made.start_client = start_client
        return made

    return transport


def _known(options: Mapping[str, str], workspace: Path, name: str) -> Mapping[str, Any] | None:
    """The keys that a known_hosts file has for this server; None when no file is named."""
    import paramiko

    if not options.get("known_hosts"):
        return None
    path = workspace / Path(options["known_hosts"]).expanduser()
    if not path.is_file():
        raise ConfigError(f"{path} is not there", hint="known_hosts names a file as OpenSSH writes it")
    return paramiko.HostKeys(str(path)).lookup(name) or {}


def _prefer(able: Any, known: Mapping[str, Any]) -> None:
    """Ask the server for a key of a kind that is known."""
    kinds = {kind.replace("ssh-rsa", "rsa-sha2") for kind in known}
    able.key_types = sorted(able.key_types, key=lambda kind: not kind.startswith(tuple(kinds)))


def _judge(key: Any, wanted: str | None, known: Mapping[str, Any] | None) -> None:
    shown = told(key.asbytes())
    if wanted is None and known is None:
        raise ConfigError(
            f"nobody has written down which server this is; it shows the key {shown}",
            code="remote.host_key",
            hint=f'compare it with what its owner says, then add host_key = "{shown}", or known_hosts = "FILE"',
        )
    if wanted is not None and wanted != shown:
        raise AuthError(f"the server shows the key {shown}, not the one of host_key", code="remote.host_key")
    if known is not None and all(one.asbytes() != key.asbytes() for one in known.values()):
        raise AuthError(f"the server's key {shown} is not in known_hosts", code="remote.host_key")
