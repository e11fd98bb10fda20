"""A crew: threads that speak to one destination, each over a connection of its own, and what comes back from them.

Belongs here: threads, the queues between them and whoever keeps the results. Does not: the store, the ledger, which write goes
next (send.py). A crew writes nothing but to the destination.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Generic, TypeVar

from hub.connectors.kit.port import Connection
from hub.model import Receipt

Batch = TypeVar("Batch")
Open = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Word:
    """What a sender has to say of the batch of that number: a receipt; else that it is at the end, and what went wrong."""

    number: int
    receipt: Receipt | None = None
    error: Exception | None = None


class Crew(Generic[Batch]):
    """Up to `most` senders. The first takes `connection`, further ones open their own; `send` gives a batch's receipts.

    A batch given is at work at once, so give only while `free`. Leaving the block waits for those at work, unless `left_alone`.
    """

    def __init__(
        self,
        connection: Connection,
        more: Open | None,
        most: int,
        send: Callable[[Connection, Batch], Iterator[Receipt]],
    ) -> None:
        self.most = most if more is not None else 1
        self.left_alone = False
        self._first, self._more, self._send = connection, more, send
        self._work: SimpleQueue[tuple[int, Batch] | None] = SimpleQueue()
        self._words: SimpleQueue[Word] = SimpleQueue()
        self._at_work: set[int] = set()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Crew[Batch]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _ in self._threads:
            self._work.put(None)
        for thread in () if self.left_alone else self._threads:
            thread.join()

    @property
    def free(self) -> int:
        """How many batches may be given now."""
        return self.most - len(self._at_work)

    @property
    def idle(self) -> bool:
        """Whether nobody is at work."""
        return not self._at_work

    def give(self, number: int, batch: Batch) -> None:
        """Hand a batch to a sender."""
        self._at_work.add(number)
        self._work.put((number, batch))
        if len(self._threads) < len(self._at_work):
            opening: Open = self._more if self._threads and self._more else lambda: nullcontext(self._first)
            thread = threading.Thread(target=self._run, args=(opening,), name="hub-sender", daemon=True)
            self._threads.append(thread)
            thread.start()

    def words(self, seconds: float) -> Sequence[Word]:
        """All that was said: waits so long for the first word; empty when none came."""
        found: list[Word] = []
        try:
            found.append(self._words.get(timeout=seconds))
            while True:
                found.append(self._words.get_nowait())
        except Empty:
            self._at_work -= {word.number for word in found if word.receipt is None}
        return found

    def _run(self, opening: Open) -> None:
        """One sender. One that cannot open its connection leaves the batch to the others."""
        with ExitStack() as stack:
            try:
                connection = stack.enter_context(opening())
            except Exception:
                return
            while (given := self._work.get()) is not None:
                self._words.put(Word(given[0], error=self._deliver(connection, *given)))

    def _deliver(self, connection: Connection, number: int, batch: Batch) -> Exception | None:
        try:
            for receipt in self._send(connection, batch):
                self._words.put(Word(number, receipt))
        except Exception as error:  # it is judged by whoever keeps the results
            return error
        return None
