"""Abreast: the same work for several names at the same time, each in a thread, none of them held up by another.

Belongs here: threads and their end. Does not: what the work is (sync.py), several writes to one system (crew.py).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")
Outcome = tuple[str, T | BaseException]


def abreast(
    groups: Sequence[Sequence[str]], work: Callable[[str], T], stop: Callable[[], None]
) -> Iterator[tuple[str, T]]:
    """`work` of every name as it ends. Names of one group go one after another, groups at the same time.

    What a work raises is raised here after all have ended. Interrupted (or no longer listened to), `stop` is called, and what
    still goes on is waited for.
    """
    said: SimpleQueue[Outcome[T]] = SimpleQueue()
    threads = [threading.Thread(target=_go, args=(group, work, said), name="hub-push", daemon=True) for group in groups]
    failure: BaseException | None = None
    try:
        for thread in threads:
            thread.start()
        for _ in range(sum(map(len, groups))):
            name, told = said.get()
            if isinstance(told, BaseException):
                failure = failure or told
            else:
                yield name, told
    except BaseException:
        stop()
        raise
    finally:
        for thread in threads:
            thread.join()
    if failure is not None:
        raise failure


def _go(group: Sequence[str], work: Callable[[str], T], said: SimpleQueue[Outcome[T]]) -> None:
    for name in group:
        try:
            said.put((name, work(name)))
        except BaseException as error:
            said.put((name, error))
