"""One `hub up` for each workspace; the states it tells."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hub.errors import LockedError
from hub.flow import together
from hub.settings import Settings


def test_a_second_one_is_told_who_holds_the_workspace(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "hub.toml", "")
    with (
        together.held(settings, "http://127.0.0.1:1"),
        pytest.raises(LockedError, match=f"process {os.getpid()}, since .*, http://127.0.0.1:1"),
        together.held(settings, "http://127.0.0.1:2"),
    ):
        pass


def test_it_is_free_again_afterwards(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "hub.toml", "")
    for _ in range(2):
        with together.held(settings, "http://127.0.0.1:1"):
            assert (tmp_path / "data" / "up.lock").exists()


@pytest.mark.parametrize("text", ["", "[]", '{"web": 1}', '{"web": {"nothing": 1}}'])
def test_a_file_that_is_none_of_ours_tells_of_no_process(tmp_path: Path, text: str) -> None:
    (tmp_path / "up.json").write_text(text)
    assert together.told(tmp_path / "up.json") == {}


def test_states_come_back_as_they_were_told(tmp_path: Path) -> None:
    table = {"web": together.Process("running", 7, 1, "2026-11-22T10:00:00.000Z", 80)}
    together.tell(tmp_path / "up.json", table)
    assert together.told(tmp_path / "up.json") == table


def test_a_port_in_use_is_told_before_anything_begins(tmp_path: Path) -> None:
    from hub.web import address

    (tmp_path / "hub.toml").write_text('[hub]\nlanguage = "en"\n')
    with address.opened("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "hub", "up", "--port", port, "--config", str(tmp_path)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"cannot listen on 127.0.0.1:{port}" in ended.stderr
    assert not (tmp_path / "data").exists()
