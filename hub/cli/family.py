"""Processes that go together: nothing outlives the one that began it, however that one ends.

Belongs here: signals, the kernel's help (Linux: prctl). Does not: what runs (up), when it runs again (keeper).
Two processes watch each other. Both adopt orphans: the one that was called ends them all when the other is gone; the other, which
begins the services, is told by the kernel when the first one is gone, and ends them then.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FrameType

DEATH_SIGNAL, ADOPT = 1, 36
"""PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER of prctl(2)."""
FAILED = 4
ROUNDS, STEP = 100, 0.02


@cache
def _prctl() -> Callable[..., int]:
    """The kernel's prctl; nothing where there is none."""
    if sys.platform != "linux":
        return lambda *_: 0
    found: Callable[..., int] = ctypes.CDLL(None).prctl
    return found


def ends_with(parent: int, with_signal: int) -> Callable[[], None]:
    """For a child, first thing: let the kernel send it this signal when its parent is gone."""
    prctl = _prctl()

    def ask() -> None:
        prctl(DEATH_SIGNAL, with_signal, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(FAILED)

    return ask


def adopt() -> None:
    """Become the parent of every descendant whose own parent ends."""
    _prctl()(ADOPT, 1, 0, 0, 0)


def guarded() -> None:
    """Go on in a child: only there this returns. The process that was called ends when the child has, and no process that was
    begun meanwhile is left then; when it is killed, the child gets SIGTERM. Call it before anything makes threads."""
    adopt()
    ask = ends_with(os.getpid(), signal.SIGTERM)
    child = os.fork()
    if child == 0:
        ask()
        adopt()
        return
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, _pass_on(child))
    code = _waited(child)
    end_orphans()
    os._exit(code)


def _pass_on(child: int) -> Callable[[int, FrameType | None], None]:
    def handler(number: int, _frame: FrameType | None) -> None:
        _send(child, number)

    return handler


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _waited(child: int) -> int:
    """Wait for the child; orphans that end meanwhile are buried."""
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else FAILED


def end_orphans() -> None:
    """Kill every descendant of this process and bury them."""
    for _ in range(ROUNDS):
        for pid in descendants(os.getpid()):
            _send(pid, signal.SIGKILL)
        if not _bury():
            return
        time.sleep(STEP)


def _bury() -> bool:
    """Whether there are children left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def descendants(root: int) -> list[int]:
    """Processes below this one, on Linux; none elsewhere."""
    parents = {int(path.name): _parent(path) for path in Path("/proc").glob("[0-9]*")}
    found, last = [root], [root]
    while last:
        last = [pid for pid, parent in parents.items() if parent in last]
        found += last
    return found[1:]


def _parent(path: Path) -> int:
    try:
        return int((path / "stat").read_bytes().rpartition(b")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return -1


def end_group(leader: int, with_signal: int) -> None:
    """Send a signal to all processes of a session that we began."""
    try:
        os.killpg(leader, with_signal)
    except (ProcessLookupError, PermissionError):
        return
