"""An SFTP server and S3-compatible storage on loopback, in this process."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko

USER, PASSWORD = "shop", "made-up-password"


class Gate(paramiko.ServerInterface):
    def check_auth_password(self, username, password):
        right = (username, password) == (USER, PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username):
        return "password"

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED


class _Handle(paramiko.SFTPHandle):
    def stat(self):
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


class _Files(paramiko.SFTPServerInterface):
    """A folder; `root` is set by `sftp`."""

    root = ""

    def _real(self, path):
        return self.root + self.canonicalize(path)

    def _asked(self, what, *args):
        try:
            return what(*args)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def _done(self, what, *args):
        found = self._asked(what, *args)
        return paramiko.SFTP_OK if found is None else found

    def stat(self, path):
        return self._asked(lambda: paramiko.SFTPAttributes.from_stat(os.stat(self._real(path))))

    lstat = stat

    def open(self, path, flags, attr):
        return self._asked(self._opened, path, flags)

    def _opened(self, path, flags):
        handle = _Handle(flags)
        out = os.fdopen(os.open(self._real(path), flags, 0o600), "wb" if flags & os.O_WRONLY else "rb")
        handle.filename, handle.readfile, handle.writefile = path, out, out
        return handle

    def mkdir(self, path, attr):
        return self._done(os.mkdir, self._real(path))

    def remove(self, path):
        return self._done(os.remove, self._real(path))

    def posix_rename(self, old, new):
        return self._done(os.replace, self._real(old), self._real(new))


@contextmanager
def sftp(root: Path) -> Iterator[tuple[int, str]]:
    """The port, and the server's key as `host_key` wants it."""
    files = type("Files", (_Files,), {"root": str(root)})
    key = paramiko.ECDSAKey.generate(bits=256)
    told = "SHA256:" + base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
    ear = socket.create_server(("127.0.0.1", 0))
    open_: list[paramiko.Transport] = []

    def serve():
        while True:
            try:
                line, _ = ear.accept()
            except OSError:
                return
            transport = paramiko.Transport(line)
            open_.append(transport)
            transport.add_server_key(key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, files)
            try:
                transport.start_server(server=Gate())
            except (paramiko.SSHException, EOFError, OSError):
                transport.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield ear.getsockname()[1], told
    finally:
        ear.shutdown(socket.SHUT_RDWR)
        ear.close()
        thread.join(5)
        for transport in open_:
            transport.close()
