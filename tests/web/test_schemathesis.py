"""Schemathesis asks every operation, right and wrong, and finds nothing that the document does not say."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import uvicorn
from town import Town


@pytest.mark.timeout(180)
def test_the_api_does_what_its_document_says(town: Town, tmp_path: Path) -> None:
    if not town.place.store.sqlite:
        pytest.skip("once is enough: what is asked does not depend on the database")
    opened = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(town.client.app, log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
    thread.start()
    try:
        url = f"http://127.0.0.1:{opened.getsockname()[1]}/openapi.json"
        done = subprocess.run(
            _command(url, town.tokens["admin+pii+export"]), capture_output=True, cwd=tmp_path, check=False
        )
    finally:
        server.should_exit = True
        thread.join(20)
        opened.close()
    assert done.returncode == 0, done.stdout.decode()[-6000:]


def _command(url: str, token: str) -> list[str]:
    program = str(Path(sys.executable).parent / "st")
    bounds = ("--phases", "coverage,fuzzing", "--max-examples", "2", "--seed", "1", "--suppress-health-check", "all")
    return [program, "run", url, "-H", f"Authorization: Bearer {token}", "--no-color", *bounds]
