"""A hub command that kills itself (SIGKILL) at a chosen moment: `dying.py MOMENT NUMBER COMMAND...`.

MOMENT: `before` or `after` the NUMBERth commit of the process; or MODULE:FUNCTION, at the end of its NUMBERth call (with a `!`
in front: at its beginning). It ends as the command does when that moment never comes.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from hub.store.engine import Store


def die() -> None:
    """As `kill -9` and a power cut do: nothing is closed, nothing is said."""
    os.kill(os.getpid(), signal.SIGKILL)


def mortal_commits(*, before: bool, number: int) -> None:
    """Die before or after that commit."""
    real, commits = Store.begin, count(1)

    @contextmanager
    def begin(self: Store, **options: Any) -> Iterator[Any]:
        last = False
        with real(self, **options) as conn:
            yield conn
            last = next(commits) == number
            if last and before:
                die()
        if last:
            die()

    Store.begin = begin  # type: ignore[method-assign]  # that is the point


def mortal_call(place: str, *, before: bool, number: int) -> None:
    """Die at the beginning or end of that call."""
    module, _, name = place.partition(":")
    owner, calls = importlib.import_module(module), count(1)
    real: Callable[..., Any] = getattr(owner, name)

    def call(*args: Any, **options: Any) -> Any:
        last = next(calls) == number
        if last and before:
            die()
        told = real(*args, **options)
        if last:
            die()
        return told

    setattr(owner, name, call)


def main(moment: str, number: str, *command: str) -> None:
    if moment in ("before", "after"):
        mortal_commits(before=moment == "before", number=int(number))
    else:
        mortal_call(moment.removeprefix("!"), before=moment.startswith("!"), number=int(number))
    sys.argv = ["hub", *command]
    importlib.import_module("hub.__main__").main()


if __name__ == "__main__":
    main(*sys.argv[1:])
