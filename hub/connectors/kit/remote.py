"""A folder that files are put into: on this machine, on an SFTP server, in S3-compatible storage.

Belongs here: fsspec, the only place that knows it. Does not: which files (flow.export_set).
A file appears under its name only when it is whole: elsewhere it is uploaded under another name and moved; S3 shows an object
only when it is complete. A user's password or key never comes into a message.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from hub.connectors.kit.host_key import PORT, watched
from hub.errors import AuthError, ConfigError, HubError, TransientError

REMOTE = ("sftp", "s3")
SECONDS = 30


def is_remote(text: str) -> bool:
    """Whether this names a server rather than a folder."""
    return text.partition("://")[0] in REMOTE


def shown(text: str) -> str:
    """The place without a password."""
    if not is_remote(text):
        return text
    parts = urlsplit(text)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"


@dataclass(frozen=True, slots=True)
class Folder:
    """An open folder. scheme: file | sftp | s3. root: the path in it, without a slash at the end."""

    scheme: str
    root: str
    files: Any = field(repr=False)

    def put(self, local: Path, name: str) -> None:
        """Put a file under this name, over one that is there; it is seen whole or not at all."""
        place = f"{self.root}/{name}"
        with _named(self.scheme):
            if self.scheme == "s3":
                self.files.put_file(str(local), place)
                return
            part = f"{self.root}/.{name}.{uuid.uuid4().hex[:8]}.part"
            try:
                self._upload(local, part)
                self._move(part, place)
            except BaseException:
                with suppress(Exception):
                    self.files.rm_file(part)
                raise

    def _upload(self, local: Path, part: str) -> None:
        if self.scheme != "file":
            self.files.put_file(str(local), part)
            return
        with local.open("rb") as given, open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            while block := given.read(1 << 20):
                out.write(block)
            out.flush()
            os.fsync(out.fileno())

    def _move(self, part: str, place: str) -> None:
        if self.scheme == "file":
            Path(part).replace(place)
        else:
            self.files.ftp.posix_rename(part, place)

    def close(self) -> None:
        """Let go of the connection."""
        if self.scheme == "sftp":
            with suppress(Exception):
                self.files.client.close()


def open_folder(text: str, options: Mapping[str, str], workspace: Path) -> Folder:
    """The folder that `text` names: a path (made when it is not there), `sftp://user@host/path`, `s3://bucket/prefix`.

    options: password, host_key (`SHA256:…`), known_hosts (a file), key, secret, endpoint, region.
    Raises ConfigError, AuthError or TransientError.
    """
    scheme = text.partition("://")[0] if "://" in text else "file"
    if scheme not in (*REMOTE, "file"):
        raise ConfigError(f"no way to write to {scheme}://", hint="a folder, sftp:// or s3://")
    if scheme == "file":
        root = (workspace / text.removeprefix("file://")).resolve()
        if root.exists() and not root.is_dir():
            raise ConfigError(f"{root} is a file", hint="name a folder")
        root.mkdir(parents=True, exist_ok=True)
        return Folder("file", str(root), None)
    with _named(scheme):
        return _sftp(text, options, workspace) if scheme == "sftp" else _s3(text, options)


def _sftp(text: str, options: Mapping[str, str], workspace: Path) -> Folder:
    import fsspec

    parts = urlsplit(text)
    host, port = parts.hostname or "", parts.port or PORT
    password = options.get("password") or (unquote(parts.password) if parts.password else None)
    files = fsspec.filesystem(
        "sftp", host=host, port=port, username=unquote(parts.username or ""),
        password=password, timeout=SECONDS, banner_timeout=SECONDS, auth_timeout=SECONDS, skip_instance_cache=True,
        look_for_keys=password is None, allow_agent=password is None,
        transport_factory=watched(host, port, options, workspace),
    )  # fmt: skip
    folder = Folder("sftp", unquote(parts.path).rstrip("/"), files)
    with suppress(OSError):
        files.makedirs(folder.root, exist_ok=True)
    return folder


def _s3(text: str, options: Mapping[str, str]) -> Folder:
    import fsspec

    told = {"endpoint_url": options.get("endpoint"), "region_name": options.get("region")}
    files = fsspec.filesystem(
        "s3", key=options.get("key"), secret=options.get("secret"), skip_instance_cache=True,
        client_kwargs={name: value for name, value in told.items() if value},
    )  # fmt: skip
    return Folder("s3", text.removeprefix("s3://").rstrip("/"), files)


class _named:  # used as a keyword would be
    """Turns what back ends raise into the hub's errors, without their texts, which may quote a password or a path."""

    def __init__(self, scheme: str) -> None:
        self.scheme = scheme

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, HubError) or not isinstance(error, Exception):
            return
        name = type(error).__name__
        if isinstance(error, ImportError):
            raise ConfigError(
                f"{self.scheme}:// needs more packages", hint=f"install customer-hub[{self.scheme}]"
            ) from None
        if isinstance(error, PermissionError) or "Auth" in name or "Credential" in name:
            raise AuthError(f"{self.scheme}: refused ({name})", code="remote.auth") from None
        raise TransientError(f"{self.scheme}: {name}", code="remote") from None
