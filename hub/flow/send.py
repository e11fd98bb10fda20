"""Send: the writes of an approved plan to one destination, several under way at once, never two of one customer.

Belongs here: which writes go next, their intent before they leave, keeping what became of them. Does not: approval (push.py),
threads (crew.py), what an acknowledged write moves (receipts.py).
One thread (the caller's) does all that touches the store. A beat is one transaction: it keeps the results that have come and
announces the writes that leave next; they leave after it is committed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import orjson

from hub.connectors.kit.port import Connection
from hub.connectors.kit.results import checked
from hub.errors import AuthError, TransientError
from hub.flow import marks
from hub.flow.crew import Crew, Word
from hub.flow.item import WRITES
from hub.flow.outlet import Outlet
from hub.flow.receipts import ledger_row, note
from hub.flow.run import PushReport
from hub.flow.standing import check_of
from hub.model import Receipt, Write, unchecked
from hub.store import plans as table
from hub.store.engine import StoreConnection

FEW = 5
"""Writes handed to a sender at once where the vendor takes them one by one: so many are announced and perhaps never left."""
AHEAD = 1_000
"""Writes read ahead, among which one is looked for whose customer is not busy."""
LISTEN = 1.0
"""Seconds after which a sender who says nothing makes the clock be looked at."""
GRACE = 240.0
"""Seconds after the end of the slice in which a write under way may end: longer than any request takes."""
Item = Mapping[str, Any]
Batch = Sequence[Item]


def send_all(outlet: Outlet, report: PushReport, deadline: Callable[[], bool]) -> bool:
    """Send the open writes of `report`'s plan until none is left, the slice is over or the system cannot be spoken to.

    Whether none is left. Raises what a connector raised that is no error of the vendor's; what was under way then is read
    back by the next run.
    """
    able = outlet.capabilities
    sending, send = _Sending(outlet, report, deadline), partial(_delivered, outlet)
    with Crew[Batch](outlet.connection, outlet.more, able.at_once, send) as crew:
        words: Sequence[Word] = ()
        while True:
            given = sending.beat(words, crew.free)
            for number, batch in given.items():
                crew.give(number, batch)
            if crew.idle or sending.hung():
                crew.left_alone = not crew.idle
                break
            words = crew.words(LISTEN)
    return sending.ended(hung=crew.left_alone)


@dataclass(slots=True)
class _Sending:
    """What is under way. left: number of a batch → idempotency key → its item, those without a result."""

    outlet: Outlet
    report: PushReport
    deadline: Callable[[], bool]
    left: dict[int, dict[str, Item]] = field(default_factory=dict)
    busy: dict[int, set[str]] = field(default_factory=dict)
    queue: list[Item] = field(default_factory=list)
    after: int = 0
    number: int = 0
    done: int = 0
    stopped: bool = False
    empty: bool = False
    broken: Exception | None = None
    over_since: float | None = None

    def beat(self, words: Sequence[Word], free: int) -> dict[int, Batch]:
        """Keep these results and announce up to `free` batches: number → batch."""
        going = free > 0 and not (self.empty and not self.queue) and not self.stopped and not self.deadline()
        if not words and not going:
            return {}
        given: dict[int, Batch] = {}
        with self.outlet.store.begin() as conn:
            for word in words:
                self._hear(conn, word)
            while going and not self.stopped and len(given) < free and (batch := self._next(conn)):
                self.number += 1
                given[self.number] = batch
                self.left[self.number] = {item["idempotency_key"]: item for item in batch}
                self.busy[self.number] = {item["golden_id"] for item in batch}
        if words:
            total = sum(self.report.planned[action] for action in WRITES) or None
            self.outlet.run.progress("push", self.outlet.name, self.done, total, None)
        return given

    def hung(self) -> bool:
        """Whether those at work are waited for no longer: the slice is long over, and no request takes as long."""
        if self.over_since is None and self.deadline():
            self.over_since = time.monotonic()
        return self.over_since is not None and time.monotonic() - self.over_since > GRACE

    def ended(self, *, hung: bool) -> bool:
        """Whether nothing is left; what never came back counts as unknown."""
        if hung:
            silent = sum(len(items) for items in self.left.values())
            self.report.unknown += silent
            self.report.reasons.setdefault("unknown", {})["hung"] = silent
            self._fail("hung", "the system did not answer in its time")
        if self.broken is not None:
            raise self.broken
        return self.empty and not self.queue and not self.stopped and not hung

    def _hear(self, conn: StoreConnection, word: Word) -> None:
        if word.receipt is not None:
            item = self.left[word.number].pop(word.receipt.key)
            note(conn, self.outlet, item, word.receipt)
            self._count(word.receipt)
            return
        self.busy.pop(word.number)
        left = self.left.pop(word.number)
        if isinstance(word.error, TransientError | AuthError):  # raised only before sending: these writes never left
            for item in left.values():
                table.set_items(conn, item["plan_id"], {item["n"]: "open"})
            rows = [ledger_row(self.outlet, item, "retry", word.error.code) for item in left.values()]
            table.add_deliveries(conn, rows)
            self._fail(word.error.code, str(word.error))
        elif word.error is not None:
            self.stopped, self.broken = True, self.broken or word.error

    def _count(self, receipt: Receipt) -> None:
        self.done += 1
        setattr(self.report, receipt.outcome, getattr(self.report, receipt.outcome) + 1)
        if receipt.outcome != "acked":
            self.report.because(receipt.outcome, receipt.reason or receipt.outcome)

    def _fail(self, code: str, sentence: str) -> None:
        self.stopped = True
        self.report.state, self.report.error = "failed", self.report.error or {"code": code, "sentence": sentence}

    def _next(self, conn: StoreConnection) -> Batch:
        """The next writes, one of each customer who has none under way, announced; empty when there is none now."""
        self._read_on(conn)
        batch = _chosen(self.queue, set().union(*self.busy.values()), self.outlet)
        if batch:
            going = {item["n"] for item in batch}
            self.queue = [item for item in self.queue if item["n"] not in going]
            table.set_items(conn, batch[0]["plan_id"], dict.fromkeys(going, "sent"))
            table.add_deliveries(conn, [ledger_row(self.outlet, item, "sent") for item in batch])
        return batch

    def _read_on(self, conn: StoreConnection) -> None:
        if self.empty or len(self.queue) > AHEAD // 2:
            return
        more = table.items(conn, str(self.report.plan_id), ("open",), WRITES, AHEAD, after=self.after)
        self.queue += more
        self.after = more[-1]["n"] if more else self.after
        self.empty = len(more) < AHEAD


def _chosen(queue: Sequence[Item], busy: Collection[str], outlet: Outlet) -> list[Item]:
    """The first writes that may go together, in order: of each customer the first one left, all of them singly or none."""
    able, passed = outlet.capabilities, set(busy)
    chosen: list[Item] = []
    for item in queue:
        singly = item["action"] in able.singly
        fits = not chosen or singly == (chosen[0]["action"] in able.singly)
        if fits and item["golden_id"] not in passed:
            chosen.append(item)
            if len(chosen) == (min(FEW, able.batch) if singly else able.batch):
                break
        passed.add(item["golden_id"])
    return chosen


def _delivered(outlet: Outlet, connection: Connection, batch: Batch) -> Iterator[Receipt]:
    """The receipts of a batch over a sender's connection, in that sender's thread."""
    mine = replace(outlet, connection=connection)
    yield from receipts(mine, [_write(mine, item) for item in batch])


def receipts(outlet: Outlet, writes: Sequence[Write]) -> Iterator[Receipt]:
    """The connector's own; one that does not read before it writes has its records read here."""
    connection = outlet.connection
    if outlet.capabilities.rereads:
        yield from connection.write(writes)
        return
    new = [write for write in writes if write.target is None]
    yield from connection.write(new) if new else ()
    for write in writes:
        if write.target is None:
            continue
        found = connection.read(write.target)
        refused = checked(write, found.payload) if found is not None else None
        yield from [refused] if refused else connection.write([write])


def _write(outlet: Outlet, item: Item) -> Write:
    fields, mark = marks.split(item["known"])
    return Write(
        action=item["action"],
        golden_id=item["golden_id"],
        target=item["target"],
        fields=fields,
        known={name: old for name, (old, _) in orjson.loads(item["changes"]).items()},
        key=item["idempotency_key"],
        mark=mark["text"] if mark else None,
        check=check_of(outlet, item) if item["target"] is not None else unchecked,
    )
