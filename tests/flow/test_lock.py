"""One run at a time: promises 7.3 of the design."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import make_run

from hub.errors import LockedError
from hub.flow.lock import close_dead_runs, end_run, holder, lock, start_run
from hub.store import runs

HOLDER = """
import sys, time
from hub.store.engine import open_store
from hub.flow.lock import lock, start_run
from hub.flow.run import Run
store, run = open_store(sys.argv[1]), Run("other")
with lock(store, run):
    start_run(store, run)
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other(store_url):
    """Another process that holds the workspace."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, store_url], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_run_waits_says_for_whom_and_gives_up(store, other):
    said, waited = [], []
    with (
        pytest.raises(LockedError, match="other"),
        lock(store, make_run(2), seconds=0.3, said=said.append, wait=waited.append),
    ):
        pass
    assert len(said) == 1
    assert f"process {other.pid}" in said[0]
    assert sum(waited) == pytest.approx(0.3)


def test_a_lock_left_by_a_killed_process_is_taken_over(store, other):
    other.send_signal(signal.SIGKILL)
    other.wait()
    with lock(store, make_run(2), seconds=5), store.read() as conn:
        (row,) = runs.last(conn)
    assert (row["run_id"], row["status"]) == ("other", "failed")


def test_the_lock_is_free_again_afterwards(store):
    for number in (1, 2):
        with lock(store, make_run(number), seconds=0):
            pass


def test_the_lock_is_free_again_after_a_failure(store):
    with pytest.raises(ZeroDivisionError), lock(store, make_run(1), seconds=0):
        1 / 0  # noqa: B018
    with lock(store, make_run(2), seconds=0):
        pass


def test_a_holder_can_be_named(store):
    run = make_run(7)
    with lock(store, run):
        start_run(store, run)
        assert (holder(store)["run_id"], holder(store)["pid"]) == ("run-7", os.getpid())
    end_run(store, run, "ok", {"seconds": 1})
    assert holder(store) is None


def test_runs_that_died_are_closed_as_failed(store):
    start_run(store, make_run(1))
    start_run(store, make_run(2))
    assert close_dead_runs(store, make_run(2)) == ["run-1"]
    with store.read() as conn:
        assert {row["run_id"]: row["status"] for row in runs.last(conn)} == {"run-1": "failed", "run-2": "running"}
