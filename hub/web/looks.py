"""Looks at unmasked personal data, told to the audit log in batches: one row for each person or program and second.

Belongs here: gathering and writing looks. Does not: what counts as one (the routes). What is gathered is written every second
and when the server ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterable
from threading import Lock

from starlette.concurrency import run_in_threadpool

from hub.flow.access import Who
from hub.flow.run import utc_now
from hub.store import audit
from hub.store.engine import Store, StoreError

EVERY = 1.0
log = logging.getLogger("hub.web")


class Looks:
    """(actor, second) → ids of customers, in the order of looking."""

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, Lock()
        self._kept: dict[tuple[str, str], dict[str, None]] = {}

    def note(self, who: Who, golden_ids: Iterable[str]) -> None:
        """Somebody has seen these customers unmasked."""
        with self._lock:
            ids = self._kept.setdefault((who.author, utc_now()[:19] + ".000Z"), {})
            ids.update(dict.fromkeys(golden_ids))

    def write(self) -> None:
        """Put what was gathered into the log. What the store refuses is kept for the next time."""
        with self._lock:
            taken, self._kept = self._kept, {}
        if not taken:
            return
        try:
            with self._store.begin() as conn:
                for (actor, at), ids in taken.items():
                    audit.write(conn, at=at, actor=actor, action="look", subjects=list(ids))
        except StoreError as error:
            log.warning("looks are not written yet: %s", error.code)
            with self._lock:
                for key, ids in taken.items():
                    self._kept.setdefault(key, {}).update(ids)

    @contextlib.asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Write every second as long as the server runs, and once more at its end."""
        task = asyncio.create_task(self._again())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await run_in_threadpool(self.write)

    async def _again(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            if self._kept:
                await run_in_threadpool(self.write)
