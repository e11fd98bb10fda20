"""Following the feed so that nothing is lost and nothing is done twice, whenever the reader is killed.

Belongs here: positions, the loop. Does not: HTTP (calls.py). An event is done when its position is kept. Whoever keeps the
position in the very transaction in which the event's effect is kept (`Position` over their own database) sees every event
once; with `FilePosition` the events since the last `done` come again after a crash, with the same numbers, in the same order.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from hub.client.calls import Client
from hub.client.shapes import Change, Snapshot
from hub.errors import ConfigError, GuardError, PermanentError

AHEAD, GONE = "feed.ahead", "feed.gone"


class FeedGone(PermanentError):
    """The feed does not tell what comes after the kept position any more: take a snapshot and follow from there."""

    code = GONE


class Position(Protocol):
    """Where a reader stands: the number of the last event that is done."""

    def load(self) -> int:
        """0 before the first event."""
        ...

    def save(self, seq: int) -> None:
        """Keep it, together with the event's effect or after it; comes back only once it is safe."""
        ...


class FilePosition:
    """In a file that is replaced whole and put on the disk before `save` comes back."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)

    def load(self) -> int:
        """The number in the file; 0 without a file. Raises ConfigError for a file that holds none."""
        try:
            return int(json.loads(self._path.read_text())["seq"])
        except FileNotFoundError:
            return 0
        except (ValueError, KeyError, TypeError):
            raise ConfigError(f"{self._path} holds no position of a feed") from None

    def save(self, seq: int) -> None:
        """Write beside it, sync, put in its place, sync the folder."""
        handle, name = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
        try:
            with os.fdopen(handle, "w") as part:
                json.dump({"seq": seq}, part)
                part.flush()
                os.fsync(part.fileno())
            os.replace(name, self._path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def follow(
    client: Client, position: Position, *, wait: int = 30, limit: int = 200, going: Callable[[], bool] = lambda: True
) -> Iterator[Change]:
    """Events from the kept position on, for ever or as long as `going`; the position is kept as the next one is asked for.

    Who keeps positions in their own transaction (one that raises or commits there) calls `position.save` themselves inside
    it; keeping it once more does nothing. Raises FeedGone.
    """
    after = position.load()
    while going():
        for event in _events(client, after, wait, limit):
            if event["seq"] <= after:
                continue
            yield event
            after = event["seq"]
            position.save(after)


def _events(client: Client, after: int, wait: int, limit: int) -> list[Change]:
    try:
        return client.changes(after, wait=wait, limit=limit)[0]
    except (PermanentError, GuardError) as error:
        if error.code in (AHEAD, GONE):
            raise FeedGone("the kept position is not told any more", hint="take a snapshot") from None
        raise


def resynchronized(client: Client, position: Position, take: Callable[[Snapshot], None]) -> None:
    """Take everything anew and stand where that was: `take` replaces what the reader holds, then the position is kept."""
    whole = client.snapshot()
    take(whole)
    for _ in whole.customers:
        pass
    position.save(whole.position)
