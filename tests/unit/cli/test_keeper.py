"""Real processes: what ends begins again, and nothing outlives `hub up`, however that one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.flow import together

SLEEP = "import os,sys,time; open(sys.argv[1]+'/pids','a').write(f'{os.getpid()}\\n'); print('here'); time.sleep(60)"
FAMILY = (
    "import os,sys,time; os.fork(); os.setsid() if os.getpid()!=os.getsid(0) else 0;"
    "open(sys.argv[1]+'/pids','a').write(f'{os.getpid()}\\n'); time.sleep(60)"
)
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + SLEEP
BRIEF = "import sys; open(sys.argv[1]+'/brief','a').write('x'); sys.exit(3)"


def until(true: Callable[[], Any]) -> Any:
    """What it gives once it gives something."""
    for _ in range(600):
        found = true()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it never came")


class Kept:
    """A keeper in a process of its own."""

    def __init__(self, folder: Path, *services: str) -> None:
        self.folder = folder
        command = [sys.executable, str(Path(__file__).with_name("kept.py")), str(folder), *services]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def pids(self, most: int = 1) -> list[int]:
        """Of the services, once there are so many."""

        def there() -> list[int]:
            path = self.folder / "pids"
            found = [int(line) for line in path.read_text().split()] if path.exists() else []
            return found if len(found) >= most else []

        return until(there)

    def states(self) -> dict[str, together.Process]:
        return together.told(self.folder / "up.json")

    def end(self, number: int = signal.SIGTERM) -> str:
        """Send a signal; what it said, once it and all that holds its output are gone."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=20)[0]


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Callable[..., Kept]]:
    made: list[Kept] = []

    def one(*services: str) -> Kept:
        made.append(Kept(tmp_path, *services))
        return made[-1]

    yield one
    for each in made:
        if each.process.poll() is None:
            each.end()


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_ends_begins_again_later_each_time(keep, tmp_path):
    kept = keep(f"brief={BRIEF}")
    until(lambda: (tmp_path / "brief").exists() and len((tmp_path / "brief").read_text()) >= 4)
    assert kept.states()["brief"].restarts >= 3
    said = kept.end()
    assert "ended {'name': 'brief', 'code': 3, 'seconds': '0.05'}" in said
    assert "'seconds': '0.1'" in said
    assert "'seconds': '0.2'" in said


def test_a_service_that_is_killed_begins_again_and_the_others_stay(keep):
    kept = keep(f"a={SLEEP}", f"b={SLEEP}")
    until(lambda: {one.state for one in kept.states().values()} == {"running"} and kept.pids(2))
    before = kept.states()
    os.kill(before["a"].pid, signal.SIGKILL)
    until(lambda: kept.states()["a"].restarts == 1 and kept.states()["a"].state == "running")
    assert kept.states()["a"].pid != before["a"].pid
    assert kept.states()["b"] == before["b"]


def test_what_a_service_says_bears_its_name(keep):
    kept = keep(f"a={SLEEP}")
    kept.pids()
    assert "a: here\n" in kept.end()


def test_a_service_waits_for_the_one_it_stands_on(keep, tmp_path):
    kept = keep(f"a={SLEEP} # a.there", f"b>a={SLEEP}")
    kept.pids()
    assert kept.states()["b"].pid == 0
    (tmp_path / "a.there").touch()
    until(lambda: kept.states()["b"].state == "running")
    assert kept.states()["a"].state == "running"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_of_them(keep, number):
    kept = keep(f"a={SLEEP}", f"b={FAMILY}")
    pids = kept.pids(3)
    kept.end(number)
    assert kept.process.returncode == 0
    assert not [pid for pid in pids if lives(pid)]


def test_who_does_not_listen_is_killed(keep):
    kept = keep(f"a={DEAF}")
    pids = kept.pids()
    kept.end()
    assert not lives(pids[0])


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel")
@pytest.mark.parametrize("which", ["outer", "inner"])
def test_nothing_is_left_when_it_is_killed(keep, tmp_path, which):
    kept = keep(f"a={SLEEP}", f"b={FAMILY}")
    pids = kept.pids(3)
    inner = int((tmp_path / "inner").read_text())
    os.kill(kept.process.pid if which == "outer" else inner, signal.SIGKILL)
    kept.process.communicate(timeout=20)
    until(lambda: not [pid for pid in (inner, *pids) if lives(pid)])
