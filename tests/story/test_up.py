"""`hub up` with the real Dagster: all of it answers, behind the sign-in, and nothing is left when it is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hub.flow import access, together
from hub.flow.workspace import open_workspace

pytestmark = pytest.mark.filterwarnings("ignore")
LONGEST = 120


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hub.toml").write_text('[hub]\nlanguage = "en"\n')
    return tmp_path


@pytest.fixture
def up(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "hub", "up", "--port", "0", "--json", "--config", str(folder)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        yield process
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_everything_answers_and_nothing_is_left(folder: Path, up: subprocess.Popen[bytes]) -> None:
    workspace = open_workspace(folder)
    access.add_user(workspace.store, "lan", "correct horse battery", "operator")
    session = access.sign_in(workspace.store, "lan", "correct horse battery")[1]
    told = b"".join(iter(up.stdout.readline, b"}\n"))
    origin = json.loads(told + b"}")["url"]
    states: dict[str, str] = {}
    for _ in range(LONGEST * 5):
        time.sleep(0.2)
        answer = httpx.get(f"{origin}/readyz", trust_env=False, timeout=30)
        states = answer.json().get("processes", {})
        if set(states.values()) == {"running"}:
            break
    assert states == dict.fromkeys(("web", "code", "dagster", "daemon"), "running"), (folder / "log").read_text()[
        -3000:
    ]
    answer = httpx.get(f"{origin}/dagster/server_info", cookies={"hub_session": session}, trust_env=False, timeout=30)
    assert "dagster_version" in answer.json()
    pids = [one.pid for one in together.told(folder / "data" / "up.json").values()]
    os.kill(up.pid, signal.SIGKILL)
    for _ in range(LONGEST):
        time.sleep(0.1)
        if not [pid for pid in pids if lives(pid)]:
            break
    assert not [pid for pid in pids if lives(pid)]
    workspace.store.dispose()
