"""Fixtures of the mailbox's tests: an IMAP server that is not ours (pymap), on loopback."""

import imaplib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

USER, PASSWORD = "shop@example.vn", "s3cret"


@pytest.fixture(scope="session")
def imap_port() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = [
        sys.executable,
        "-W",
        "ignore",
        "-c",
        "import gc; gc.disable(); from pymap.main import main; main()",  # it holds its connections by weak references only
        "--no-service",
        "managesieve",
        "--no-service",
        "admin",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-tls",
        "dict",
        "--demo-user",
        USER,
        "--demo-password",
        PASSWORD,
    ]
    server = subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ})
    try:
        until = time.monotonic() + 60
        while True:
            try:
                imaplib.IMAP4("127.0.0.1", port, timeout=5).logout()
                break
            except OSError:
                assert server.poll() is None
                assert time.monotonic() < until
                time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
def imap(imap_port: int) -> Iterator[imaplib.IMAP4]:
    """A logged-in client of the test's own; it begins with an empty INBOX and no other folder."""
    client = imaplib.IMAP4("127.0.0.1", imap_port, timeout=10)
    client.login(USER, PASSWORD)
    for line in client.list()[1]:
        name = line.decode().split('"/" ')[1].strip('"')
        if name != "INBOX":
            client.delete(f'"{name}"')
    client.select("INBOX")
    client.store("1:*", "+FLAGS", "\\Deleted")
    client.expunge()
    client.close()
    yield client
    client.logout()


@pytest.fixture
def schema():
    """A schema of the connector by the name of its file, without `.v1.json`."""
    root = Path(__file__).parents[3] / "schemas" / "connectors"
    return lambda name: json.loads((root / f"{name}.v1.json").read_text("utf-8"))
